"""Published figures as they are drawn: filières that stand together, months, lengths of bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from api.aid.statistics import OTHER
from api.pages.aid.bar import heights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from api.routes.aid_statistics import PublicationTold, SpentTold
    from api.routes.directory import FiliereTold

WIDTH: Final = 100


class Name(NamedTuple):
    """One name of a group.

    Attributes:
        kind: `all` filières; a `whole` one with its branches, the `rest` of it, `one` branch; what
            is `other` than any; `more` that the programme does not pay.
    """

    kind: Literal["all", "whole", "rest", "one", "other", "more"]
    filiere: FiliereTold | None


class Tree(NamedTuple):
    """The filières, and those of them that a programme pays; none: it names shops alone."""

    all: Sequence[FiliereTold]
    paid: frozenset[str]

    @classmethod
    def of(cls, all_: Sequence[FiliereTold], named: Iterable[str]) -> Tree:
        """The tree of a programme that names some, with all below them."""
        wanted = frozenset(named)
        return cls(all_, wanted | {one.code for one in all_ if one.parent in wanted})


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
        return len(self.names) > 1 or any(one.kind == "all" for one in self.names)


@dataclass(frozen=True, slots=True)
class Span:
    """Months that were published together, with a column for their sum."""

    told: PublicationTold
    cents: int
    high: int
    groups: tuple[Group, ...]


def spans(items: Sequence[PublicationTold], tree: Tree) -> list[Span]:
    """Publications in their order, each with its own groups."""
    sums = [sum(cell.amount for cell in one.spent) for one in items]
    highs = heights([max(0, cents) for cents in sums])
    return [
        Span(one, cents, high, tuple(_drawn([_cell(cell) for cell in one.spent], tree)))
        for one, cents, high in zip(items, sums, highs, strict=True)
    ]


def pictured(
    items: Sequence[PublicationTold], drawn: Sequence[Span], tree: Tree
) -> tuple[list[Group], Span | None]:
    """What the picture shows: all months; if those say one sum alone, the last that says more."""
    whole = together(items, tree)
    more = [one for one in drawn if len(one.groups) > 1]
    if len(whole) > 1 or not more:
        return whole, None
    return list(more[-1].groups), more[-1]


def together(items: Sequence[PublicationTold], tree: Tree) -> list[Group]:
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


def _drawn(cells: Iterable[tuple[frozenset[str], int, int | None]], tree: Tree) -> list[Group]:
    """Groups with their bars, the longest first."""
    ordered = sorted(cells, key=lambda cell: -cell[1])
    most = max((cents for _, cents, _ in ordered), default=0)
    return [
        Group(names_of(codes, tree), cents, people, _wide(cents, most))
        for codes, cents, people in ordered
    ]


def _wide(cents: int, most: int) -> float:
    return max(1.0, round(WIDTH * cents / most, 1)) if cents > 0 else 0.0


def names_of(codes: frozenset[str], tree: Tree) -> tuple[Name, ...]:
    """A group by as few names as say it: a filière with all of its branches is one.

    What the programme does not pay has one name together, unless the group is of that alone.
    """
    if codes >= {one.code for one in tree.all} | {OTHER}:
        return (Name("all", None),)
    named = codes & tree.paid or codes
    more = (Name("more", None),) if codes - named else ()
    return (*_branches(named, tree.all), *more)


def _branches(codes: frozenset[str], tree: Sequence[FiliereTold]) -> Iterator[Name]:
    """Branches alone, whole filières, what is left of others, then what is of none."""
    below: dict[str, set[str]] = {}
    for one in tree:
        below.setdefault(one.parent or one.code, set()).add(one.code)
    whole = {root for root, branches in below.items() if branches <= codes}
    here = [one for one in tree if one.code in codes]
    yield from (Name("one", one) for one in here if one.parent and one.parent not in whole)
    yield from (Name("whole", one) for one in here if one.code in whole)
    yield from (Name("rest", one) for one in here if not one.parent and one.code not in whole)
    if OTHER in codes:
        yield Name("other", None)
