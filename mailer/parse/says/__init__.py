"""Pure: what a person's reply says: its kind with a confidence, and the facts in it, each with its sentence."""

from mailer.parse.says.facts import find_facts
from mailer.parse.says.kind import Verdict, judge_reply

__all__ = ["Verdict", "find_facts", "judge_reply"]
