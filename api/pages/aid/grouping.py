"""Published figures as they are drawn: filières that stand together, months, lengths of bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from api.aid.statistics import OTHER
from api.pages.aid.bar import heights

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.routes.aid_statistics import PublicationTold, SpentTold
    from api.routes.directory import FiliereTold

WIDTH: Final = 100


class Name(NamedTuple):
    """One name of a group: all filières, one with its branches, its rest, one alone, or none."""

    kind: Literal["all", "whole", "rest", "one", "other"]
    filiere: FiliereTold | None


@dataclass(frozen=True, slots=True)
class Group:
    """Filières told together.

    Attributes:
        names: how they are called, what is not small first.
        cents: Bou'Sols, refunds deducted.
        households: None when some publications are added up: one household may be in both.
        wide: of the bar, of `WIDTH`.
    """

    names: tuple[Name, ...]
    cents: int
    households: int | None
    wide: float

    @property
    def joined(self) -> bool:
        """Whether some filières stand together."""
        return len(self.names) > 1 or self.names[0].kind == "all"


@dataclass(frozen=True, slots=True)
class Span:
    """Months that were published together, with a column for their sum."""

    told: PublicationTold
    cents: int
    high: int
    groups: tuple[Group, ...]


def spans(items: Sequence[PublicationTold], tree: Sequence[FiliereTold]) -> list[Span]:
    """Publications in their order, each with its own groups."""
    sums = [sum(cell.amount for cell in one.spent) for one in items]
    highs = heights([max(0, cents) for cents in sums])
    return [
        Span(one, cents, high, tuple(_drawn([_cell(cell) for cell in one.spent], tree)))
        for one, cents, high in zip(items, sums, highs, strict=True)
    ]


def pictured(
    items: Sequence[PublicationTold], drawn: Sequence[Span], tree: Sequence[FiliereTold]
) -> tuple[list[Group], Span | None]:
    """What the picture shows: all months; if those say one sum alone, the last that says more."""
    whole = together(items, tree)
    more = [one for one in drawn if len(one.groups) > 1]
    if len(whole) > 1 or not more:
        return whole, None
    return list(more[-1].groups), more[-1]


def together(items: Sequence[PublicationTold], tree: Sequence[FiliereTold]) -> list[Group]:
    """All publications added up, in groups that no publication cuts: sums of published cells."""
    sums: dict[frozenset[str], int] = {}
    for one in items:
        for cell in one.spent:
            here, cents = frozenset(cell.filieres), cell.amount
            for known in [known for known in sums if known & here]:
                here, cents = here | known, cents + sums.pop(known)
            sums[here] = cents
    if len(items) == 1:
        return _drawn([_cell(cell) for cell in items[0].spent], tree)
    return _drawn([(codes, cents, None) for codes, cents in sums.items()], tree)


def _cell(cell: SpentTold) -> tuple[frozenset[str], int, int | None]:
    return frozenset(cell.filieres), cell.amount, cell.households


def _drawn(
    cells: Iterable[tuple[frozenset[str], int, int | None]], tree: Sequence[FiliereTold]
) -> list[Group]:
    """Groups with their bars, the longest first."""
    ordered = sorted(cells, key=lambda cell: -cell[1])
    most = max((cents for _, cents, _ in ordered), default=0)
    return [
        Group(names_of(codes, tree), cents, people, _wide(cents, most))
        for codes, cents, people in ordered
    ]


def _wide(cents: int, most: int) -> float:
    return max(1.0, round(WIDTH * cents / most, 1)) if cents > 0 else 0.0


def names_of(codes: frozenset[str], tree: Sequence[FiliereTold]) -> tuple[Name, ...]:
    """A group by as few names as say it: a filière with all of its branches is one."""
    if codes >= {one.code for one in tree} | {OTHER}:
        return (Name("all", None),)
    below: dict[str, set[str]] = {}
    for one in tree:
        below.setdefault(one.parent or one.code, set()).add(one.code)
    alone, whole, rest = [], [], []
    for one in tree:
        if one.code not in codes or (one.parent and below[one.parent] <= codes):
            continue
        if one.parent:
            alone.append(Name("one", one))
        elif below[one.code] <= codes:
            whole.append(Name("whole", one))
        else:
            rest.append(Name("rest", one))
    other = [Name("other", None)] if OTHER in codes else []
    return (*alone, *whole, *rest, *other)
