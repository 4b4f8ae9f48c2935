"""Keys come and go, and a receipt is checked by anybody with the published set alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from merchants import signing
from merchants.short_code import LETTERS, short_code, spoken, written
from merchants.signing import Receipt

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SEAL = bytes(range(32))
KEY = signing.new_key(SEAL, key_id=7, at=NOW)
SIGNER = signing.open_key(KEY, SEAL)
KEYS = signing.keys_of(signing.public_set([KEY]))
ENTRY = UUID(int=42)
RECEIPT = Receipt(ENTRY, 12_60, "BSL", "Boulangerie Delattre", 1017, NOW, short_code(ENTRY))
SIGNATURE = signing.sign_receipt(RECEIPT, SIGNER)


def test_a_sealed_key_opens_under_its_seal_its_id_and_its_public_half_only():
    other = signing.new_key(SEAL, key_id=8, at=NOW)
    assert SIGNER.private.public_key().public_bytes_raw() == KEY.public
    for key, seal in (
        (KEY, bytes(32)),
        (replace(KEY, id=8), SEAL),
        (replace(KEY, public=other.public), SEAL),
        (replace(KEY, sealed=other.sealed), SEAL),
    ):
        with pytest.raises(InvalidTag):
            signing.open_key(key, seal)


def test_no_private_half_is_shown_by_accident():
    assert KEY.sealed.hex() not in repr(KEY)
    assert "private" not in repr(SIGNER)


def test_the_newest_key_that_is_not_retired_signs():
    newer = replace(KEY, id=8, made_at=NOW + DAY)
    retired = replace(newer, retired_at=NOW + 2 * DAY)
    assert signing.current([KEY, newer], at=NOW + DAY) == newer
    assert signing.current([KEY, newer], at=NOW) == KEY
    assert signing.current([KEY, retired], at=NOW + 2 * DAY) == KEY
    assert signing.current([replace(KEY, retired_at=NOW)], at=NOW) is None


def test_a_retired_key_verifies_as_long_as_what_it_last_signed_may_run():
    retired = replace(KEY, retired_at=NOW)
    assert set(signing.verifying([retired], at=NOW + timedelta(minutes=15))) == {7}
    assert set(signing.verifying([retired], at=NOW + timedelta(minutes=16))) == set()


def test_the_published_set_is_plain_json_with_public_halves_only_and_keeps_retired_keys():
    published = json.loads(json.dumps(signing.public_set([replace(KEY, retired_at=NOW)])))
    (key,) = published["keys"]
    assert {name: key[name] for name in ("kty", "crv", "kid")} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": "7",
    }
    assert "d" not in key
    assert signing.verify_receipt(RECEIPT, SIGNATURE, signing.keys_of(published))


@pytest.mark.parametrize(
    "change",
    [
        {"entry": UUID(int=43)},
        {"amount_minor": 12_61},
        {"currency": "EUR"},
        {"payee_name": "Boulangerie Delatre"},
        {"payee_party": 1018},
        {"posted_at": NOW + timedelta(microseconds=1)},
        {"short_code": "AA00"},
    ],
    ids=str,
)
def test_a_receipt_with_one_fact_changed_does_not_verify(change):
    assert signing.verify_receipt(RECEIPT, SIGNATURE, KEYS)
    assert not signing.verify_receipt(replace(RECEIPT, **change), SIGNATURE, KEYS)


def test_no_two_receipts_have_the_same_bytes_by_moving_a_letter_between_fields():
    one = replace(RECEIPT, currency="BS", short_code="LKM4")
    two = replace(RECEIPT, currency="BSL", short_code="KM4")
    assert signing.receipt_bytes(one) != signing.receipt_bytes(two)


@given(st.integers(0, len(SIGNATURE) - 1), st.characters(codec="utf-8"))
def test_a_signature_with_any_letter_changed_does_not_verify(position, letter):
    changed = SIGNATURE[:position] + letter + SIGNATURE[position + 1 :]
    if changed != SIGNATURE:
        assert not signing.verify_receipt(RECEIPT, changed, KEYS)


def test_a_signature_is_spelt_in_one_way_only():
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same_bits = letters[letters.index(SIGNATURE[-1]) + 1]
    assert not signing.verify_receipt(RECEIPT, SIGNATURE[:-1] + same_bits, KEYS)


@given(st.text(max_size=120))
def test_any_text_may_be_asked_about_as_a_signature(text):
    assert not signing.verify_receipt(RECEIPT, text, KEYS)


@given(st.uuids())
def test_a_short_code_has_two_letters_and_two_digits_and_is_said_in_pairs(entry):
    code = short_code(entry)
    assert set(code[:2]) <= set(LETTERS)
    assert code[2:].isdigit()
    assert len(code) == 4
    assert written(code) == f"{code[:2]} {code[2:]}"
    assert not set("IOQ") & set(LETTERS)


def test_short_codes_of_neighbouring_entries_are_spread():
    codes = {short_code(UUID(int=number)) for number in range(1_000)}
    assert len(codes) > 980


@pytest.mark.parametrize(
    ("code", "french", "english"),
    [
        ("KM47", "K M, quarante-sept", "K M, forty-seven"),
        ("KM07", "K M, zéro sept", "K M, zero seven"),
        ("AB00", "A B, zéro zéro", "A B, zero zero"),
        ("AB17", "A B, dix-sept", "A B, seventeen"),
        ("AB21", "A B, vingt-et-un", "A B, twenty-one"),
        ("AB70", "A B, soixante-dix", "A B, seventy"),
        ("AB71", "A B, soixante-et-onze", "A B, seventy-one"),
        ("AB80", "A B, quatre-vingts", "A B, eighty"),
        ("AB81", "A B, quatre-vingt-un", "A B, eighty-one"),
        ("AB91", "A B, quatre-vingt-onze", "A B, ninety-one"),
        ("AB99", "A B, quatre-vingt-dix-neuf", "A B, ninety-nine"),
    ],
)
def test_a_short_code_is_said_as_people_say_it(code, french, english):
    assert (spoken(code, "fr"), spoken(code, "en")) == (french, english)


def test_no_two_numbers_are_said_alike():
    for language in ("fr", "en"):
        assert len({spoken(f"AB{number:02}", language) for number in range(100)}) == 100
