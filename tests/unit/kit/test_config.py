"""Settings: read once, every fault told at once, secrets never shown."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from kit.config import Settings, ensure_secret, load_settings
from kit.errors import InvalidError

SECRET = "correct-horse-battery-staple"


def settings_for(home: Path, **more: str) -> Settings:
    return load_settings({"RAPPORT_HOME": str(home), **more})


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'rapport.sqlite3'}"
    assert settings.broker_url is None
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.now is None
    assert {one.source for one in settings.listed if one.name != "RAPPORT_HOME"} == {"default"}


def test_links_lead_to_the_port_that_is_listened_on_unless_an_address_is_given(tmp_path: Path) -> None:
    given = {"RAPPORT_HOME": str(tmp_path)}
    assert load_settings(given, port=9000).public_url == "http://127.0.0.1:9000"
    said = {**given, "RAPPORT_PUBLIC_URL": "https://crm.example"}
    assert load_settings(said, port=9000).public_url == "https://crm.example"


def test_reads_what_the_environment_says(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        RAPPORT_DATABASE_URL="postgresql://mia:hunter2@db.example/rapport",
        RAPPORT_BROKER_URL="redis://:hunter3@queue.example/0",
        RAPPORT_PUBLIC_URL="https://crm.example/",
        RAPPORT_NOW="2026-11-24T09:00:00+01:00",
        RAPPORT_SECRET_KEY=SECRET,
    )
    assert settings.public_url == "https://crm.example"
    assert settings.now is not None
    assert settings.now.isoformat() == "2026-11-24T09:00:00+01:00"
    assert ensure_secret(settings) == SECRET
    assert not settings.key_file.exists()
    shown = repr(settings.listed)
    assert not any(secret in shown for secret in ("hunter2", "hunter3", SECRET))
    assert "mia:********@db.example" in shown
    assert SECRET not in repr(settings)


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    assert settings_for(tmp_path, RAPPORT_BROKER_URL="", RAPPORT_NOW="") == settings_for(tmp_path)


def test_tells_every_fault_at_once(tmp_path: Path) -> None:
    wrong = {
        "RAPPORT_DATABASE_URL": "mysql://db.example/rapport",
        "RAPPORT_BROKER_URL": "kafka://queue.example",
        "RAPPORT_PUBLIC_URL": "crm.example",
        "RAPPORT_SECRET_KEY": "short",
        "RAPPORT_NOW": "2026-11-24T09:00:00",
    }
    with pytest.raises(InvalidError) as refusal:
        settings_for(tmp_path, **wrong)
    assert refusal.value.code == "settings"
    assert [fault.split()[0] for fault in refusal.value.faults] == list(wrong)
    assert all(name in str(refusal.value) for name in wrong)
    assert "short," not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAPPORT_PUBLIC_URL", "https://"),
        ("RAPPORT_PUBLIC_URL", "ftp://crm.example"),
        ("RAPPORT_PUBLIC_URL", "http://[::1"),
        ("RAPPORT_PUBLIC_URL", "https://crm.example:port"),
        ("RAPPORT_NOW", "yesterday"),
        ("RAPPORT_NOW", "2026-11-24"),
        ("RAPPORT_DATABASE_URL", "rapport.sqlite3"),
    ],
)
def test_refuses_one_wrong_value(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=name) as refusal:
        settings_for(tmp_path, **{name: value})
    assert len(refusal.value.faults) == 1


def test_an_address_that_cannot_be_read_is_masked_whole(tmp_path: Path) -> None:
    listed = settings_for(tmp_path, RAPPORT_DATABASE_URL="postgresql://mia:hunter2@[db/rapport").listed
    assert "hunter2" not in repr(listed)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://crm.example", True),
        ("http://crm.example", False),
        ("https://localhost:8000", False),
        ("https://127.0.0.9", False),
        ("https://[::1]:8000", False),
        ("https://127.crm.example", True),
    ],
)
def test_knows_whether_a_recipient_can_open_our_links(url: str, expected: bool, tmp_path: Path) -> None:
    assert settings_for(tmp_path, RAPPORT_PUBLIC_URL=url).is_public is expected


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "new" / "home")
    secret = ensure_secret(settings)
    assert len(secret) >= 40
    assert ensure_secret(settings) == secret
    assert settings.key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret.key"]


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    start = Barrier(8)

    def begin(round_: int) -> str:
        start.wait(timeout=10)
        return ensure_secret(settings_for(tmp_path / str(round_)))

    with ThreadPoolExecutor(8) as pool:
        for round_ in range(20):
            secrets = set(pool.map(begin, [round_] * 8))
            assert len(secrets) == 1
            assert len(secrets.pop()) >= 40


def test_an_empty_key_file_is_refused_and_not_used_as_a_key(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    settings.key_file.write_text("\n")
    with pytest.raises(InvalidError, match="damaged"):
        ensure_secret(settings)
