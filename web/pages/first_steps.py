"""Wire: the first run's steps that talk or read files: connecting the mailbox, and bringing the first people.

Their requests only read; what they find is kept in transactions of its own, none of them open while anybody talks.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from crm.brands import list_brands
from crm.imports import ImportResult, preview_import, run_import
from crm.models import Mailbox
from kit.errors import InvalidError, RefusedError, say
from mailer.addresses import normalise_email
from sequences.engine import Engine
from sequences.first_run import connect, people
from sequences.first_run.progress import keep_progress, read_progress
from web.auth import require
from web.request import drop_tx, this_actor, this_house, this_tx, this_user
from web.respond import done
from web.wiring import make_engine_of
from web.words import _, ngettext, said

blueprint = Blueprint("first_steps", __name__, url_prefix="/setup/steps")
SAMPLE = (
    "name,email,country,platform,handle,followers\n"
    "Imani Oduya,imani@smallkitchen.example,CA,YouTube,smallkitchen,96000\n"
    "Dorte Fjeldgaard,dorte@treretter.example,DK,YouTube,treretter,47.2K\n"
)
_BY_HAND = 3


@blueprint.post("/mailbox")
def connect_mailbox() -> Response:
    """Try the mailbox: what signs in is connected, what does not says why and keeps the form."""
    require("mailboxes")
    engine, user, kept = make_engine_of(this_house()), this_user(), read_progress(this_tx()).trial
    drop_tx()
    try:
        mailbox, findings = _try_all(engine, request.form, kept, zone=user.zone, owner_id=user.id)
    except InvalidError as error:
        return done("/setup/steps/mailbox", said(error))
    with engine.database.transaction() as tx:
        if connect.is_connected(findings):
            connect.keep_mailbox(tx, mailbox, findings)
        else:
            keep_progress(tx, trial=connect.make_trial(mailbox, findings))
    return done("/setup/steps/mailbox")


@blueprint.post("/mailbox/checks")
def check() -> Response:
    """Send the mailbox a message, see it arrive, and look at its domain's records."""
    require("mailboxes")
    mailbox = read_progress(this_tx()).mailbox
    if mailbox is None:
        raise RefusedError(say("Connect a mailbox first; nothing was sent."))
    drop_tx()
    connect.check_round(make_engine_of(this_house()), mailbox)
    return done("/setup/steps/mailbox")


@blueprint.get("/people/sample.csv")
def sample() -> Response:
    """Hand out a file to begin from."""
    head = {"Content-Disposition": "attachment; filename=people.csv"}
    return Response(SAMPLE, content_type="text/csv; charset=utf-8", headers=head)


@blueprint.post("/people")
def bring_people() -> Response:
    """Bring the people of a file, of a pasted list and those written by hand, all through the importer."""
    require("edit")
    user, actor, house = this_user(), this_actor(), this_house()
    brands = list_brands(this_tx())
    drop_tx()
    basis, lines = request.form.get("basis", "").strip(), _lines_by_email()
    with tempfile.TemporaryDirectory(prefix="rapport-first-") as folder:
        try:
            path, name = _write_file(Path(folder))
            result = _run(path, name, brands[0].name if brands else None, actor)
        except InvalidError as error:
            return done("/setup/steps/people", _("%(why)s Nobody was added.", why=said(error)))
    with house.database.transaction() as tx:
        people.keep_people(tx, result, basis=basis, lines=lines, actor=actor, owner_id=user.id)
    added = result.counts["created"]
    return done("/setup/steps/people", ngettext("Added %(num)s person.", "Added %(num)s people.", added))


def _try_all(
    engine: Engine, form: Mapping[str, str], kept: Mapping[str, Any], *, zone: str, owner_id: int
) -> tuple[Mailbox, list[dict[str, Any]]]:
    """Try the servers one after the other; return the first that lets us in, else the one that came furthest."""
    address = normalise_email(form.get("address", "")) or form.get("address", "")
    secret = form.get("password", "")[:1000]
    same = kept.get("address") == address
    sealed = engine.seal.seal(secret, about=f"mailbox:{address}") if secret else kept.get("secret", "") if same else ""
    guesses = connect.find_servers(engine, address, form.get("smtp", "").strip(), form.get("imap", "").strip())
    best: tuple[Mailbox, list[dict[str, Any]]] | None = None
    for servers in guesses:
        mailbox = connect.make_mailbox(
            address, form.get("name", "")[:200], servers, sealed, zone=zone, owner_id=owner_id
        )
        if not sealed:
            raise InvalidError(say("Write the app password too; nothing was tried."))
        findings = connect.try_mailbox(engine, mailbox)
        if best is None or connect.is_better(findings, best[1]):
            best = mailbox, findings
        if connect.is_connected(findings):
            break
    if best is None:
        raise InvalidError(say("No server was found for this address. Write both servers yourself."))
    return best


def _write_file(folder: Path) -> tuple[Path, str]:
    """Put what was given into one file for the importer; a file of one's own comes before what was typed."""
    path, given = folder / "people.csv", request.files.get("file")
    if given and given.filename:
        given.save(path)
        return path, given.filename
    rows = people.read_pasted(request.form.get("pasted", ""))
    for number in range(1, _BY_HAND + 1):
        name, email = (request.form.get(f"{part}-{number}", "").strip() for part in ("name", "email"))
        if name or email:
            rows.append((name, email))
    if not rows:
        raise InvalidError(say("There is nobody in it yet."))
    path.write_text(people.write_table(rows), encoding="utf-8")
    return path, _("list typed in set-up")


def _run(path: Path, name: str, brand: str | None, actor: str) -> ImportResult:
    preview_import(path, {}, filename=name)
    with path.open("rb") as file:
        people.check_size(sum(1 for _line in file))
    return run_import(
        this_house().database, path, brand_name=brand, overrides={}, platform=None, dry_run=False, actor=actor,
        filename=name,
    )  # fmt: skip


def _lines_by_email() -> dict[str, str]:
    """Return the personal lines written by hand, by address."""
    pairs = [(request.form.get(f"email-{n}", ""), request.form.get(f"line-{n}", "")) for n in range(1, _BY_HAND + 1)]
    return {found: line.strip()[:1000] for email, line in pairs if line and (found := normalise_email(email))}
