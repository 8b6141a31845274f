"""Wire: `rapport mailboxes authorise`: consent by a device code, a browser here, or a browser anywhere."""

from urllib.parse import urlsplit

import click

from crm.consents import REQUEST_FOR
from crm.mailboxes import get_mailbox
from kit.errors import InvalidError, RefusedError
from kit.ids import new_token
from mailer.errors import ConsentError
from mailer.oauth import Tokens, read_return, write_consent_url
from mailer.oauth_providers import Provider
from sequences.engine import Engine
from sequences.mailboxes.consents import accept_consent, await_device, begin_device, find_provider, redeem_code
from web.cli.door import ACTOR, enter
from web.cli.loopback import Loopback
from web.wiring import make_engine_of

_VERIFIER = 48  # bytes: 64 characters (RFC 7636 4.1)


@click.command("authorise")
@click.argument("address")
@click.option("--provider", "wanted", help="google, microsoft, or the name of an own issuer; else by the servers.")
@click.option("--by", type=click.Choice(["device", "browser", "paste"]), help="How to agree; else what fits.")
def authorise(address: str, wanted: str | None, by: str | None) -> None:
    """Give consent to sign in to a mailbox with tokens, which renew themselves; no password is kept."""
    house = enter()
    engine = make_engine_of(house)
    with house.database.reading() as tx:
        mailbox = get_mailbox(tx, address)
    provider = find_provider(engine, mailbox, wanted)
    if by is None and not provider.device_url:
        click.echo(f"{provider.no_device} A browser on this machine is needed; for one elsewhere: --by paste")
    way = _WAYS[by or ("device" if provider.device_url else "browser")]
    tokens = way(engine, provider, mailbox.address)
    may_send = accept_consent(engine, mailbox.id, provider.name, tokens, actor=ACTOR)
    click.echo(f"{mailbox.address} signs in with consent by {provider.title} now, and the token renews itself.")
    if not may_send:
        click.echo(f"It is paused still. Send again with: rapport mailboxes resume {mailbox.address}")
    click.echo(f"Try it with: rapport mailboxes check {mailbox.address}")


def _by_device(engine: Engine, provider: Provider, _address: str) -> Tokens:
    code = begin_device(engine, provider)
    click.echo(f"Open {code.verify_url} in any browser and type in: {code.user_code}")
    return await_device(engine, provider, code)


def _by_browser(engine: Engine, provider: Provider, address: str) -> Tokens:
    state, verifier = new_token(), new_token(_VERIFIER)
    with Loopback(provider.loopback, state) as loopback:
        _invite(provider, loopback.redirect_uri, state, verifier, address)
        code = loopback.wait(engine.clock, REQUEST_FOR)
    return redeem_code(engine, provider, code, redirect_uri=loopback.redirect_uri, verifier=verifier)


def _by_paste(engine: Engine, provider: Provider, address: str) -> Tokens:
    """Ask where the browser ended: on another machine nothing answers there, but the address holds the code."""
    state, verifier = new_token(), new_token(_VERIFIER)
    redirect_uri = f"http://{provider.loopback}:8023/"
    _invite(provider, redirect_uri, state, verifier, address)
    click.echo("Afterwards the browser says that it finds nothing; that is right. Copy the address it shows.")
    code = _read_pasted(click.prompt("Address"), state)
    return redeem_code(engine, provider, code, redirect_uri=redirect_uri, verifier=verifier)


def _invite(provider: Provider, redirect_uri: str, state: str, verifier: str, address: str) -> None:
    if not provider.authorise_url:
        raise RefusedError(f"{provider.title} has no address for browsers: set RAPPORT_OAUTH_..._AUTHORISE_URL.")
    url = write_consent_url(provider, redirect_uri=redirect_uri, state=state, verifier=verifier, hint=address)
    click.echo(f"Open this address in a browser and agree:\n\n{url}\n")


def _read_pasted(address: str, state: str) -> str:
    try:
        code = read_return(urlsplit(address.strip()).query, state)
    except ConsentError as error:
        raise RefusedError(f"{error} Nothing was changed.", code="consent") from error
    except ValueError:
        code = None
    if code is None:
        raise InvalidError("This is not the address the browser ended on. Begin again.")
    return code


_WAYS = {"device": _by_device, "browser": _by_browser, "paste": _by_paste}
