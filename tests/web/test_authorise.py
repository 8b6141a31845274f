"""`rapport mailboxes authorise`: by device code, by a browser here or anywhere; and the settings it needs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from crm.consents import find_consent, open_token
from crm.mailboxes import get_mailbox
from crm.models import Mailbox
from kit.config import load_settings
from kit.errors import InvalidError
from tests.conftest import MONDAY
from tests.servers.issuer import CLIENT, SECRET, Issuer, running_issuer
from web.cli.program import program
from web.wiring import House, open_house

MIA = "mia@pastel.test"
_URL = re.compile(r"^http://127\.0\.0\.1:\d+/authorise\?\S+$", re.MULTILINE)
ADD = ["mailboxes", "add", MIA, "--user", MIA, "--smtp", "smtp+plain://127.0.0.1:2525",
       "--imap", "imap+plain://127.0.0.1:1143"]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer) -> Issuer:
    server.__dict__.update(faults={}, asked=[], expires_in=3600, interval=1, devices={}, active={})
    return server


@pytest.fixture
def env(house: House, issuer: Issuer) -> dict[str, str]:
    home = {"RAPPORT_HOME": str(house.settings.home), "RAPPORT_SECRET_KEY": "a key for tests only"}
    return home | issuer.environment()


def run(env: dict[str, str], *words: str, at: str = MONDAY.isoformat()) -> Result:
    return CliRunner().invoke(program, list(words), env={**env, "RAPPORT_NOW": at}, catch_exceptions=True)


def token_of(house: House) -> str:
    with house.database.reading() as tx:
        mailbox = get_mailbox(tx, MIA)
        consent = find_consent(tx, mailbox.id)
    assert consent is not None
    assert (mailbox.auth, consent.provider, consent.given_by) == ("xoauth2", "house", "cli")
    return open_token(house.seal, mailbox.id, consent.access_token)


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_a_mailbox_is_added_without_a_secret_and_connected_by_device(
    house: House, env: dict[str, str], issuer: Issuer, auth: str
) -> None:
    said = run(env, *ADD, "--auth", auth)
    assert f"rapport mailboxes authorise {MIA}" in said.output
    begun = issuer.answer
    # The person agrees as soon as there is a code.
    issuer.answer = lambda *asked: (begun(*asked), issuer.answer_device("approved", MIA))[0]  # type: ignore[method-assign]
    try:
        said = run(env, "mailboxes", "authorise", MIA)
    finally:
        del issuer.answer
    assert said.exit_code == 0, (said.output, said.exception)
    assert "type in: WDJB-MJHT" in said.output
    assert issuer.active[token_of(house)] == MIA
    kept = run({**env, "NEW": "secret"}, "mailboxes", "resume", MIA, "--secret-env", "NEW")
    assert "signs in with consent" in str(kept.exception)
    assert not any(token in said.output for token in (*issuer.active, *issuer.refreshable, SECRET))


def test_a_password_is_needed_at_once(env: dict[str, str]) -> None:
    said = run(env, *ADD)
    assert said.exit_code == 2
    assert "--secret-env" in said.output


def test_a_no_at_the_issuer_changes_nothing(house: House, env: dict[str, str], issuer: Issuer) -> None:
    run(env, *ADD, "--auth", "xoauth2")
    begun = issuer.answer
    issuer.answer = lambda *asked: (begun(*asked), issuer.answer_device("access_denied"))[0]  # type: ignore[method-assign]
    try:
        said = run(env, "mailboxes", "authorise", MIA)
    finally:
        del issuer.answer
    assert "Consent was refused" in str(said.exception)
    with house.database.reading() as tx:
        assert find_consent(tx, get_mailbox(tx, MIA).id) is None


@pytest.mark.parametrize("by", ["browser", "paste"])
def test_a_browser_here_or_anywhere(house: House, env: dict[str, str], issuer: Issuer, by: str) -> None:
    run(env, *ADD, "--auth", "xoauth2")
    command = [str(Path(sys.executable).with_name("rapport")), "mailboxes", "authorise", MIA, "--by", by]
    here = {**os.environ, **env, "PYTHONPATH": str(Path(__file__).parents[2])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=here, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        url = next(line.strip() for line in process.stdout if _URL.match(line.strip()))
        back = issuer.consent(url, MIA)
        if by == "browser":
            with pytest.raises(OSError, match="404"):
                urlopen(f"{back.partition('?')[0]}?code=x&state=made-up", timeout=10).close()
            with urlopen(back, timeout=10) as page:
                assert b"close this window" in page.read()
            process.stdin.close()
        else:
            process.stdin.write(f"{back}\n")
            process.stdin.close()
        rest, errors = process.stdout.read(), process.stderr.read() if process.stderr else ""
        assert process.wait(20) == 0, errors
    assert issuer.active[token_of(house)] == MIA
    assert issuer.requests("authorization_code")[0]["redirect_uri"] == back.partition("?")[0]
    assert f"rapport mailboxes check {MIA}" in rest


def test_who_cannot_be_asked_is_told(house: House, env: dict[str, str], issuer: Issuer) -> None:
    run(env, *ADD, "--auth", "xoauth2")
    bare = {name: value for name, value in env.items() if "OAUTH" not in name}
    assert "RAPPORT_OAUTH_NAME_ID" in str(run(bare, "mailboxes", "authorise", MIA).exception)
    assert "RAPPORT_OAUTH_OTHER_ID" in str(run(env, "mailboxes", "authorise", MIA, "--provider", "other").exception)
    with house.database.transaction() as tx:
        get_mailbox(tx, MIA).imap_url = "imaps://imap.gmail.com"
    google = env | {"RAPPORT_OAUTH_GOOGLE_ID": "g"}
    refused = run(google, "mailboxes", "authorise", MIA, "--by", "device")
    assert "Google's codes for devices do not cover mail" in str(refused.exception)


def test_doctor_warns_of_passwords_at_microsoft(house: House, env: dict[str, str]) -> None:
    run(env, *ADD, "--auth", "xoauth2")
    assert "Microsoft" not in run(env, "doctor").output
    with house.database.transaction() as tx:
        mailbox: Mailbox = get_mailbox(tx, MIA)
        mailbox.auth, mailbox.smtp_url = "password", "smtp://smtp.office365.com:587"
    said = run(env, "doctor")
    assert said.exit_code == 1
    assert "end of December 2026" in said.output


def test_settings_are_listed_with_secrets_masked(env: dict[str, str]) -> None:
    said = run(env | {"RAPPORT_OAUTH_GOOGLE_SECRET": "hush-hush", "RAPPORT_OAUTH_GOOGLE_ID": "g"}, "settings").output
    assert "RAPPORT_OAUTH_HOUSE_TOKEN_URL" in said
    assert CLIENT in said
    assert SECRET not in said
    assert "hush-hush" not in said


def test_all_faults_in_the_settings_are_told_at_once(tmp_path: Path) -> None:
    wrong = {
        "RAPPORT_OAUTH_GOOGLE_SECRET": "s",
        "RAPPORT_OAUTH_HOUSE_ID": "h",
        "RAPPORT_OAUTH_HOUSE_TOKEN_URL": "http://issuer.example/token",
        "RAPPORT_OAUTH_MICROSOFT_ID": "m",
        "RAPPORT_OAUTH_MICROSOFT_TENANT": "a/b",
        "RAPPORT_OAUTH_HOUSE_COLOUR": "red",
    }
    with pytest.raises(InvalidError) as refusal:
        load_settings({"RAPPORT_HOME": str(tmp_path), **wrong})
    assert [fault.split()[0] for fault in refusal.value.faults] == [
        "RAPPORT_OAUTH_HOUSE_COLOUR", "RAPPORT_OAUTH_HOUSE_TOKEN_URL", "RAPPORT_OAUTH_MICROSOFT_TENANT",
        "RAPPORT_OAUTH_GOOGLE_ID", "RAPPORT_OAUTH_HOUSE_SCOPES", "RAPPORT_OAUTH_HOUSE_AUTHORISE_URL",
    ]  # fmt: skip


def test_clients_come_from_the_settings(tmp_path: Path, issuer: Issuer) -> None:
    settings = load_settings({"RAPPORT_HOME": str(tmp_path), "RAPPORT_OAUTH_GOOGLE_ID": "g", **issuer.environment()})
    house = open_house(settings)
    assert set(house.issuers.providers) == {"google", "house"}
    assert house.issuers.find("house").token_url == f"{issuer.url}/token"
    assert SECRET not in repr(settings)
    house.database.engine.dispose()
