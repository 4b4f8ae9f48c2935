"""The proof of a programme, on the worked example of F-12 to F-17 and on broken journals."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.aid.proof import ProofBroken, proof_of
from ledger.flows.act import Terms
from ledger.kinds import Kind
from ledger.store import InKind

PROGRAMME = 1
TERMS = Terms()


def euros(*moved):
    return [InKind(PROGRAMME, kind, debited, credited) for kind, debited, credited in moved]


def example():
    """400.00 EUR, 8 awards of 52.50 BSL; E1 keeps 10.00 and E2 all of it, then 59.52 go back."""
    programme = euros(
        (Kind.PROGRAMME_FUND, 0, 400_00), (Kind.AID_BATCH, 400_00, 0),
        (Kind.AID_EXPIRE, 0, 59_52), (Kind.PROGRAMME_RETURN, 59_52, 0),
    )  # fmt: skip
    lots = [InKind(10 + n, Kind.AID_AWARD, 0, 52_50) for n in range(8)]
    lots += [InKind(10, Kind.PAYMENT, 52_50, 0), InKind(10, Kind.REFUND, 0, 10_00)]
    lots += [InKind(10 + n, Kind.PAYMENT, 52_50, 0) for n in range(2, 8)]
    lots += [InKind(10, Kind.AID_EXPIRE, 10_00, 0), InKind(11, Kind.AID_EXPIRE, 52_50, 0)]
    return programme, lots


def test_the_worked_example_closes_to_the_cent():
    programme, lots = example()
    proof = proof_of(programme, lots, TERMS)
    assert (proof.funded, proof.converted, proof.reclaimed) == (400_00, 400_00, 59_52)
    assert (proof.returned, proof.unused) == (59_52, 0)
    assert (proof.issued, proof.spent, proof.expired) == (420_00, 357_50, 62_50)
    assert (proof.released, proof.backing) == (0, 0)
    assert proof.spent_euros == 340_48  # 357.50 BSL cost 340.48: 400.00 less 59.52


def test_released_and_living_aid_is_no_spending():
    programme = euros((Kind.PROGRAMME_FUND, 0, 150_00), (Kind.AID_BATCH, 100_00, 0))
    lots = [InKind(10, Kind.AID_AWARD, 0, 52_50), InKind(11, Kind.AID_AWARD, 0, 52_50)]
    lots += [InKind(10, Kind.PAYMENT, 31_50, 0), InKind(10, Kind.AID_RELEASE, 21_00, 0)]
    proof = proof_of(programme, lots, TERMS)
    assert (proof.released_euros, proof.backing_euros, proof.unused) == (20_00, 50_00, 50_00)
    assert proof.spent_euros == 30_00


@pytest.mark.parametrize(
    "wrong",
    [
        InKind(10, Kind.PAYMENT, 0, 1),
        InKind(10, Kind.P2P, 1, 0),
        InKind(10, Kind.AID_EXPIRE, 1, 0),
    ],
)
def test_a_journal_that_does_not_close_has_no_proof(wrong):
    programme, lots = example()
    broken = [*lots, wrong]
    if wrong.kind is Kind.PAYMENT:  # one cent of spending that no lot issued
        broken.append(InKind(10, Kind.AID_EXPIRE, 2, 0))
    with pytest.raises(ProofBroken):
        proof_of(programme, broken, TERMS)


def test_euros_that_went_another_way_have_no_proof():
    programme, lots = example()
    with pytest.raises(ProofBroken):
        proof_of([*programme, InKind(PROGRAMME, Kind.OPERATING, 1, 0)], lots, TERMS)


def test_a_figure_changed_by_a_cent_is_found():
    programme, lots = example()
    proof = proof_of(programme, lots, TERMS)
    for field in ("funded", "converted", "returned", "unused", "issued", "spent", "expired"):
        with pytest.raises(ProofBroken):
            replace(proof, **{field: getattr(proof, field) + 1}).check()


@given(
    st.lists(
        st.tuples(
            st.integers(1, 500_00),
            st.floats(0, 1, allow_nan=False),
            st.sampled_from(["keep", "lapse", "release"]),
        ),
        max_size=20,
    ),
    st.integers(0, 1_000_00),
)
def test_any_programme_closes_and_rounding_is_a_cent_an_award_at_most(awards, spare):
    """Each award is spent in part; the rest is kept, lapses, or is released."""
    lots, funded, reclaimed, spent = [], spare, 0, 0
    for number, (cents, part, end) in enumerate(awards):
        issued = TERMS.issue(cents).bousol_cents
        paid = round(issued * part)
        rest = issued - paid
        funded, spent = funded + cents, spent + paid
        lots += [InKind(number, Kind.AID_AWARD, 0, issued), InKind(number, Kind.PAYMENT, paid, 0)]
        if end != "keep" and rest:
            kind = Kind.AID_EXPIRE if end == "lapse" else Kind.AID_RELEASE
            lots.append(InKind(number, kind, rest, 0))
            reclaimed += TERMS.take_back(rest).euros_cents if end == "lapse" else 0
    programme = euros(
        (Kind.PROGRAMME_FUND, 0, funded), (Kind.AID_BATCH, funded - spare, 0),
        (Kind.AID_EXPIRE, 0, reclaimed),
    )  # fmt: skip
    proof = proof_of(programme, lots, TERMS)
    assert proof.spent == spent
    exact = spent * 20 / 21
    assert exact - 1e-6 <= proof.spent_euros <= exact + 2 * len(awards)
