"""Run by the peers' own Python: what flufl.bounce and mail-parser-reply say of each message, as JSON.

Standard input holds {"mails": {name: path}, "bodies": {name: decoded text}}; the bodies are Rapport's own decoding, for
mail-parser-reply reads text and no MIME.
"""

import contextlib
import email
import io
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flufl.bounce import all_failures  # type: ignore[import-not-found,unused-ignore]
from mailparser_reply import EmailReplyParser  # type: ignore[import-not-found,unused-ignore]

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh", "pt", "ru", "fi"]


def read_failures(raw: bytes) -> dict[str, Any]:
    temporary, permanent = all_failures(email.message_from_bytes(raw))
    found = sorted(one.decode("utf-8", "replace").lower() for one in temporary | permanent)
    return {"kind": "bounce" if found else "human", "recipients": found, "permanent": bool(permanent)}


def read_reply(text: str) -> str:
    replies = EmailReplyParser(languages=LANGUAGES).read(text=text).replies
    return (replies[0].body if replies else "") or ""


def measure(ask: Callable[[Any], Any], questions: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    slowest = 0.0
    began = time.process_time()
    for name, question in questions.items():
        start = time.perf_counter()
        try:
            answers[name] = ask(question)
        except Exception as error:  # noqa: BLE001 whatever a peer raises is its crash, and counted
            answers[name] = {"crash": f"{type(error).__name__}: {error}"}
        slowest = max(slowest, time.perf_counter() - start)
    return {"answers": answers, "cpu_s": time.process_time() - began, "slowest_s": slowest}


def main() -> None:
    logging.disable()
    asked = json.load(sys.stdin)
    mails = {name: Path(path).read_bytes() for name, path in asked["mails"].items()}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        told = {
            "flufl.bounce": measure(read_failures, mails),
            "mail-parser-reply": measure(read_reply, asked["bodies"]),
        }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
