"""Use cases: the report of a sequence as the beat kept it, else counted now; the figures beside its steps likewise."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from kit.tx import Tx
from sequences.insight.experiments import NoVerdict, Verdict, Winner
from sequences.insight.outcome import (
    Outcome,
    list_agreed,
    list_answers,
    list_runs,
    list_touches,
    order_kinds,
    read_outcome,
)
from sequences.insight.outcome_sweep import Sweep, read_heat, read_rows, sweep_days
from sequences.insight.report import StepCount, count_replied, count_steps
from sequences.insight.variants import Experiment, TextCount, list_experiments, say_verdict
from sequences.models import Sequence
from sequences.reports.kept import BEGINNING, Reports, list_edges, list_zones, read_from, read_head
from sequences.versions.published import get_version, steps_of


def find_outcome(tx: Tx, sequence: Sequence, *, since: datetime | None, by: str, zone: str) -> Outcome:
    """Return what came of a sequence since a midnight of a zone: as it was kept, else counted now."""
    head = read_head(tx, name_subject(sequence.id), zone)
    edge = BEGINNING if since is None or head is None else min(since, head.last)
    document = head and read_from(tx, name_subject(sequence.id), edge)
    if not head or not document:
        return read_outcome(tx, sequence, since=since, by=by)
    steps = steps_of(get_version(tx, sequence))
    order, has_agreed = [step.key for step in steps], head.document["has_agreed"]
    first_at = document["first_at"]
    return Outcome(
        since=since, first_at=datetime.fromisoformat(first_at) if first_at else None, enrolled=document["enrolled"],
        delivered=document["delivered"], bounced=document["bounced"], replied=document["replied"],
        interested=document["kinds"].get("interested", 0), agreed=document["agreed"] if has_agreed else None,
        auto_replies=head.document["auto_replies"], opted_out=document["opted_out"],
        rows=tuple(read_rows(document, by, order)), steps=tuple(read_rows(document, "variant", order)),
        heat=read_heat(document), kinds=order_kinds(document["kinds"]),
        experiments=tuple(_read_experiment(one) for one in head.document["experiments"]),
        titles={step.key: step.title for step in steps if step.title}, as_of=head.at,
    )  # fmt: skip


def find_step_counts(
    tx: Tx, sequence_id: int, *, with_tasks: bool, zone: str
) -> tuple[dict[str, StepCount], datetime | None]:
    """Return the numbers beside the steps, and as of when answers were counted, if that was not now."""
    head = read_head(tx, name_subject(sequence_id), zone)
    if head is None:
        return count_steps(tx, sequence_id, with_tasks=with_tasks), None
    found = count_steps(tx, sequence_id, with_tasks=with_tasks, replied=head.document["replied"])
    return found, head.at


def count_days(tx: Tx, sequence: Sequence) -> tuple[dict[str, Any], Reports]:
    """Return what hangs on no day, and the report for every midnight it may begin at."""
    zones, runs = list_zones(tx), list_runs(tx, sequence)
    touches, (answers, auto) = list_touches(tx, sequence), list_answers(tx, sequence)
    agreed = list_agreed(tx, sequence)
    first = min([tx.now, *(one.at for one in touches), *(one.at for one in runs)])
    edges = list_edges(zones, first, tx.now)
    reports = dict(sweep_days(touches, runs, Sweep(answers, agreed or frozenset()), [BEGINNING, *edges]))
    # What hangs on nothing before it would say the same; a report of all there is always looked for.
    reports.setdefault(BEGINNING, reports[min(reports)])
    head = {
        "zones": zones, "last": edges[-1].isoformat(), "has_agreed": agreed is not None, "auto_replies": auto,
        "replied": dict(count_replied(tx, sequence.id)),
        "experiments": [asdict(replace(one, sentence="")) for one in list_experiments(tx, sequence)],
    }  # fmt: skip
    return head, reports


def name_subject(sequence_id: int) -> str:
    """Return under what the report of a sequence is kept."""
    return f"sequence:{sequence_id}"


def _read_experiment(kept: Mapping[str, Any]) -> Experiment:
    texts = tuple(TextCount(**one) for one in kept["texts"])
    verdict: Verdict = Winner(**kept["verdict"]) if "variant" in kept["verdict"] else NoVerdict(**kept["verdict"])
    return Experiment(
        step=kept["step"], texts=texts, verdict=verdict, sentence=say_verdict(verdict, texts), fresh=kept["fresh"],
        one_look=kept["one_look"],
    )  # fmt: skip
