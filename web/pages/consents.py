"""Wire: consent to a mailbox in the browser: to the issuer's page, back, and one click that keeps it."""

from flask import Blueprint, Response, request

from crm.consents import check_request, find_consent, open_request, use_request
from crm.models import Mailbox
from kit.errors import NotFoundError, RefusedError, say
from mailer.errors import ConsentError
from mailer.oauth import read_return, write_consent_url
from mailer.oauth_providers import Provider
from sequences.mailboxes.consents import accept_consent, find_provider, redeem_request
from web.auth import require
from web.request import settle_tx, this_actor, this_house, this_tx, this_user
from web.respond import done, page
from web.wiring import make_engine_of
from web.words import _, said

blueprint = Blueprint("consents", __name__)


@blueprint.get("/mailboxes/<int:mailbox_id>/consent")
def show(mailbox_id: int) -> Response:
    """Say with what the mailbox signs in, and offer to connect it."""
    mailbox = _get_mailbox(mailbox_id)
    try:
        provider, fault = _find_provider(mailbox), ""
    except RefusedError as error:
        provider, fault = None, said(error)
    return _show(mailbox, provider=provider, fault=fault)


@blueprint.post("/mailboxes/<int:mailbox_id>/consent")
def begin(mailbox_id: int) -> Response:
    """Open the way to the issuer. It is a link: a form of ours may lead nowhere else."""
    mailbox, seal = _get_mailbox(mailbox_id), this_house().seal
    provider = _find_provider(mailbox)
    state, verifier = open_request(this_tx(), mailbox, provider.name, user_id=this_user().id, seal=seal)
    url = write_consent_url(
        provider, redirect_uri=_redirect_uri(), state=state, verifier=verifier, hint=mailbox.address
    )
    return _show(mailbox, provider=provider, url=url)


@blueprint.get("/mailboxes/consent")
def confirm() -> Response:
    """Ask once more when the browser comes back: looking at a page changes nothing."""
    state = request.args.get("state", "")
    found = check_request(this_tx(), state, user_id=this_user().id, seal=this_house().seal)
    try:
        code = read_return(request.query_string.decode("ascii", "replace"), None)
    except (ConsentError, ValueError) as error:
        raise RefusedError(say("%(error)s Nothing was changed.", error=str(error)), code="consent") from error
    mailbox = this_tx().session.get_one(Mailbox, found.mailbox_id)
    title = this_house().issuers.title_of(found.provider)
    return page("mailboxes/confirm.html", mailbox=mailbox, issuer=title, code=code, state=state)


@blueprint.post("/mailboxes/consent")
def accept() -> Response:
    """Give the code for tokens and keep them: take the request, talk to the issuer, settle."""
    state, code = request.form.get("state", ""), request.form.get("code", "")
    found, verifier = use_request(this_tx(), state, user_id=this_user().id, seal=this_house().seal)
    engine, actor = make_engine_of(this_house()), this_actor()
    settle_tx()
    tokens = redeem_request(engine, found, verifier, code, redirect_uri=_redirect_uri())
    may_send = accept_consent(engine, found.mailbox_id, found.provider, tokens, actor=actor)
    return done(
        f"/mailboxes/{found.mailbox_id}/consent", _("Connected.") if may_send else _("Connected; paused still.")
    )


def _get_mailbox(mailbox_id: int) -> Mailbox:
    """Return a mailbox that the person signed in may connect: their own, or any for who looks after all."""
    mailbox = this_tx().session.get(Mailbox, mailbox_id)
    if mailbox is None:
        raise NotFoundError(say("There is no such mailbox."))
    if mailbox.owner_id != this_user().id:
        require("mailboxes")
    return mailbox


def _find_provider(mailbox: Mailbox) -> Provider:
    """Return the issuer of the consent before, or the one for the mailbox's servers; it must have a page."""
    engine, consent = make_engine_of(this_house()), find_consent(this_tx(), mailbox.id)
    known = consent is not None and consent.provider in engine.issuers.providers
    provider = find_provider(engine, mailbox, consent.provider if consent and known else None)
    if not provider.authorise_url:
        raise RefusedError(
            say(
                "%(title)s gives codes for devices only: run rapport mailboxes authorise %(address)s",
                title=provider.title,
                address=mailbox.address,
            ),
            code="no_oauth_client",
        )
    return provider


def _redirect_uri() -> str:
    return f"{this_house().settings.public_url}/mailboxes/consent"


def _show(mailbox: Mailbox, *, provider: Provider | None, fault: str = "", url: str = "") -> Response:
    consent = find_consent(this_tx(), mailbox.id)
    issuer = this_house().issuers.title_of(consent.provider) if consent else ""
    return page(
        "mailboxes/consent.html",
        mailbox=mailbox,
        consent=consent,
        issuer=issuer,
        provider=provider,
        fault=fault,
        url=url,
    )
