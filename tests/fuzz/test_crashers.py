"""Pure: what the fuzzer has found so far stays mended."""

from pathlib import Path

import pytest

from tests.fuzz.checks import check

CRASHERS = sorted((Path(__file__).parents[1] / "data/mail/crashers").glob("*.bin"))


@pytest.mark.parametrize("path", CRASHERS, ids=lambda path: path.stem)
def test_a_found_crasher_is_read(path: Path) -> None:
    check(path.read_bytes())
