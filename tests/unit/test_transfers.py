"""References of orders and the code a bank's application scans."""

import pytest
import segno.helpers
from hypothesis import given
from hypothesis import strategies as st

from admin.reserve.epc import PAYLOAD_BYTES_MAX, payload
from admin.reserve.references import order_of, printed, reference_of

IBAN = "FR76 3000 6000 0112 3456 7890 189"
NAME = "Monnaie citoyenne du Boulonnais"


def test_the_worked_example_of_a_reference():
    assert reference_of(42) == "RF69BSL000000042"
    assert printed("RF69BSL000000042") == "RF69 BSL0 0000 0042"


@given(st.integers(1, 10**9 - 1))
def test_a_reference_is_found_again_in_whatever_a_bank_writes_around_it(order):
    reference = reference_of(order)
    assert order_of(reference) == order
    assert order_of(f"VIR SEPA {printed(reference).lower()} /merci") == order


@given(st.integers(1, 10**9 - 1), st.integers(0, 15), st.sampled_from("0123456789"))
def test_one_wrong_digit_names_no_other_order(order, position, digit):
    reference = reference_of(order)
    wrong = reference[:position] + digit + reference[position + 1 :]
    assert order_of(wrong) in ({order} if wrong == reference else {None})


@pytest.mark.parametrize("text", ["", "RF", "RF69BSL00000042", "RF18539007547034", "RF" * 5000])
def test_a_reference_of_somebody_else_is_none_of_ours(text):
    assert order_of(text) is None


def test_the_payload_is_the_worked_one_line_by_line():
    text = payload(name=NAME, iban=IBAN, cents=20_00, reference=reference_of(42))
    assert text.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        NAME,
        "FR7630006000011234567890189",
        "EUR20.00",
        "",
        "RF69BSL000000042",
    ]


@given(st.integers(1, 999_999_999_99), st.integers(1, 10**9 - 1))
def test_another_library_makes_the_same_code(cents, order):
    text = payload(name=NAME, iban=IBAN, cents=cents, reference=reference_of(order))
    euros, rest = divmod(cents, 100)
    # why: its data before it becomes a code, as segno's own tests look at it.
    theirs = segno.helpers._make_epc_qr_data(  # type: ignore[attr-defined]
        name=NAME,
        iban=IBAN.replace(" ", ""),
        amount=f"{euros}.{rest:02}",
        reference=reference_of(order),
        encoding=1,
    )
    short = f"EUR{euros}.{rest:02}".rstrip("0").removesuffix(".")
    assert text.replace(f"EUR{euros}.{rest:02}", short).split("\n") == theirs.decode().split("\n")


def test_the_longest_payload_fits():
    text = payload(
        name="é" * 70, iban=IBAN, cents=999_999_999_99, reference=reference_of(1), bic="AGRIFRPPXXX"
    )
    assert len(text.encode()) <= PAYLOAD_BYTES_MAX
    assert int(segno.make_qr(text, error="m", boost_error=False).version) <= 13


@pytest.mark.parametrize(
    "wrong",
    [
        {"cents": 0},
        {"cents": 10**11},
        {"name": ""},
        {"name": "a\nb"},
        {"iban": "FR7630006000011234567890188"},
        {"reference": "RF70BSL000000042"},
    ],
    ids=str,
)
def test_what_no_bank_would_take_is_a_bug_here(wrong):
    facts = {"name": NAME, "iban": IBAN, "cents": 20_00, "reference": reference_of(42)} | wrong
    with pytest.raises(AssertionError):
        payload(**facts)
