"""What a page says from memory is what Jinja's own gettext says: slots escaped, per cent signs single, by language."""

import pytest
from flask import Flask

from web.words import attach_words

TEXTS = (
    ('"Nobody yet"', "Noch niemand"),
    ('"Mark done: %(task)s", task="<b>&"', "&lt;b&gt;&amp;"),
    ('"100 %% of <em>them</em>"', "100 % of <em>them</em>"),
)


@pytest.mark.parametrize(("call", "german"), TEXTS)
def test_a_page_says_what_gettext_says_and_again(call: str, german: str) -> None:
    app = Flask("words")
    attach_words(app)
    app.jinja_env.autoescape = True
    shown = app.jinja_env.from_string(f"{{{{ _({call}) }}}}|{{{{ _({call}) }}}}|{{{{ gettext({call}) }}}}")
    said = {}
    for language in ("en", "de", "en"):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            first, again, plain = shown.render().split("|")
            assert first == again == plain
            assert said.setdefault(language, first) == first
    assert german in said["de"]
