"""Pure: what the states of a theme are called, and what each means."""

from web.words import lazy

STATE_WORDS = {
    "listening": (lazy("Listening"), lazy("collecting, not decided")),
    "looking": (lazy("Looking into it"), lazy("an owner is on it")),
    "planned": (lazy("Planned"), lazy("dated, not yet out")),
    "out": (lazy("Out"), lazy("it shipped: tell those who asked")),
}
