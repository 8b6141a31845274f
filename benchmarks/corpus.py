"""Wire: score `parse_mail` on folders of labelled messages: corpus.py [--show] DIR...

Each folder holds manifest.jsonl (one object per message: file, expected_kind human|auto_reply|bounce|challenge|other,
also_ok, expected_recipients with recipient_alias, expected_status, expected_permanent, expected_reply_text with
also_text, must_contain, must_not_contain, expected_subject, expected_from; a missing key means unknown) and the
messages it names.

A report of delay counts as found when it is kind `other` with its `bounce` filled in. `--show` prints every miss.
"""

import json
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailer.parse import parse_mail
from mailer.types import MailKind, ParsedMail

RECEIVED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CRASHES = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
KINDS = {"reply": "human"}


class Score:
    """Counts per measure, and the misses by name."""

    def __init__(self) -> None:
        self.good: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.misses: list[str] = []

    def note(self, measure: str, name: str, *, good: bool, seen: object = "") -> None:
        self.all[measure] += 1
        self.good[measure] += good
        if not good:
            self.misses.append(f"{measure:22} {name}: {seen}")


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def is_delay(mail: ParsedMail) -> bool:
    return mail.kind is MailKind.OTHER and mail.bounce is not None and not mail.complaint


def score_kind(score: Score, name: str, row: dict[str, Any], mail: ParsedMail) -> None:
    expected = row.get("expected_kind")
    if not expected:
        return
    got = KINDS.get(mail.kind, str(mail.kind))
    accepted = {expected, *row.get("also_ok", [])}
    if expected == "bounce":
        delayed = row.get("expected_permanent") is False and is_delay(mail)
        score.note("bounce recall", name, good=got == "bounce" or delayed, seen=got)
    if got == "bounce":
        score.note("bounce precision", name, good="bounce" in accepted, seen=f"labelled {expected}")
    if expected == "human":
        score.note("persons kept", name, good=got in {"human"} | accepted, seen=got)
    if expected == "auto_reply":
        score.note("auto-reply recall", name, good=got in accepted, seen=got)
    if got == "auto_reply":
        score.note("auto-reply precision", name, good="auto_reply" in accepted, seen=f"labelled {expected}")
    if expected in {"challenge", "other"}:
        score.note(f"{expected} kept", name, good=got in accepted, seen=got)


def score_bounce(score: Score, name: str, row: dict[str, Any], mail: ParsedMail) -> None:
    bounce = mail.bounce
    if row.get("expected_kind") != "bounce":
        return
    if "expected_recipients" in row:
        alias = {key.lower(): value.lower() for key, value in row.get("recipient_alias", {}).items()}
        got = {alias.get(email, email) for email in (bounce.recipients if bounce else ())}
        wanted = {alias.get(email.lower(), email.lower()) for email in row["expected_recipients"]}
        score.note("recipients exact", name, good=got == wanted, seen=f"{sorted(got)} for {sorted(wanted)}")
    if "expected_status" in row:
        status = bounce.status if bounce else None
        score.note(
            "status exact", name, good=status == row["expected_status"], seen=f"{status} {row['expected_status']}"
        )
    if "expected_permanent" in row:
        permanent = bounce.permanent if bounce else None
        score.note("permanent right", name, good=permanent == row["expected_permanent"], seen=permanent)
    if "expected_hard" in row:
        hard = bounce.hard if bounce else None
        score.note("hard right", name, good=hard == row["expected_hard"], seen=f"{hard} {bounce and bounce.diagnostic}")


def score_words(score: Score, name: str, row: dict[str, Any], mail: ParsedMail) -> None:
    is_reply = "expected_reply_text" in row or "must_not_contain" in row
    if is_reply:
        new = flat(mail.new_text)
        texts = [row["expected_reply_text"], *row.get("also_text", [])] if "expected_reply_text" in row else []
        equal = not texts or new in {flat(text) for text in texts}
        whole = all(flat(text) in new for text in row.get("must_contain", []))
        clean = not any(flat(text) in new for text in row.get("must_not_contain", []))
        score.note("reply text", name, good=equal and whole and clean, seen=repr(mail.new_text[-300:]))
    elif "must_contain" in row:
        good = all(flat(text) in flat(mail.text) for text in row["must_contain"])
        score.note("text", name, good=good, seen=repr(mail.text[:200]))
    if "expected_subject" in row:
        good = flat(mail.subject) == flat(row["expected_subject"])
        score.note("subject", name, good=good, seen=f"{mail.subject!r} {row['expected_subject']!r}")
    if "expected_from" in row:
        email = mail.sender.email if mail.sender else ""
        score.note("from", name, good=email == row["expected_from"].lower(), seen=f"{email} {row['expected_from']}")


def run(folders: list[Path]) -> tuple[Score, int, float, float]:
    score, count, spent, slowest = Score(), 0, 0.0, 0.0
    for folder in folders:
        for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            raw, name = (folder / row["file"]).read_bytes(), f"{folder.name}/{Path(row['file']).name}"
            start = time.perf_counter()
            try:
                mail = parse_mail(raw, received_at=RECEIVED_AT)
            except CRASHES as error:
                score.note("no crash", name, good=False, seen=repr(error))
                continue
            taken = time.perf_counter() - start
            score.note("no crash", name, good=True)
            count, spent, slowest = count + 1, spent + taken, max(slowest, taken)
            score_kind(score, name, row, mail)
            score_bounce(score, name, row, mail)
            score_words(score, name, row, mail)
    return score, count, spent, slowest


def main(arguments: list[str]) -> None:
    folders = [Path(word) for word in arguments if not word.startswith("--")]
    if not folders:
        sys.exit("usage: corpus.py [--show] DIR...")
    score, count, spent, slowest = run(folders)
    print(f"{'measure':24}{'right':>7}{'of':>7}{'%':>8}")
    for measure in score.all:
        good, total = score.good[measure], score.all[measure]
        print(f"{measure:24}{good:7}{total:7}{100 * good / total:8.1f}")
    print(f"{count} messages, {count / spent:.0f} a second, the slowest {slowest * 1000:.0f} ms")
    if "--show" in arguments:
        print("\n".join(score.misses))


if __name__ == "__main__":
    main(sys.argv[1:])
