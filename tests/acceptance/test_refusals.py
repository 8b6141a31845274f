"""Bad input and broken surroundings: one clear sentence on stderr, exit 1, and nothing lost."""

import re
from pathlib import Path
from threading import Event

import pytest

from tests.acceptance.conftest import MIA, MakeProgram, Post
from tests.acceptance.nursery import Nursery
from tests.acceptance.program import SEQUENCE, Program, Result
from tests.servers.process import free_port

_NOWHERE_SMTP, _NOWHERE_IMAP = "smtp+plain://127.0.0.1:1", "imap+plain://127.0.0.1:1"
_PEOPLE = ("ana@creator.test", "ben@creator.test", "cleo@creator.test")


def _refused(result: Result, *words: str) -> None:
    """Hold that a command refused in one line for people, naming `words`."""
    assert result.code == 1, result
    assert "Traceback" not in result.err
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert re.search(word, result.err), f"{word!r} is not in {result.err!r}"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Program:
    """One installation for all commands that refuse: they change nothing."""
    house = Program(tmp_path_factory.mktemp("house") / "home", nursery)
    house.connect(MIA, smtp=_NOWHERE_SMTP, imap=_NOWHERE_IMAP)
    return house


def _nobody_failed(program: Program) -> None:
    sends = program.read("sends", "list")
    assert {send["state"] for send in sends} == {"scheduled"}
    assert {send["email"] for send in sends} == set(_PEOPLE)
    assert {run["state"] for run in program.read("enrolments", "list")} == {"active"}


def test_a_wrong_password_pauses_the_mailbox_and_fails_nobody(make_program: MakeProgram, post: Post) -> None:
    program = make_program()
    program.connect(MIA, smtp=post.smtp, imap=post.imap, password="wrong")
    program.launch(_PEOPLE, MIA)
    check = program.run("mailboxes", "check", MIA, "--no-dns")
    assert check.code == 1
    result = program.run("tick")
    assert "refused the login" in result.err
    assert "Traceback" not in result.err
    (mailbox,) = program.read("mailboxes", "list")
    assert mailbox["state"] == "paused"
    assert "refused" in mailbox["reason"]
    program.do("tick")
    _nobody_failed(program)
    assert post.recorder.taken == []
    program.do("mailboxes", "resume", MIA, "--secret-env", "RIGHT", RIGHT="secret")
    assert program.read("tick")["sent"] == 3


def test_an_unreachable_server_loses_nothing(make_program: MakeProgram, post: Post) -> None:
    program = make_program()
    port = free_port()
    program.connect(MIA, smtp=f"smtp+plain://127.0.0.1:{port}", imap=post.imap)
    program.launch(_PEOPLE, MIA)
    result = program.run("tick")
    assert "cannot be reached" in result.err
    assert "Traceback" not in result.err
    _nobody_failed(program)
    check = program.run("mailboxes", "check", MIA, "--no-dns")
    assert check.code == 1
    assert "cannot be reached" in check.out


def test_a_csv_of_the_wrong_shape(program: Program, tmp_path: Path) -> None:
    wrong = {"empty": b"", "noise": b"\x00\x01\x02\xff" * 40, "no_person": b"colour,size\nred,4\n"}
    for name, content in wrong.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content)
        _refused(program.run("contacts", "import", str(path)))
    missing = program.run("contacts", "import", str(tmp_path / "nowhere.csv"))
    _refused(missing, "nowhere.csv")
    assert program.run("contacts", "show", _PEOPLE[0]).code == 1


def test_an_unknown_field_in_a_pitch(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "spring.yaml"
    text = SEQUENCE.format(name="spring", mailbox=MIA, wait="2 days")
    path.write_text(text.replace("contact.first_name", "contact.frist_name"))
    for command in ("check", "import"):
        _refused(program.run("sequences", command, str(path)), "frist_name", "[Dd]id you mean", "first_name")
    assert program.read("sequences", "list") == []
    path.write_text(text.replace("subject:", "subjekt:", 1))
    _refused(program.run("sequences", "check", str(path)), "subjekt", "[Dd]id you mean", "subject")
    path.write_text("name: [unclosed")
    _refused(program.run("sequences", "check", str(path)), "YAML")


def test_a_missing_secret(program: Program) -> None:
    _refused(
        program.run(
            "mailboxes",
            "add",
            "tom@brand.test",
            "--smtp",
            _NOWHERE_SMTP,
            "--imap",
            _NOWHERE_IMAP,
            "--user",
            "tom",
            "--secret-env",
            "NOT_THERE",
        ),
        "NOT_THERE is not set",
    )
    key = program.home / "secret.key"
    kept = key.read_text()
    key.unlink()
    for _ in range(2):  # and the second time: the first may not have made a key that locks us out
        _refused(program.run("tick"), "RAPPORT_SECRET_KEY", "secret.key")
    key.write_text(kept)
    assert program.read("tick")["sent"] == 0
    _refused(program.run("tick", RAPPORT_SECRET_KEY="another key of enough characters"), "RAPPORT_SECRET_KEY")
    _refused(program.run("tick", RAPPORT_SECRET_KEY="short"), "RAPPORT_SECRET_KEY is too short")


def test_plain_passwords_leave_this_machine_never(program: Program) -> None:
    result = program.run(
        "mailboxes",
        "add",
        "tom@brand.test",
        "--smtp",
        "smtp+plain://mail.example",
        "--imap",
        _NOWHERE_IMAP,
        "--user",
        "tom",
        "--secret-env",
        "MAIL_SECRET",
        MAIL_SECRET="secret",
    )
    _refused(result, "mail.example")
    assert len(program.read("mailboxes", "list")) == 1


def test_a_second_up_on_the_same_folder_and_a_fixed_clock(program: Program) -> None:
    _refused(program.run("up", "--port", "0", RAPPORT_NOW="2026-11-24T09:00:00+00:00"), "RAPPORT_NOW")
    first = program.start("up", "--port", "0")
    try:
        for _ in range(400):
            if "Rapport runs at" in program.log.read_text():
                break
            assert first.poll() is None, program.log.read_text()
            Event().wait(0.05)
        second = program.run("up", "--port", "0")
        assert second.code == 1
        assert "Traceback" not in second.err
        assert f"(process {first.pid})" in second.err.strip().splitlines()[-1]
        first.terminate()
        assert first.wait(20) == 0
    finally:
        if first.poll() is None:
            first.kill()
            first.wait()
    assert "Stopped." in program.log.read_text()
