"""Pure: a strict linter for mail that is about to leave: what a careful receiver could object to.

It reads by the grammar that senders must keep to, not by the one that readers must bear, and shares no code with
composing or with Python's own parser, so that each of the three can be wrong without the others following.
"""

from mailer.lint.findings import SOURCES, Finding
from mailer.lint.whole import lint_mail

__all__ = ["SOURCES", "Finding", "lint_mail"]
