"""Wire: the coverage-guided fuzzer of reading mail, on atheris (libFuzzer). `tools/fuzz.py` starts it.

`fuzz_parse.py [libFuzzer options] CORPUS [SEEDS...]`: a failed check, a raise, a hang or too much memory ends the
run and leaves the input behind.
"""

import sys

import atheris

with atheris.instrument_imports(include=["mailer"]):
    from tests.fuzz.checks import check


def main() -> None:
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
