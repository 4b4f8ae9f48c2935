"""The rules about people that need no database: tiers, PINs, passwords, numbers, memberships."""

import time
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251  why: seeded, to be the same each time
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from admin import parties
from admin.logins import pins, step_up, totp
from admin.logins.credentials import check_password
from admin.logins.step_up import Confirmed
from admin.losses.recovery import check_recoverable
from admin.means import card_numbers
from admin.parties import Person
from admin.people.memberships import (
    Membership,
    Standing,
    a_year_after,
    check_may_buy,
    fee_of,
    grace_of,
)
from admin.pepper import Pepper
from admin.refusals import (
    ConfirmationInvalid,
    IdentityIncomplete,
    MembershipLapsed,
    MembershipMissing,
    NotAllowed,
    PasswordGuessable,
    PasswordLength,
    PinGuessable,
    UnknownCard,
)
from admin.roles import MAY, STAFF, Act, Role
from admin.telling.messages import wait_after
from admin.telling.words import SUBJECTS, WORDS, Template, text_of
from ledger.policies import Limits
from tests.yardstick import slower

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LIMITS = Limits()
PEPPER = Pepper(bytes(range(32)))
YEAR, DAY = timedelta(days=365), timedelta(days=1)


@pytest.mark.parametrize(
    ("tier", "facts", "missing"),
    [
        (0, {}, None),
        (1, {}, "birth_date"),
        (1, {"birth_date": date(1980, 1, 1)}, "contact"),
        (1, {"birth_date": date(1980, 1, 1), "postal_address": "1 rue Faidherbe"}, None),
        (2, {"birth_date": date(1980, 1, 1), "phone": "0321"}, "document"),
    ],
)
def test_a_tier_says_what_it_lacks(tier, facts, missing):
    person = Person(uuid4(), "Camille", **facts)
    if missing is None:
        parties.check_tier(tier, person, document_seen=False)
        return
    with pytest.raises(IdentityIncomplete) as refusal:
        parties.check_tier(tier, person, document_seen=False)
    assert refusal.value.missing == missing


def test_each_tier_has_its_cap():
    caps_cents = [parties.balance_cap_cents(tier, LIMITS) for tier in range(3)]
    assert caps_cents == [150_00, 1_000_00, 3_000_00]


@pytest.mark.parametrize("pin", ["0000", "1234", "987654", "123", "1234567", "12a4", "١٢٣٥", ""])
def test_a_pin_that_is_guessed_first_is_refused(pin):
    with pytest.raises(PinGuessable):
        pins.check_pin(pin)


def test_the_same_pin_of_two_people_is_stored_unlike_and_depends_on_the_pepper():
    one, two = UUID(int=1), UUID(int=2)
    digests = {
        pins.digest(PEPPER, one, "4711"),
        pins.digest(PEPPER, two, "4711"),
        pins.digest(Pepper(bytes(32)), one, "4711"),
        pins.digest(PEPPER, one, "4712"),
    }
    assert len(digests) == 4
    pins.check_pin("4711")


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "123456789012", "aaaaaaaaaaaa", "Bousol Boulogne", "qwertyuiop12"],
)
def test_a_common_password_is_refused_whatever_its_length(password):
    with pytest.raises(PasswordGuessable):
        check_password(password)


@pytest.mark.clock
def test_a_password_made_to_keep_the_estimate_busy_is_estimated_at_once():
    throw = Random(1)
    begun = time.perf_counter()
    for _ in range(5):
        check_password("".join(throw.choice("4@8({[<369&#!1/|0$57%2+") for _ in range(128)))
    assert time.perf_counter() - begun < 2 * slower()


def test_a_password_of_its_owners_words_is_refused():
    check_password("grandmother of three", ["camille"])
    with pytest.raises(PasswordGuessable):
        check_password("camille.dupont", ["camille.dupont@example.org"])


LONG = "gK7$vq2!Rp" + "ab" * 59


def test_a_password_is_long_and_of_any_characters():
    for phrase in (
        "cerf volant bleu",
        "日本語のとても長い合言葉です",
        LONG,
    ):
        check_password(phrase)
    for length in (11, 129):
        with pytest.raises(PasswordLength) as refusal:
            check_password("ab" * 65 if length == 129 else "cerf volant")
        assert (refusal.value.characters_min, refusal.value.characters_max) == (12, 128)


@pytest.mark.parametrize("make", [card_numbers.new_number, card_numbers.new_opposition])
def test_a_misread_number_is_no_number(make):
    for _ in range(50):
        number = make()
        assert card_numbers.read(card_numbers.spoken(number)) == number
        for place, digit in enumerate(number):
            other = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
            with pytest.raises(UnknownCard):
                card_numbers.read(other)
        for place in range(len(number) - 1):
            swapped = list(number)
            swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
            if "".join(swapped) != number:
                with pytest.raises(UnknownCard):
                    card_numbers.read("".join(swapped))


@given(st.text(max_size=30))
def test_what_a_person_types_is_a_number_or_refused(text):
    try:
        digits = card_numbers.read(text)
    except UnknownCard:
        return
    assert digits.isdigit()


def membership(**facts):
    return Membership(uuid4(), 3_00, NOW - YEAR, **facts)


def paid(until):
    return membership(paid_at=until - YEAR, until=until)


@pytest.mark.parametrize(
    ("year", "standing"),
    [
        (membership(), Standing.PENDING),
        (paid(NOW + DAY), Standing.ACTIVE),
        (paid(NOW - 89 * DAY), Standing.ACTIVE),
        (paid(NOW - 90 * DAY), Standing.LAPSED),
        (membership(left_at=NOW), Standing.LEFT),
        (membership(left_at=NOW + DAY), Standing.PENDING),
    ],
)
def test_a_standing_follows_from_the_dates(year, standing):
    assert year.standing(NOW, grace_of(LIMITS)) is standing


def test_only_a_member_buys_and_a_lapsed_one_learns_since_when():
    check_may_buy([paid(NOW - 400 * DAY), paid(NOW - DAY)], LIMITS, NOW)
    for none in ([], [membership()], [membership(left_at=NOW, until=NOW + DAY)]):
        with pytest.raises(MembershipMissing):
            check_may_buy(none, LIMITS, NOW)
    with pytest.raises(MembershipLapsed) as refusal:
        check_may_buy([paid(NOW - 500 * DAY), paid(NOW - 91 * DAY), membership()], LIMITS, NOW)
    assert refusal.value.since == NOW - 91 * DAY


def test_fees_are_those_of_the_policy():
    assert [fee_of(LIMITS, business=b) for b in (False, True)] == [3_00, 30_00]


WHAT = Confirmed(UUID(int=1), 101, 1001, 45_00, UUID(int=2))


@pytest.mark.parametrize(
    "changed",
    [
        {"user": UUID(int=3)},
        {"party": 102},
        {"payee": 1002},
        {"amount_cents": 45_01},
        {"key": UUID(int=3)},
    ],
)
def test_a_confirmation_is_for_nothing_else(changed):
    token = step_up.confirm(PEPPER, WHAT, NOW)
    assert step_up.read(PEPPER, token, WHAT)[1] == int((NOW + step_up.LIFE).timestamp())
    with pytest.raises(ConfirmationInvalid):
        step_up.read(PEPPER, token, WHAT._replace(**changed))
    with pytest.raises(ConfirmationInvalid):
        step_up.read(Pepper(bytes(32)), token, WHAT)


def test_an_altered_confirmation_is_refused_at_every_character():
    token = step_up.confirm(PEPPER, WHAT, NOW)
    altered = [token[:n] + ("B" if token[n] == "A" else "A") + token[n + 1 :] for n in range(70)]
    for wrong in (*altered, "", "é", token[:-2], "=" * 8, token + "AAAA"):
        with pytest.raises(ConfirmationInvalid):
            step_up.read(PEPPER, wrong, WHAT)


def test_a_code_counts_for_its_half_minute_and_the_ones_beside_it():
    secret = "JBSWY3DPEHPK3PXP"
    step = int(NOW.timestamp()) // 30
    import pyotp  # noqa: PLC0415  why: the oracle of this test alone

    for early in (-1, 0, 1):
        code = pyotp.TOTP(secret).at(NOW, early)
        assert totp.step_of(secret, code, NOW) == step + early
    for late in (-2, 2):
        assert totp.step_of(secret, pyotp.TOTP(secret).at(NOW, late), NOW) is None


def test_a_sealed_secret_opens_for_its_user_only():
    box = totp.sealed(PEPPER, UUID(int=1), "JBSWY3DPEHPK3PXP")
    assert totp.opened(PEPPER, UUID(int=1), box) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(InvalidTag):
        totp.opened(PEPPER, UUID(int=2), box)


def test_every_message_says_the_same_subject_and_nothing_of_money_or_aid():
    assert set(WORDS) == set(Template)
    for language in SUBJECTS:
        assert len({SUBJECTS[language]}) == 1
        for template in Template:
            text = text_of(template, language).casefold()
            assert [w for w in ("aide", "ccas", "aid ", "solde", "€", "bsl") if w in text] == []
            assert not any(character.isdigit() for character in text)


def test_a_message_waits_four_times_longer_each_time_up_to_half_a_day():
    minutes = [wait_after(tries) // timedelta(minutes=1) for tries in range(1, 8)]
    assert minutes == [1, 4, 16, 64, 256, 720, 720]


def test_a_pepper_is_not_printed_and_each_purpose_has_its_key():
    assert "000102" not in repr(PEPPER)
    assert "\\x01" not in repr(PEPPER)
    assert len({PEPPER.key(purpose) for purpose in ("pin", "totp", "step-up")}) == 3


@pytest.mark.parametrize("by", sorted(MAY[Act.RECOVER_LOGIN]))
def test_staffs_logins_are_nobodys_to_give_back_alone_and_a_business_the_managers(by):
    check_recoverable(frozenset({Role.SOLISTE}), by)
    check_recoverable(frozenset(), by)
    for role in STAFF:
        with pytest.raises(NotAllowed):
            check_recoverable(frozenset({Role.SOLISTE, role}), by)
    for role in (Role.MERCHANT, Role.CASHIER):
        held = frozenset({Role.SOLISTE, role})
        if by is Role.MANAGER:
            check_recoverable(held, by)
        else:
            with pytest.raises(NotAllowed):
                check_recoverable(held, by)


@pytest.mark.parametrize(
    ("paid", "until"),
    [
        (datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2028, 3, 1, 9, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_a_year_is_the_calendars_and_no_day_short(paid, until):
    assert a_year_after(paid) == until
