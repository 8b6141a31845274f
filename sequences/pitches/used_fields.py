"""Pure: which merge fields a draft names, in reading order."""

import re
from collections.abc import Iterable

from sequences.pitches.merge_fields import FIELDS

_CODE = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_TEXT = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""")
_ROOTS = "|".join(sorted({path.partition(".")[0] for path in FIELDS}))
_FIELD = re.compile(rf"(?<![\w.])(?:{_ROOTS})(?:\.[A-Za-z_]\w*)+")


def list_used(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that texts name, each once; what stands in quotes is no field."""
    code = (_TEXT.sub(" ", found[1] or found[2] or "") for text in texts for found in _CODE.finditer(text))
    return tuple(dict.fromkeys(name for part in code for name in _FIELD.findall(part)))


def short_name(path: str) -> str:
    """Return a field as it is called on a chip: `contact.custom.shirt_size` is "shirt size"."""
    return path.removeprefix("contact.").removeprefix("custom.").replace("_", " ").replace(".", " ")
