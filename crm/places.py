"""Pure: where somebody lives and what they speak, as a person writes it in a form; what nobody knows is refused."""

from collections.abc import Callable

from crm.csv_files import country_code, language_code
from crm.zones import find_zone
from kit.errors import InvalidError, say

_READERS: dict[str, tuple[Callable[[str], str | None], str]] = {
    "country": (
        country_code,
        say("%(given)s is no country I know. Write its name or its two letters, such as Denmark or DK."),
    ),
    "language": (
        language_code,
        say("%(given)s is no language I know. Write its name or its two letters, such as Danish or da."),
    ),
    "zone": (
        find_zone,
        say("%(given)s is no time zone I know. Write it like Europe/Copenhagen, or the city it is named for."),
    ),
}


def read_place(name: str, text: str) -> str | None:
    """Return the code of a country or language, or the name of a zone; None for nothing.

    Raises InvalidError, which names the field, for what cannot be read.
    """
    text = text.strip()
    if not text or name not in _READERS:
        return text or None
    reader, sentence = _READERS[name]
    found = reader(text)
    if found is None:
        raise InvalidError(say(sentence, given=text), field=name)
    return found
