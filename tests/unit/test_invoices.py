"""How an invoice is paid in parts: never above its total, nor what the law or one person allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.policies import Limits
from ledger.refusals import AboveMaximum
from merchants.invoices import (
    Earlier,
    Parts,
    check_parts,
    likeness,
    masked_siret,
    needs_second,
    reference,
    siret_of,
)
from merchants.refusals import InvoiceOverpaid, InvoiceTotalDiffers, PartsAboveTotal

CENTS = st.integers(0, 5_000_00)
REFUSED = (InvoiceOverpaid, InvoiceTotalDiffers, PartsAboveTotal, AboveMaximum)


def test_an_invoice_of_340_takes_100_here_and_240_in_euros_then_240_more():
    check_parts(Parts("F", 340_00, 100_00, 240_00), Earlier(), Limits())
    check_parts(Parts("F", 340_00, 240_00, 0), Earlier(340_00, 100_00), Limits())
    with pytest.raises(InvoiceOverpaid) as refusal:
        check_parts(Parts("F", 340_00, 240_01, 0), Earlier(340_00, 100_00), Limits())
    assert refusal.value.rest.minor == 240_00


@given(st.lists(st.tuples(CENTS, CENTS), max_size=12), st.integers(1, 5_000_00))
def test_whatever_is_accepted_adds_up_to_at_most_the_total_and_the_legal_limit(asked, total):
    earlier, alone = Earlier(), 0
    for bousols, euros in asked:
        parts = Parts("F", total, bousols, euros)
        try:
            check_parts(parts, earlier, Limits())
        except REFUSED:
            continue
        if not needs_second(parts, earlier, Limits()):
            alone += bousols
        earlier = Earlier(total, earlier.paid_cents + bousols)
    assert earlier.paid_cents <= min(total, Limits().payment_max_cents)
    assert alone <= Limits().invoice_alone_max_cents


def test_another_total_for_the_same_invoice_is_refused():
    with pytest.raises(InvoiceTotalDiffers):
        check_parts(Parts("F", 400_00, 1, 0), Earlier(340_00, 0), Limits())


def test_writings_of_one_number_are_alike_and_other_numbers_are_not():
    assert {likeness(x) for x in ("FA-2027/7", "fa 2027 7", "\uff26A.2027.7")} == {"fa20277"}
    assert likeness("FA-2027-8") != likeness("FA-2027-7")
    assert reference("  FA \t2027\u00a07 ") == "FA 2027 7"


def test_a_siret_is_read_however_it_is_spaced_and_shown_by_its_end():
    assert siret_of("812 345 678 00015") == "81234567800015"
    assert {siret_of(x) for x in ("8123456780001", "8123456780001x", "\u0668" * 14)} == {None}
    assert masked_siret("81234567800015") == "•••••••••00015"
    assert masked_siret(None) is None
