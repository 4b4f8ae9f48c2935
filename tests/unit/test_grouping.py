"""Published figures as they are drawn: no sum of the picture cuts a published cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.aid.grouping import WIDTH, Tree, names_of, pictured, spans, together
from api.routes.aid_statistics import PublicationTold, SpentTold
from api.routes.directory import FiliereTold

PARENTS = {"food": None, "bread": "food", "fish": "food", "fun": None, "books": "fun"}
ALL = [FiliereTold(code=c, parent=p, fr=c, en=c) for c, p in PARENTS.items()]
TREE = Tree.of(ALL, ["food"])
CODES = [*PARENTS, "other"]


def published(month, cells):
    none = {"left": None, "ending": None, "days_to_spend": None}
    return PublicationTold(first_month=month, last_month=month, spent=cells, **none)


@st.composite
def publications(draw):
    """Months, each cut into cells where it pleases."""
    made = []
    for month in range(draw(st.integers(1, 4))):
        cuts = sorted(draw(st.sets(st.integers(1, len(CODES) - 1))))
        groups = [CODES[a:b] for a, b in zip([0, *cuts], [*cuts, len(CODES)], strict=True)]
        cells = [
            SpentTold(filieres=g, households=11, amount=draw(st.integers(-500, 10**9)))
            for g in groups
        ]
        made.append(published(f"2027-{month + 1:02}", cells))
    return made


@given(publications())
def test_months_added_up_keep_the_whole_and_cut_no_cell(items):
    groups = together(items, TREE)
    assert sum(g.cents for g in groups) == sum(c.amount for one in items for c in one.spent)
    for one in items:
        for span in spans([one], TREE):
            assert len(span.groups) == len(one.spent) >= len(groups)
    shown, of = pictured(items, spans(items, TREE), TREE)
    assert (shown == groups) or (len(groups) == 1 and of is not None and len(shown) > 1)
    for group in shown:
        assert 0 <= group.wide <= WIDTH
        assert (group.wide == 0) is (group.cents <= 0)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (CODES, ["all"]),
        (["food", "bread", "fish"], ["whole food"]),
        (["food", "bread"], ["one bread", "rest food"]),
        (["bread"], ["one bread"]),
        (["fish", "fun", "books", "other"], ["one fish", "more"]),
        (["fun", "books", "other"], ["whole fun", "other"]),
    ],
)
def test_a_group_has_as_few_names_as_say_it(codes, said):
    found = [
        f"{one.kind} {one.filiere.code}" if one.filiere else one.kind
        for one in names_of(frozenset(codes), TREE)
    ]
    assert found == said


def test_a_programme_that_names_shops_alone_names_every_filiere():
    alone = Tree.of(ALL, [])
    kinds = [one.kind for one in names_of(frozenset({"fish", "fun", "books", "other"}), alone)]
    assert kinds == ["one", "whole", "other"]
