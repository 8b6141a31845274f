"""Score the reading of mail on labelled messages, beside others, in the same run: corpus.py [--show] [--alone] [DIR...]

A DIR holds labelled messages (see labelled.py) or folders of them; without one, ../shared/mail-samples if that is
there. The project's own samples in tests/data/mail come in a table of their own. Each message is read with LF and with
CRLF line ends. The peers are flufl.bounce for bounces and mail-parser-reply for the new text of replies, in a venv of
their own that the first run makes; --alone leaves them out. --show prints every miss.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.labelled import Row, read_labelled
from benchmarks.scoring import MEASURES, Reading, Score, score
from mailer.parse import parse_mail
from mailer.types import MailKind, ParsedMail

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "mail-samples"
OWN = ROOT / "tests" / "data" / "mail"
RECEIVED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CRASHES = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


@dataclass(slots=True)
class Run:
    """How one reader did on one set of messages."""

    name: str
    card: Score
    crashes: int = 0
    cpu_s: float = 0.0
    slowest_s: float = 0.0
    count: int = 0


def find_folders(root: Path) -> list[Path]:
    """Return the folders of labelled messages: the given one, or those in it."""
    if (root / "manifest.jsonl").exists():
        return [root]
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def load(folders: list[Path]) -> dict[str, tuple[Row, bytes]]:
    return {
        f"{folder.name}/{Path(row['file']).name}": (row, raw)
        for folder in folders
        for row, raw in read_labelled(folder)
    }


def run_rapport(name: str, mails: dict[str, tuple[Row, bytes]], line_end: bytes) -> Run:
    """Read every message with these line ends, by the function behind `rapport mail classify`."""
    run = Run(name, Score())
    for key, (row, raw) in mails.items():
        wire = raw.replace(b"\r\n", b"\n").replace(b"\n", line_end)
        began, start = time.process_time(), time.perf_counter()
        try:
            mail = parse_mail(wire, received_at=RECEIVED_AT)
        except CRASHES as error:
            run.crashes += 1
            run.card.misses.append(f"{'crash':22} {key}: {error!r}")
            continue
        run.slowest_s = max(run.slowest_s, time.perf_counter() - start)
        run.cpu_s += time.process_time() - began
        run.count += 1
        score(run.card, key, row, _as_reading(mail))
    return run


def _as_reading(mail: ParsedMail) -> Reading:
    kind = "bounce" if mail.is_delay else "human" if mail.kind is MailKind.REPLY else mail.kind.value
    bounce, auto = mail.bounce, mail.auto_reply
    facts = ("status", "permanent", "hard", "reason", "diagnostic")
    return Reading(
        kind=kind,
        recipients=frozenset(bounce.recipients if bounce else ()),
        bounce={key: getattr(bounce, key) for key in facts} if bounce else {},
        new_text=mail.new_text,
        text=mail.text,
        subject=mail.subject,
        sender=mail.sender.email if mail.sender else "",
        auto={"until": auto.until.isoformat() if auto and auto.until else None, "gone": bool(auto and auto.permanent)},
    )


def run_peers(mails: dict[str, tuple[Row, bytes]]) -> list[Run]:
    """Ask the peers, each on what it reads: flufl.bounce on messages, mail-parser-reply on the bodies of replies."""
    replies = {key: row for key, (row, _) in mails.items() if {"expected_reply_text", "must_not_contain"} & set(row)}
    bodies = {key: parse_mail(mails[key][1], received_at=RECEIVED_AT).text for key in replies}
    with tempfile.TemporaryDirectory(prefix="rapport-corpus-") as folder:
        paths = {key: str(Path(folder) / str(number)) for number, key in enumerate(mails)}
        for key, path in paths.items():
            Path(path).write_bytes(mails[key][1])
        asked = json.dumps({"mails": paths, "bodies": bodies})
        command: list[str | Path] = [_find_peers(), ROOT / "benchmarks" / "corpus_peer.py"]
        told = json.loads(subprocess.run(command, input=asked, check=True, capture_output=True, text=True).stdout)
    return [_score_peer(name, mails, answers) for name, answers in told.items() if answers["answers"]]


def _score_peer(name: str, mails: dict[str, tuple[Row, bytes]], told: dict[str, Any]) -> Run:
    run = Run(name, Score(), cpu_s=told["cpu_s"], slowest_s=told["slowest_s"], count=len(told["answers"]))
    for key, answer in told["answers"].items():
        crashed = isinstance(answer, dict) and "crash" in answer
        run.crashes += crashed
        if isinstance(answer, str):
            reading = Reading(new_text=answer)
        elif crashed:
            reading = (
                Reading(kind="crash", recipients=frozenset()) if name.startswith("flufl") else Reading(new_text="")
            )
        else:
            known = {"permanent": answer["permanent"]} if answer["recipients"] else {"permanent": None}
            reading = Reading(kind=answer["kind"], recipients=frozenset(answer["recipients"]), bounce=known)
        score(run.card, key, mails[key][0], reading)
    return run


def _find_peers() -> Path:
    """Return the Python of the venv that holds the peers, making it the first time."""
    home = os.environ.get("RAPPORT_HOME")
    folder = (Path(home) if home else Path(tempfile.gettempdir()) / "rapport") / "bench" / "readers"
    python, wanted = folder / "bin" / "python", ROOT / "requirements" / "peers.txt"
    ready = folder / "ready"
    if not ready.exists() or ready.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", "--require-hashes", "-r", wanted], check=True)
        ready.write_text(wanted.read_text())
    return python


def print_table(title: str, runs: list[Run]) -> None:
    print(f"\n{title}: {runs[0].count + runs[0].crashes} messages\n")
    print(f"{'per cent':24}" + "".join(f"{run.name:>20}" for run in runs))
    for measure in MEASURES:
        if runs[0].card.all[measure]:
            print(f"{f'{measure} ({runs[0].card.all[measure]})':24}" + "".join(_cell(run, measure) for run in runs))
    print(f"{'crashes':24}" + "".join(f"{run.crashes:20}" for run in runs))
    print(f"{'messages a CPU second':24}" + "".join(f"{run.count / max(run.cpu_s, 1e-9):20.0f}" for run in runs))
    print(f"{'the slowest, ms':24}" + "".join(f"{run.slowest_s * 1000:20.0f}" for run in runs))


def _cell(run: Run, measure: str) -> str:
    found = run.card.percent(measure)
    return f"{'-' if found is None else f'{found:.1f}':>20}"


def report(title: str, folders: list[Path], *, alone: bool, show: bool) -> int:
    """Print the table of one set of folders; return how many of its messages raised in Rapport."""
    mails = load(folders)
    if not mails:
        print(f"\n{title}: no labelled messages.")
        return 0
    runs = [run_rapport("Rapport, LF", mails, b"\n"), run_rapport("Rapport, CRLF", mails, b"\r\n")]
    print_table(title, runs if alone else runs + run_peers(mails))
    if show:
        print("\n" + "\n".join(dict.fromkeys(miss for run in runs for miss in run.card.misses)))
    return runs[0].crashes + runs[1].crashes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", metavar="DIR")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    given = [folder for root in asked.folders or [REAL] for folder in find_folders(root)]
    if not given:
        print(f"There are no samples of real mail in {asked.folders[0] if asked.folders else REAL}.")
    crashes = report("Real messages", given, alone=asked.alone, show=asked.show) if given else 0
    crashes += report("Messages written for this project", find_folders(OWN), alone=asked.alone, show=asked.show)
    sys.exit(1 if crashes else 0)


if __name__ == "__main__":
    main()
