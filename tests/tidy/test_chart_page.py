"""The page of the chart lists the classes and kinds of the code, in order, with their facts."""

from pathlib import Path

from ledger.chart import CHART, Side
from ledger.kinds import KINDS, Rounding
from tests.tidy.tree import text

PAGE = Path("docs/reference/chart.md")
FLAGS = ["capped", "spends", "lapses", "restores", "reverses", "thaws", "refundable"]


def cells(start):
    """The rows of the table whose heading row begins so, as lists of cells."""
    _, _, table = text(PAGE).partition(f"| {start} |")
    lines = table.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def weights(facts):
    named = {"L": facts.debt, "C": facts.issued, "reserve": facts.reserve}
    return ", ".join(f"{name} {'+' if w > 0 else '−'}" for name, w in named.items() if w)


def moves(kind):
    pairs = sorted(KINDS[kind].pairs)
    debited = sorted({debit for debit, _ in pairs})
    groups = [(d, [c for debit, c in pairs if debit == d]) for d in debited]
    return "; ".join(
        f"{CHART[d].code} → {', '.join(CHART[c].code for c in credited)}" for d, credited in groups
    )


def facts(kind):
    known = KINDS[kind]
    named = ["documented"] if known.documented else []
    named += [flag for flag in FLAGS if getattr(known, flag)]
    named += [] if known.reversible else ["final"]
    named += [] if known.rounding is Rounding.NONE else [f"R: {known.rounding.value}"]
    return ", ".join(named)


def test_every_class_is_listed_with_its_side_weights_and_statutory_number():
    assert [row[:4] for row in cells("class")] == [
        [f"`{f.code}`", Side(f.side).name.lower(), weights(f), f.statutory or ""]
        for f in CHART.values()
    ]
    assert all(row[4] for row in cells("class"))


def test_every_kind_is_listed_with_what_it_may_move_and_what_it_demands():
    assert cells("kind") == [
        [str(int(kind)), f"`{kind.name.lower()}`", moves(kind), facts(kind)] for kind in KINDS
    ]
