"""Lists of awards: what is read of a file, what is wrong with it, what it would change."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.aid import checking, lists
from admin.aid.checking import Facts, Known, Stored
from admin.aid.programmes import Formula
from admin.aid.refusals import ListUnreadable

MOST = Formula(most_cents=400_00)
HOUSEHOLD = Formula(150_00, 75_00, 50_00, 400_00)


def read(text, *, formula=MOST, encoding="utf-8-sig"):
    return lists.read(text.encode(encoding), period="2027-03", formula=formula)


def faults(text, **more):
    return [[f.code for f in row.faults] for row in read(text, **more)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", ","])
def test_a_file_is_read_as_spreadsheets_write_it(encoding, sign):
    text = sign.join(("N° dossier", "Bénéficiaire", "Montant")) + "\r\n"
    text += sign.join(("d-1", "Zoé Lefèvre", '"50,5"')) + "\r\n\r\n"
    (row,) = read(text, encoding=encoding)
    assert (row.line, row.file, row.name, row.cents) == (2, "D-1", "Zoé Lefèvre", 50_50)
    assert (row.period, row.faults, row.remarks) == ("2027-03", (), ())


@pytest.mark.parametrize(
    ("text", "cents"),
    [("50", 50_00), ("50,5", 50_50), ("1 234,50", 1234_50), ("1\u202f234,50 €", 1234_50),
     ("12.30", 12_30), ("0,01", 1), ("1,234", None), ("1.234,50", None), ("-5", None),
     ("1e3", None), ("", None), ("\u0665", None), ("9999999999", None)],
)  # fmt: skip
def test_an_amount_is_read_as_french_or_not_at_all(text, cents):
    assert lists.cents_of(text) == cents


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"])
def test_spaces_that_do_not_break_are_spaces_in_every_cell(space):
    text = f"dossier;nom;montant\nD{space}1{space};Zoé{space}Lefèvre;1{space}234,50{space}€\n"
    (row,) = read(text, formula=Formula(most_cents=2000_00))
    assert (row.file, row.name, row.cents) == ("D 1", "Zoé Lefèvre", 1234_50)
    assert row.faults == ()


@given(st.integers(0, 10**11 - 1))
def test_every_amount_to_the_cent_is_read_back(cents):
    units, rest = divmod(cents, 100)
    grouped = f"{units:,}".replace(",", "\u202f")
    assert lists.cents_of(f"{grouped},{rest:02} €") == cents


@given(st.binary(max_size=300), st.booleans())
def test_whatever_comes_is_read_or_refused(content, headed):
    try:
        rows = lists.read(b"dossier;montant\n" * headed + content, period="2027-03", formula=MOST)
    except ListUnreadable:
        return
    assert all(row.faults or row.cents for row in rows)


@pytest.mark.parametrize(
    "text", ["", "\n", "nom;montant\nAnne;5\n", "dossier;montant\n", "dossier;n° dossier\n1;2\n",
             'dossier\n"open\n', "dossier\n" + "1\n" * 10_001]
)  # fmt: skip
def test_what_is_no_list_is_refused_whole(text):
    with pytest.raises(ListUnreadable):
        read(text)


def test_each_row_has_its_own_faults():
    heads = "dossier;adultes;enfants;montant;periode\n"
    rows = ["1;;;5;", "2;0;;5;", "3;1;x;5;", "4;1;;5;mars", "5;1;;0;", "6;1;;400,01;", "7;1;;;",
            "8;1;;5", "\x07;1;;5;", "9;1;;5;0000-03",
            "9;1;;5;01/1999", "9;1;;5;04/2027"]  # fmt: skip
    assert faults(heads + "\n".join(rows)) == [
        [], ["household_malformed"], ["household_malformed"], ["period_malformed"],
        ["amount_malformed"], ["amount_above_most"], ["amount_missing"], ["row_width"],
        ["cell_unusable"], ["period_malformed"], ["period_malformed"], []]  # fmt: skip
    assert read(heads + rows[-1])[0].period == "2027-04"


def test_a_household_gives_the_amount_and_one_that_differs_is_remarked():
    heads = "dossier;adultes;enfants;montant\n"
    rows = read(heads + "1;2;1;\n2;4;9;\n3;1;;150\n4;1;;100\n5;;;60\n", formula=HOUSEHOLD)
    assert [row.cents for row in rows] == [275_00, 400_00, 150_00, 100_00, 60_00]
    assert [[r.code for r in row.remarks] for row in rows] == [[], [], [], ["off_formula"], []]


@given(st.integers(1, 30), st.integers(0, 30))
def test_a_formula_never_passes_its_most_and_grows_with_the_household(adults, children):
    of = HOUSEHOLD.of
    assert 150_00 <= of(adults, children) <= 400_00
    assert of(adults, children) <= of(adults + 1, children)
    assert of(adults, children) <= of(adults, children + 1)


def facts(**more):
    known: dict[str, Any] = {
        "known": {}, "cards": {}, "taken": frozenset(), "awarded": [], "before": [],
        "free_cents": 100_00, "yearly": {},
    }  # fmt: skip
    return Facts(**(known | more))


ANNE, BOB, EVE = (UUID(int=n) for n in (1, 2, 3))
FILES = {"A": Known(ANNE, 101), "B": Known(BOB, 102)}


def test_a_list_is_compared_with_what_stands_and_with_the_month_before():
    rows = read("dossier;nom;montant\nA;;50\nB;;20\nC;Max;60\n")
    found = checking.check(rows, facts(
        known=FILES,
        awarded=[Stored(ANNE, "2027-03", 50_00), Stored(BOB, "2027-03", 10_00)],
        before=[Stored(EVE, "2027-02", 5_00)],
    ))  # fmt: skip
    codes = [[f.code for f in row.faults + row.remarks] for row in found.rows]
    assert codes == [["awarded_before"], ["awarded_differently"], ["new"]]
    assert (found.faulty, found.total_cents, found.missing_cents) == (2, 130_00, 30_00)
    assert [one.beneficiary for one in found.gone] == [EVE]


def test_a_card_is_one_files_account_and_a_file_has_one_account():
    rows = read(
        "dossier;nom;montant;carte\nA;;5;x\nB;;5;y\nC;Max;5;z\nD;Lou;5;z\nE;Zoé;5;?\nF;Jo;5;t"
    )
    cards = {"x": 101, "y": 101, "z": 103, "?": None, "t": 104}
    found = checking.check(rows, facts(known=FILES, cards=cards, taken=frozenset({104})))
    assert [[f.code for f in row.faults] for row in found.rows] == [
        [],
        ["card_of_another"],
        [],
        ["card_of_another"],
        ["card_unknown"],
        ["card_of_another"],
    ]


def test_the_gifts_of_a_year_stand_beside_its_ceiling_and_one_above_it_is_a_fault():
    rows = read("dossier;montant;periode\nA;100;\nB;100;\nB;83;2027-04\nB;1;2027-05\nB;1;2018-01\n")
    years = {"yearly": {(101, 2027): 90_00}, "yearly_most": {2027: 183_00}}
    found = checking.check(rows, facts(known=FILES, **years))
    seen = [[x.code for x in row.faults + row.remarks if "year" in x.facts] for row in found.rows]
    assert seen == [["above_year"], ["in_year"], ["in_year"], ["above_year"], ["ceiling_missing"]]
    totals = [x.facts["total"] for row in found.rows for x in row.remarks if x.code == "in_year"]
    assert totals == [100_00, 183_00]


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 400_00)), min_size=1))
def test_no_list_without_faults_awards_somebody_twice(rows):
    text = "dossier;nom;montant\n" + "".join(f"{f};N;{c // 100},{c % 100:02}\n" for f, c in rows)
    found = checking.check(read(text), facts(known=FILES))
    files = [row.file for row in found.rows if not row.faults]
    assert len(files) == len(set(files)) == len({f for f, _ in rows})
    assert found.total_cents == sum(c for _, c in rows)


def test_zeros_before_a_household_change_nothing_and_hide_nothing():
    heads = "dossier;adultes;enfants;montant\n"
    rows = read(heads + "1;0001999999;;5\n2;002;00;5\n3;0031;;5\n4;1;0000000031;5\n5;000;;5\n")
    assert [(row.adults, row.children) for row in rows] == [
        (None, 0), (2, 0), (None, 0), (1, 0), (None, 0)]  # fmt: skip
    assert [bool(row.faults) for row in rows] == [True, False, True, True, True]
