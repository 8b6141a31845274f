"""The texts are true: the commands, options, settings, files and rules that they name exist; links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kit.config import load_settings
from sequences.versions.sequence_file import read_sequence_file
from web.cli.program import program

ROOT = Path(__file__).resolve().parents[2]
TEXTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"))
    if path.name.isascii()
)
ROOMS = ("kit", "mailer", "crm", "sequences", "web")
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_PROMPT = re.compile(r"^\s*(?:\.venv/bin/)?rapport (.+)$")
_INLINE = re.compile(r"`(?:\.venv/bin/)?rapport ([^`\n]+)`")
_FILE = re.compile(
    r"`((?:kit|mailer|crm|sequences|web|tests|tools|docs|benchmarks|migrations|requirements)/[\w./-]+\.\w+)`"
)
_FENCE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(_commands(program))


def _options(command: click.Command) -> set[str]:
    return {"--help"} | {name for one in command.params if isinstance(one, click.Option) for name in one.opts}


def _fault(line: str) -> str:
    """Return what is wrong with a command as a text writes it, or nothing."""
    words = shlex.split(line.rstrip("\\"), comments=True)
    groups = {path[:1] for path in COMMANDS if len(path) > 1}
    for size in (2, 1):
        command = COMMANDS.get(tuple(words[:size]))
        if command is not None:
            unknown = {word.partition("=")[0] for word in words[size:] if word.startswith("--")} - _options(command)
            return f"has no option {min(unknown)}" if unknown else ""
    named_alone = len(words) == 1 and tuple(words) in groups
    return "" if named_alone or words == ["--version"] else "does not exist"


def _anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def _sections() -> dict[str, str]:
    parts = re.split(r"^#{2,3} ", (ROOT / "docs" / "commands.md").read_text("utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_is_described_with_all_its_options(path: tuple[str, ...]) -> None:
    name = f"rapport {' '.join(path)}"
    section = next((text for head, text in _sections().items() if f"{head} ".startswith(f"{name} ")), None)
    assert section is not None, f"docs/commands.md does not describe {name}"
    described = set(re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE))
    assert described == _options(COMMANDS[path]) - {"--help"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_texts_exist(text: Path) -> None:
    # A line that ends in a backslash goes on below.
    words = text.read_text("utf-8").replace("\\\n", " ")
    lines = [found[1] for line in words.splitlines() if (found := _PROMPT.match(line)) and line.startswith("    ")]
    lines += [line for line in _INLINE.findall(words) if "..." not in line]
    assert [f"rapport {line}: {fault}" for line in lines if (fault := _fault(line))] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("contacts import a.csv --dry-run", ""),
        ("contacts", ""),
        ("contacts explode", "does not exist"),
        ("tick --loudly", "has no option --loudly"),
        ("sequence start x", "does not exist"),
    ],
)
def test_a_wrong_command_would_be_noticed(line: str, fault: str) -> None:
    assert _fault(line) == fault


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(text: Path) -> None:
    broken = []
    for picture, link in _LINK.findall(text.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = link.partition("#")
        target = (text.parent / file).resolve() if file else text
        if picture and not target.parent.exists():
            continue  # pictures are made by `make screenshots`; without any, none can be wrong
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_targets_exist(text: Path) -> None:
    words = text.read_text("utf-8")
    missing = [name for name in _FILE.findall(words) if not (ROOT / name).exists()]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    missing += [
        f"make {name}"
        for name in re.findall(r"(?:^ {4}|`|&& )make ([a-z]+)", words, re.MULTILINE)
        if name not in targets
    ]
    assert missing == []


def test_every_setting_is_described() -> None:
    table = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(RAPPORT_\w+)`", table, re.MULTILINE)) == {
        one.name for one in load_settings({}).listed
    }


def test_sequences_in_texts_can_be_read() -> None:
    files = [source for text in TEXTS for source in _FENCE.findall(text.read_text("utf-8"))]
    assert len(files) >= 2
    for source in files:
        read_sequence_file(re.sub(r"^ {3}", "", source, flags=re.MULTILINE) if source.startswith("   ") else source)


def test_rules_that_code_names_are_written_down() -> None:
    rules = set(re.findall(r"^\| ([ABC]\d+) \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE))
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    named = {rule for path in sources for rule in re.findall(r"\(([ABC]\d{1,2})[,)]", path.read_text("utf-8"))}
    assert named
    assert named <= rules


def test_decisions_are_numbered_listed_and_whole() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert [int(path.name[:4]) for path in pages] == list(range(1, len(pages) + 1))
    index = (folder / "README.md").read_text("utf-8")
    for page in pages:
        assert f"({page.name})" in index
        heads = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences", "Alternatives"]
