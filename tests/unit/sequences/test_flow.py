"""Branches: the numbering of the tree, where each step leads, and the check that no branch is a dead end."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidError
from sequences.versions.sequence_file import SequenceFile, read_sequence_file, warnings_of

HEAD = "name: spring\nstop_on: [bounce, opt_out]\nsteps: "
MAIL = "{key: %s, kind: email, subject: s, body: x}"


def mail(key: str) -> str:
    return MAIL % key


def branch(key: str, then: str, otherwise: str, when: str = "{tag: vip}") -> str:
    return f"{{key: {key}, kind: if, when: {when}, then: {then}, else: {otherwise}}}"


def of(*steps: str) -> str:
    return f"[{', '.join(steps)}]"


def read(*steps: str, head: str = HEAD) -> SequenceFile:
    return read_sequence_file(f"{head}[{', '.join(steps)}]\n")


def faults_of(*steps: str, head: str = HEAD) -> tuple[str, ...]:
    with pytest.raises(InvalidError) as refusal:
        read(*steps, head=head)
    return refusal.value.faults


WHOLE = (
    mail("a"),
    branch("b", of(mail("c"), branch("d", of(mail("e")), "continue")), of("{key: f, kind: tag, tag: t}")),
    "{key: g, kind: wait, wait: 1 week}",
    branch("h", "end", of(mail("i"))),
)


def test_steps_are_numbered_from_top_to_bottom() -> None:
    flow = read(*WHOLE).flow
    assert [step.key for step in flow.steps] == list("abcdefghi")
    assert [node.depth for node in flow.nodes] == [0, 0, 1, 1, 2, 1, 0, 0, 1]
    assert [(node.parent, node.side) for node in flow.nodes][2:6] == [
        ("b", "then"),
        ("b", "then"),
        ("d", "then"),
        ("b", "else"),
    ]
    assert flow.index_of["g"] == 6


def test_ways_join_again_after_the_if() -> None:
    document = read(*WHOLE)
    at = document.flow.index_of
    follows = {key: document.flow.next_of(at[key]) for key in at}
    assert follows == {"a": 1, "b": 6, "c": 3, "d": 6, "e": 6, "f": 6, "g": 7, "h": None, "i": None}
    ways = {key: [document.flow.branch_of(at[key], holds=holds) for holds in (True, False)] for key in "bdh"}
    assert ways == {"b": [2, 5], "d": [4, 6], "h": [None, 8]}


def test_what_may_still_come() -> None:
    flow = read(*WHOLE).flow
    reach = {
        node.step.key: "".join(flow.steps[i].key for i in sorted(flow.reachable(node.index))) for node in flow.nodes
    }
    assert reach["a"] == "abcdefghi"
    assert (reach["c"], reach["f"], reach["i"]) == ("cdeghi", "fghi", "i")
    assert flow.reachable(9) == frozenset()


def test_a_sequence_without_branches_keeps_its_numbers() -> None:
    document = read(mail("a"), mail("b"), mail("c"))
    assert document.flow.steps == document.steps
    assert [document.flow.next_of(index) for index in range(3)] == [1, 2, None]
    assert document.flow is document.flow


def test_a_stored_tree_reads_back_as_itself() -> None:
    document = read(*WHOLE)
    assert document.flow.nodes
    stored = SequenceFile.model_validate(document.model_dump(mode="json"))
    assert stored == document
    assert stored.flow == document.flow


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((mail("a"), "{key: w, kind: wait, wait: 1 day}"), "Step 'w' waits for nothing: no step follows it."),
        ((branch("i", of(mail("a"), "{key: w, kind: wait, wait: 1 day}"), "end"),), "Step 'w' waits for nothing"),
        ((mail("a"), branch("i", of(mail("b")), "continue")), "Step 'i': 'else' leads nowhere"),
        ((mail("a"), branch("i", "continue", of(mail("b")))), "Step 'i': 'then' leads nowhere"),
        (
            (branch("i", of(branch("j", of(mail("a")), "continue")), "end"),),
            "Step 'j': 'else' leads nowhere, for no step follows; write end, or steps.",
        ),
        ((branch("i", "end", "end"), mail("a")), "Step 'a' is never reached: both ways of 'i' end before it."),
        ((branch("i", "end", of(branch("j", "end", "end"))), mail("a")), "Step 'a' is never reached"),
        ((branch("i", "continue", "continue"), mail("a")), "Step 'i' does the same either way."),
        ((mail("a"), branch("i", of(mail("a")), "end")), "Two steps have the key 'a'."),
        ((branch("i", of(mail("a")), "[]"),), "Step i, else: write at least one step, or the words"),
        ((branch("i", of(mail("a")), "stop"),), "Step i, else: Input should be 'continue' or 'end'."),
        ((f"{{key: i, kind: if, when: {{tag: v}}, then: [{mail('a')}]}}",), "Step 'i' is of the kind if and needs 'el"),
        ((f"{{key: i, kind: if, then: [{mail('a')}], else: end}}",), "Step 'i' is of the kind if and needs 'when'."),
        ((f"{{key: i, kind: if, when: {{tag: v}}, then: end, else: [{mail('a')}], body: x}}",), "cannot have 'body'"),
        (("{key: a, kind: email, subject: s, body: x, then: end}",), "kind email and cannot have 'then'"),
        (("{key: a, kind: stage}",), "Step 'a' is of the kind stage and needs 'stage'."),
        (("{key: a, kind: stage, stage: ' '}",), "Step 'a' is of the kind stage and needs 'stage'."),
        (("{key: a, kind: tag, stage: Found}",), "Step 'a' is of the kind tag and needs 'tag'."),
        (("{key: a, kind: wait}", mail("b")), "Step 'a' is of the kind wait and needs 'wait'."),
        ((branch("i", "end", of(mail("a")), "{tagg: v}"),), "Step i, when.tagg: 'tagg' is not known. Did you mean"),
        (
            (branch("i", "end", of(mail("a")), "{handle: {folowers: 3}}"),),
            "Step i, when.handle.folowers: 'folowers' is not known. Did you mean 'followers'?",
        ),
        ((branch("i", "end", "[{key: z, kind: email, boddy: x}]"),), "Step z, boddy: 'boddy' is not known. Did you"),
        ((branch("i", "end", "[{kind: tag, tag: x}]"),), "Step 1, key: 'key' is missing."),
    ],
)  # fmt: skip
def test_refuses_a_way_that_leads_nowhere(steps: tuple[str, ...], says: str) -> None:
    assert any(fault.startswith(says) or says in fault for fault in faults_of(*steps)), faults_of(*steps)


@pytest.mark.parametrize(
    ("when", "stop_on", "says"),
    [
        ("{reply_kind: question}", "reply", "Step 'i' can never hold: the sequence stops on a reply."),
        ("{stage: Alumni}", "stage:alumni", "Step 'i' can never hold: the sequence stops on the stage Alumni."),
        ("{stage: Alumni, tag: vip}", "stage:Alumni", "can never hold"),
        ("{not: {stage: Alumni}}", "stage:Alumni", "Step 'i' always holds, so its 'else' is never taken"),
        ("{not: {not: {stage: Alumni}}}", "stage:Alumni", "can never hold"),
        ("{stage: [Alumni, Talking]}", "stage:Alumni", ""),
        ("{not: {stage: Alumni, tag: vip}, tag: press}", "stage:Alumni", ""),
        ("{reply_kind: question}", "bounce", ""),
    ],
)
def test_refuses_a_condition_that_says_nothing(when: str, stop_on: str, says: str) -> None:
    head = f"name: spring\nstop_on: ['{stop_on}']\nsteps: "
    step = branch("i", of(mail("a")), of(mail("b")), when)
    if says:
        assert any(says in fault for fault in faults_of(step, head=head))
    else:
        assert read(step, head=head).steps


SAME = "{key: %s, kind: email, thread: same, body: x}"


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((branch("i", of(mail("a")), "continue"), SAME % "b"), "Step 'b' needs a subject: not every way to it"),
        (
            (branch("i", of(mail("a")), of(SAME % "b")),),
            "Step 'b' begins a new conversation and needs a subject.",
        ),
        ((branch("i", of(mail("a")), of(mail("c"))), SAME % "b"), ""),
        ((mail("a"), branch("i", of(SAME % "b"), "end")), ""),
        ((branch("i", of(mail("a")), "end"), SAME % "b"), ""),
    ],
)
def test_a_mail_without_a_subject_needs_one_before_it_on_every_way(steps: tuple[str, ...], says: str) -> None:
    if says:
        assert any(fault.startswith(says) for fault in faults_of(*steps))
    else:
        assert read(*steps).steps


def test_refuses_too_many_steps_over_the_whole_tree() -> None:
    inside = ", ".join(mail(f"m{n}") for n in range(15))
    more = ", ".join(mail(f"n{n}") for n in range(15))
    assert any("at most 30 steps" in fault for fault in faults_of(branch("i", f"[{inside}]", f"[{more}]")))
    assert read(branch("i", f"[{inside}]", f"[{more.rpartition(', {')[0]}]")).steps


def nested(depth: int) -> str:
    inner = mail("last")
    for level in range(depth):
        inner = branch(f"i{level}", f"[{inner}]", "end")
    return inner


def test_refuses_steps_nested_too_deep() -> None:
    assert read(nested(5)).steps
    for depth in (6, 25):
        assert any("more than 5 deep" in fault for fault in faults_of(nested(depth)))


def test_refuses_a_tree_that_holds_itself() -> None:
    with pytest.raises(InvalidError, match="5 deep"):
        read_sequence_file("name: x\nsteps: &s [{key: a, kind: if, when: {tag: v}, then: *s, else: end}]\n")
    lines = ["name: x", "l0: &l0 [{key: a, kind: tag, tag: t}]"]
    for level in range(1, 9):
        part = f"{{key: b{level}, kind: if, when: {{tag: v}}, then: *l{level - 1}, else: *l{level - 1}}}"
        lines.append(f"l{level}: &l{level} [{', '.join([part] * 25)}]")
    with pytest.raises(InvalidError, match=r"at most 30 steps|5 deep"):
        read_sequence_file("\n".join([*lines, "steps: *l8"]))


def test_warns_of_many_mails_on_one_way() -> None:
    four = [mail(f"m{n}") for n in range(4)]
    assert warnings_of(read(*four)) == []
    assert warnings_of(read(*four[:3], branch("i", of(mail("a")), of(mail("b"))))) == []
    (warning,) = warnings_of(read(*four, branch("i", of(mail("a")), "end")))
    assert "has 5 mails" in warning


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        key = f"k{draw(st.integers(0, 10**9))}"
        kind = draw(st.sampled_from(["mail", "tag", "wait", *(["if"] * 3 if depth < 2 else [])]))
        if kind == "if":
            ways = st.one_of(st.sampled_from(["continue", "end"]), trees(depth=depth + 1))
            steps.append(branch(key, draw(ways), draw(ways)))
        else:
            steps.append({"mail": mail(key), "tag": f"{{key: {key}, kind: tag, tag: t}}"}.get(
                kind, f"{{key: {key}, kind: wait, wait: 1 day}}"
            ))  # fmt: skip
    return f"[{', '.join(steps)}]"


@given(trees())
def test_any_way_through_an_accepted_tree_rises_and_ends_well(tree: str) -> None:
    with suppress(InvalidError):
        document = read_sequence_file(HEAD + tree)
        flow, seen = document.flow, set()
        todo: list[tuple[int, str]] = [(0, "")]
        while todo:
            index, _ = todo.pop()
            seen.add(index)
            node = flow.nodes[index]
            for way, word in zip(node.ways, (node.step.then, node.step.otherwise), strict=False):
                if way is None:
                    assert node.step.kind in ("email", "tag") or word == "end"
                else:
                    assert way > index
                    todo.append((way, ""))
        assert seen == set(range(len(flow.nodes)))
