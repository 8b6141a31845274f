"""Pure: the Jinja sandbox in which pitches run, with no globals, no calls and a handful of filters."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache, wraps
from typing import Any

from babel.numbers import format_currency
from jinja2 import Template, Undefined, pass_context
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kit.errors import say
from sequences.pitches.merge_fields import ROOTS
from sequences.pitches.pitch_value import Fields, Missing, Slots, clean_text, format_date, format_value

# No template can say this name, so no template can reach the slots.
_SLOTS_KEY = "-slots-"
_MAX_DIGITS = 6
# A field without a value, or a name that `set` never reached.
_ABSENT = (Missing, Undefined)


class _Absent(Undefined):
    """A name that `set` never reached, which is an error; or an inline `if` without an else, which prints nothing."""

    def __str__(self) -> str:
        if self._undefined_hint:
            return ""
        raise UndefinedError(say("“%(undefined_name)s” was never set.", undefined_name=self._undefined_name))


class PitchEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which `contact.first_name` is a look-up among given values and nothing else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look up a field, or a loop's counter; everything else is refused."""
        if isinstance(obj, Fields):
            return obj.find(attribute)
        if isinstance(obj, Missing):
            return Missing(f"{obj.path}.{attribute}", obj.slots)
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        raise SecurityError(say("“%(attribute)s” cannot be asked of this value.", attribute=attribute))

    def getitem(self, _obj: Any, argument: Any) -> Any:
        """Refuse square brackets: a dotted name says the same."""
        raise SecurityError(say("[%(argument)s] cannot be asked of this value.", argument=argument))


def _on_text(change: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda value: change(format_value(value))


def _default(value: Any, fallback: Any = "", _blank_too: Any = None) -> Any:
    """Give the fallback for a missing value; when both are missing, the first is the one to ask for."""
    if not isinstance(value, _ABSENT):
        return value
    return value if isinstance(fallback, _ABSENT) else fallback


def _decimal(value: Any) -> Decimal | None:
    """Read a number as Decimal; gives None for words, which then stay as they are."""
    try:
        number = Decimal(format_value(value).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e15") else None


def _round(value: Any, digits: int = 0) -> Any:
    number = _decimal(value)
    if number is None:
        return value
    step = Decimal(1).scaleb(-min(max(int(digits), 0), _MAX_DIGITS))
    return number.quantize(step, rounding=ROUND_HALF_UP)


def _number(value: Any) -> str:
    number = _decimal(value)
    if number is None:
        return format_value(value)
    whole, dot, rest = f"{number:,f}".partition(".")
    rest = rest.rstrip("0")
    return whole + (dot + rest if rest else "")


def _money(value: Any, currency: str = "") -> str:
    number = _decimal(value)
    if number is None or not currency:
        return _number(value)
    form = "¤#,##0" if number == number.to_integral_value() else "¤#,##0.00"
    return format_currency(number, str(currency), format=form, locale="en_GB", currency_digits=False)


def _keep_missing(change: Callable[..., Any]) -> Callable[..., Any]:
    """Let a missing value pass a filter unchanged, so that a later default still sees it."""

    @wraps(change)
    def filtered(value: Any, *args: Any, **options: Any) -> Any:
        return value if isinstance(value, _ABSENT) else change(value, *args, **options)

    return filtered


_CHANGES: Mapping[str, Callable[..., Any]] = {
    "upper": _on_text(str.upper),
    "lower": _on_text(str.lower),
    "title": _on_text(str.title),
    "capitalize": _on_text(str.capitalize),
    "trim": _on_text(str.strip),
    "round": _round,
    "number": _number,
    "money": _money,
    "date": lambda value: format_date(value if isinstance(value, date) else format_value(value)),
}
FILTERS: Mapping[str, Callable[..., Any]] = {
    "default": _default,
    **{name: _keep_missing(change) for name, change in _CHANGES.items()},
}
TESTS: Mapping[str, Callable[[Any], bool]] = {
    "defined": lambda value: not isinstance(value, _ABSENT),
    "undefined": lambda value: isinstance(value, _ABSENT),
    "none": lambda value: isinstance(value, _ABSENT),
}


@pass_context
def _print(context: Context, value: Any) -> str:
    """Print a token for the value. The context argument also keeps Jinja from printing constants while it compiles."""
    slots: Slots = context.parent[_SLOTS_KEY]
    return slots.hold(value)


@lru_cache(maxsize=1)
def pitch_environment() -> PitchEnvironment:
    """Make the one sandbox."""
    environment = PitchEnvironment(
        undefined=_Absent, finalize=_print, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals = {}
    environment.filters = dict(FILTERS)
    environment.tests = dict(TESTS)
    return environment


@lru_cache(maxsize=1024)
def compile_pitch(source: str) -> Template:
    """Compile a checked pitch; kept by its source."""
    return pitch_environment().from_string(clean_text(source))


def run_pitch(source: str, values: Mapping[str, Mapping[str, Any]], slots: Slots) -> str:
    """Render a checked pitch to Markdown in which tokens stand for values; `slots` gathers values and gaps."""
    roots = {root: Fields(root, values.get(root, {}), slots) for root in ROOTS}
    chunks = []
    for chunk in compile_pitch(source).generate({**roots, _SLOTS_KEY: slots}):
        slots.count(len(chunk))
        chunks.append(chunk)
    return "".join(chunks)
