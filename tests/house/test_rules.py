"""The rules of the house that no tool checks for us."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

import crm.models
import sequences.models
from kit.db import Base

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("kit", "mailer", "crm", "sequences", "web")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ROUTE = {"get", "post", "put", "patch", "delete", "route"}
ROUTE_STATEMENTS = 15


def modules(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    for floor in floors or FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_only_the_transaction_commits() -> None:
    found = {
        str(path)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert found == {"kit/tx.py"}


def test_files_stay_small() -> None:
    sizes = {str(path): len((ROOT / path).read_text().splitlines()) for path, _ in modules()}
    assert {path: size for path, size in sizes.items() if size > 300} == {}


def test_every_module_says_its_kind_first() -> None:
    kinds = ("Pure:", "Use cases:", "Wire:")
    assert [str(path) for path, tree in modules() if not (ast.get_docstring(tree) or "").startswith(kinds)] == []


def test_the_foundation_stays_small() -> None:
    assert len([path for path, _ in modules("kit") if path.name != "__init__.py"]) <= 8


def routes() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path, tree in modules("web/pages"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr in ROUTE
                for mark in node.decorator_list
            ):
                yield f"{path}:{node.name}", node


def test_routes_only_translate() -> None:
    sizes = {name: sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1 for name, node in routes()}
    assert len(sizes) > 10
    assert {name: size for name, size in sizes.items() if size > ROUTE_STATEMENTS + 1} == {}  # and a docstring


def test_partials_are_short_and_name_their_inputs() -> None:
    partials = [path for path in TEMPLATES if path.name.startswith("_")]
    assert partials
    for path in partials:
        lines = path.read_text().splitlines()
        assert lines[0].startswith("{# Inputs:"), path
        # The sprite is a drawing: one line a symbol.
        assert len(lines) <= 40 or path.name == "_icons.html", path


@pytest.mark.parametrize("pattern", [r"<style", r"\sstyle=", r"<script(?![^>]*\ssrc=)", r"\son[a-z]+="])
def test_templates_carry_no_inline_style_or_script(pattern: str) -> None:
    assert [str(path) for path in TEMPLATES if re.search(pattern, path.read_text(), re.IGNORECASE)] == []


def test_nothing_names_the_host_of_a_registry() -> None:
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("registry", "npmjs", "org"), ("deb", "debian", "org"))]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    files = [ROOT / name for name in tracked if name and (ROOT / name).is_file()]
    found = [str(path) for path in files for host in hosts if host.encode() in path.read_bytes()]
    assert found == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tell what the models describe from the index of words, which crm/search_index.py makes and fills by triggers."""
    return kind != "table" or not (name or "").startswith("search_")


# SQLite does not say what an index of an expression is made of: those of the models are compared on PostgreSQL.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_schema_goes_up_down_and_up_and_equals_the_models(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    for target in ("base", "head"):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.downgrade if target == "base" else command.upgrade)(config, target)
        if target == "base":
            assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        differences = compare_metadata(context, Base.metadata)
    assert {crm.models.Contact.__table__, sequences.models.Send.__table__} <= set(Base.metadata.sorted_tables)
    assert differences == []
