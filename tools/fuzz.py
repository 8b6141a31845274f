#!/usr/bin/env python3
"""Fuzz the reading of mail, guided by coverage, for FUZZ_S seconds (30 minutes when unset).

Makes .venv-fuzz from requirements/fuzz.txt once. Seeds are tests/data/mail and, where it is, ../shared/mail-samples, or
the folders in FUZZ_SEEDS, all used in place. What was learnt stays in build/fuzz/corpus, so that the next run goes on
from there; inputs that broke a check lie in build/fuzz/crashes. A crash does not end the run before its time. Ends with
1 when there was any.
"""

import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build/fuzz"
VENV = ROOT / ".venv-fuzz"
REQUIREMENTS = ROOT / "requirements/fuzz.txt"
MAX_CRASHES = 20
MAX_INPUT = 32_768  # bytes; size alone is measured by tests/unit/mailer/parse/hostile.py
MEMORY_MB = 600  # of the fuzzer with its corpus; one allocation may take 200 MB
STATS = re.compile(r"#(\d+)\s.*cov: (\d+) ft: (\d+) corp: (\d+)")


def main() -> int:
    """Fuzz until the time is up and say what was found; return the exit status."""
    python = make_environment()
    corpus, crashes = HOME / "corpus", HOME / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    before = set(crashes.iterdir())
    deadline = time.monotonic() + float(os.environ.get("FUZZ_S") or 1_800)
    runs, last = 0, ""
    for _ in range(MAX_CRASHES):
        left = int(deadline - time.monotonic())
        if left <= 0:
            break
        done, last = fuzz(python, corpus, crashes, left)
        runs += done
    found = sorted(set(crashes.iterdir()) - before)
    print(f"{runs} executions; {last}; {len(found)} crashes")
    for path in found:
        print(f"  {path.relative_to(ROOT)}")
    return 1 if found else 0


def make_environment() -> Path:
    """Return the fuzzer's Python, with exactly what its lock file names."""
    python, stamp = VENV / "bin/python", VENV / "locked"
    if not stamp.exists() or stamp.read_bytes() != REQUIREMENTS.read_bytes():
        venv.create(VENV, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", REQUIREMENTS], check=True)
        stamp.write_bytes(REQUIREMENTS.read_bytes())
    return python


def seeds() -> list[str]:
    """Return the folders of seeds that are there."""
    named = os.environ.get("FUZZ_SEEDS", "").split()
    folders = [ROOT / "tests/data/mail", *(map(Path, named) if named else [ROOT.parent / "shared/mail-samples"])]
    return [str(folder) for folder in folders if folder.is_dir()]


def fuzz(python: Path, corpus: Path, crashes: Path, seconds: int) -> tuple[int, str]:
    """Run until the time is up or an input breaks something; return executions and the last line of coverage."""
    options = {
        "max_total_time": seconds,
        "max_len": MAX_INPUT,
        "timeout": 25,
        "rss_limit_mb": MEMORY_MB,
        "malloc_limit_mb": 200,
        "dict": ROOT / "tests/fuzz/mail.dict",
        "artifact_prefix": f"{crashes}/",
        "print_final_stats": 1,
        "reload": 0,
    }
    command = [python, ROOT / "tests/fuzz/fuzz_parse.py", *(f"-{name}={value}" for name, value in options.items())]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done, coverage = 0, ""
    with subprocess.Popen(
        [*command, corpus, *seeds()], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        for line in process.stderr or ():
            if stats := STATS.search(line):
                done = int(stats[1])
                coverage = f"coverage {stats[2]} edges, {stats[3]} features, {stats[4]} inputs kept"
            if not line.startswith("#") or "pulse" in line or "INITED" in line or "DONE" in line:
                sys.stderr.write(line)
    return done, coverage


if __name__ == "__main__":
    sys.exit(main())
