"""Wire: a zip file that leaves while it is made: nothing of it lies anywhere, however large it is."""

import io
import zipfile
from collections.abc import Iterable, Iterator

_PIECE = 1 << 16


class _Sink(io.RawIOBase):
    """Takes what the archive writes, and gives it away."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()

    def writable(self) -> bool:
        """Say that this may be written; it cannot be gone back in, so sizes follow their file."""
        return True

    def write(self, content: "bytes | memoryview") -> int:  # type: ignore[override]
        """Keep some bytes until they are taken."""
        self._kept += content
        return len(content)

    def take(self, least: int = 0) -> bytes:
        """Return what came since the last time, once there are `least` bytes."""
        if len(self._kept) < max(1, least):
            return b""
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


def stream_zip(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a zip of files, each given by its name and pieces, as it grows."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if ready := sink.take(_PIECE):
                        yield ready
            if ready := sink.take():
                yield ready
    if ready := sink.take():
        yield ready
