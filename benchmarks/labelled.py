"""Wire: labelled messages from a folder, as (manifest row, raw bytes).

Real samples lie as files that manifest.jsonl describes: one object a message, with file, expected_kind (human,
auto_reply, bounce, challenge, other), also_ok, expected_recipients with recipient_alias, expected_status,
expected_permanent, expected_reply_text with also_text, must_contain, must_not_contain, expected_subject, expected_from;
a missing key means unknown. The project's own are written compactly in tests/data/mail: a list in *.yaml with `raw`, or
with `report` (the fields of a delivery report, wrapped here), and *.txt whose messages begin with
`@ shape [until=DAY] [permanent]`, then the subject, then the body; shapes.yaml beside them holds each shape's header
fields.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Row: TypeAlias = dict[str, Any]
_KIND_OF_FOLDER = {"auto_replies": "auto_reply", "persons": "human"}
_ANSWER = {"In-Reply-To": "<m1@agency.example>"}
_POST = {"List-Subscribe": "<mailto:k+subscribe@lists.example>", "List-Unsubscribe": "<mailto:k+off@lists.example>"}
_PERSONS = {
    "person": _ANSWER,
    "fresh": {},
    "list": {"List-Id": "<kernel.lists.example>", "Precedence": "bulk", **_ANSWER},
    "listpost": {"List-Id": "<kernel.lists.example>", "Precedence": "bulk", **_POST},
    "suppressed": {"X-Auto-Response-Suppress": "DR, OOF, AutoReply", **_ANSWER},
    "nullpath": {"Return-Path": "<>", **_ANSWER},
}


def read_labelled(folder: Path) -> Iterator[tuple[Row, bytes]]:
    """Yield every labelled message of one folder. Raises FileNotFoundError when a message of a manifest is missing."""
    manifest = folder / "manifest.jsonl"
    if manifest.exists():
        for line in manifest.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield row, (folder / row["file"]).read_bytes()
    for path in sorted(folder.glob("*.yaml")):
        if path.name != "shapes.yaml":
            for row in yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader):
                if "lang" not in row:  # a table of a language, which only the tests combine
                    yield _typed(row, path.stem) | _new_text_of(row, path.stem), _raw_of(row)
    for path in sorted(folder.glob("*.txt")):
        yield from _read_compact(path)


def _typed(row: Row, stem: str) -> Row:
    """Return a row whose words true and false are truth values, and which has a file name."""
    truth = {"true": True, "false": False}
    return {key: truth.get(value, value) if isinstance(value, str) else value for key, value in row.items()} | {
        "file": f"{stem}-{row['name']}"
    }


def _new_text_of(row: Row, stem: str) -> Row:
    """Return what is expected of a reply's body; of those that are kept, all of it is new."""
    expected = row.get("new", row.get("text") if stem == "kept" else None)
    found = {"expected_reply_text": expected, "must_contain": row.get("has"), "must_not_contain": row.get("hasnt")}
    return {key: value for key, value in found.items() if value is not None}


def _raw_of(row: Row) -> bytes:
    if "raw" in row:
        return str(row["raw"]).encode()
    if "text" in row or "html" in row:
        kind = "plain" if "text" in row else "html"
        head = (
            f"From: mara@blog.example\nIn-Reply-To: <m1@agency.example>\nContent-Type: text/{kind}; charset=utf-8\n\n"
        )
        return (head + str(row.get("text", row.get("html")))).encode()
    kind = row.get("report_type", "message/delivery-status")
    parts = ["Content-Type: text/plain\n\nThis is the mail system.\n", f"Content-Type: {kind}\n\n{row['report']}"]
    if "original" in row:
        parts.append(
            "Content-Type: message/rfc822\n\nFrom: ana@agency.example\nTo: mara@blog.example\nSubject: A film\n"
        )
    body = "".join(f"--b1\n{part}\n" for part in parts)
    head = (
        "From: Mail Delivery System <MAILER-DAEMON@relay.agency.example>\nTo: ana@agency.example\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\n\n"
    )
    return f"{head}{body}--b1--\n".encode()


def _read_compact(path: Path) -> Iterator[tuple[Row, bytes]]:
    shapes_file = path.parent / "shapes.yaml"
    shapes = yaml.load(shapes_file.read_text("utf-8"), Loader=yaml.BaseLoader) if shapes_file.exists() else _PERSONS
    for number, entry in enumerate(_entries(path), 1):
        mark, subject, *body = entry.split("\n")
        shape, *words = mark.split()
        row: Row = {"file": f"{path.stem}-{number}-{shape}", "expected_kind": _KIND_OF_FOLDER[path.parent.name]}
        if row["expected_kind"] == "auto_reply":
            until = next((word.partition("=")[2] for word in words if word.startswith("until=")), None)
            row |= {"expected_until": until, "expected_gone": "permanent" in words}
        yield row, _compose(subject, "\n".join(body), shapes[shape])


def _entries(path: Path) -> list[str]:
    return [entry.strip() for entry in f"\n{path.read_text('utf-8')}".split("\n@ ")[1:]]


def _compose(subject: str, body: str, fields: dict[str, str]) -> bytes:
    head = {
        "From": "Mara Lind <mara@studio.example>",
        "To": "Ana <ana@agency.example>",
        "Subject": subject,
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    } | fields
    return ("".join(f"{name}: {value}\n" for name, value in head.items()) + f"\n{body}\n").encode()
