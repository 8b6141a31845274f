"""The commands about sending well: brands, DKIM keys, the linter."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.compose import compose
from tests.conftest import MONDAY
from tests.unit.mailer.letters import make_letter
from web.cli.program import program
from web.wiring import House

pytestmark = pytest.mark.usefixtures("cast")


def run(house: House, *words: str, stdin: bytes | None = None) -> Result:
    env = {
        "RAPPORT_HOME": str(house.settings.home),
        "RAPPORT_SECRET_KEY": "a key for tests only",
        "RAPPORT_NOW": MONDAY.isoformat(),
    }
    return CliRunner().invoke(program, list(words), env=env, input=stdin)


def said(result: Result) -> str:
    return str(result.exception) if result.exception and not isinstance(result.exception, SystemExit) else result.output


def test_brands_are_added_and_edited(house: House, tmp_path: Path) -> None:
    file = tmp_path / "signature.md"
    file.write_text("**{{ sender.name }}**\nQuay Paper\n")
    assert "needs --postal-address" in said(run(house, "brands", "add", "Quay Paper"))
    assert run(house, "brands", "add", "Quay Paper", "--no-requires-postal", "--signature", str(file)).exit_code == 0
    assert (
        run(house, "brands", "edit", "Quay Paper", "--requires-one-click", "--postal-address", "2 Quay").exit_code == 0
    )
    (brand,) = (one for one in json.loads(run(house, "brands", "list", "--json").stdout) if one["name"] == "Quay Paper")
    assert brand == {
        "name": "Quay Paper",
        "postal_address": "2 Quay",
        "requires_postal": False,
        "requires_one_click": True,
        "signature": "**{{ sender.name }}**\nQuay Paper",
        "reply_to": "",
    }
    file.write_text("{{ contact.name }}")
    assert "contact.name is not known" in said(run(house, "brands", "edit", "Quay Paper", "--signature", str(file)))
    assert "Nobody reads" in said(run(house, "brands", "edit", "Quay Paper", "--reply-to", "x@elsewhere.example"))


def test_a_key_is_made_published_started_and_removed(house: House) -> None:
    made = json.loads(run(house, "dkim", "add", "brackenware.example", "--selector", "r1", "--json").stdout)
    assert made["name"] == "r1._domainkey.brackenware.example"
    assert made["record"].startswith('"v=DKIM1; k=rsa; p=')
    assert (made["signs"], made["algorithm"]) == (False, "rsa-sha256")
    assert "Sign" not in run(house, "dkim", "list").stdout
    assert run(house, "dkim", "start", "brackenware.example", "--selector", "r1", "--no-dns").exit_code == 0
    assert json.loads(run(house, "dkim", "list", "--json").stdout)[0]["signs"] is True
    assert run(house, "dkim", "remove", "brackenware.example", "--selector", "r1").exit_code == 0
    assert json.loads(run(house, "dkim", "list", "--json").stdout) == []
    assert "has no key" in said(run(house, "dkim", "remove", "brackenware.example", "--selector", "r1"))


def test_a_file_that_is_no_key_is_refused(house: House, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("nonsense")
    words = ("dkim", "add", "brackenware.example", "--selector", "r1", "--key", str(file))
    assert "no private key" in said(run(house, *words))


def test_mail_is_linted_from_stdin(house: House) -> None:
    sound = compose(make_letter())
    assert run(house, "mail", "lint", "-", stdin=sound).exit_code == 0
    result = run(house, "mail", "lint", "-", "--json", stdin=sound.replace(b"Subject: A", b"Subject: A\n A"))
    assert result.exit_code == 1
    assert [one["code"] for one in json.loads(result.stdout)] == ["bare-line-break"]
    assert json.loads(result.stdout)[0]["source"] == "RFC 5322 2.3"
