"""Wire: a folder of files that hold people's data: written so that nobody else on the machine reads along."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kit.errors import InvalidError, RefusedError, say


def make_private_folder(folder: Path) -> None:
    """Make a folder for this user alone; refused when anything is in it."""
    if folder.exists() and any(folder.iterdir()):
        raise RefusedError(say("%(folder)s is not empty; name a new folder.", folder=str(folder)))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_private(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file for this user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)


def read_lines(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the lines of a file of an export."""
    path = folder / name
    if not path.is_file():
        raise InvalidError(say("The export lacks the file %(name)s. Nothing was taken in.", name=name))
    with path.open("rb") as file:
        yield from file
