"""Programmes: what becomes of lots, how long they live; what seals a sponsor's files."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.aid import fund, programmes, vault
from admin.aid.programmes import Formula, Instrument, OnExpiry, Programme, Version
from admin.aid.refusals import (
    ClauseMissing,
    ContributionUnfit,
    FiliereExcluded,
    FundMonthFar,
    NotExtended,
    ProgrammeMisfit,
    ProgrammeShut,
    SponsorKeyMissing,
)
from admin.aid.vault import SponsorKey
from admin.reserve import references
from admin.roles import PartyClass

NOW = datetime(2027, 11, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def programme(instrument=Instrument.SUBVENTION, *, ends_on=date(2028, 12, 31), days=90):
    version = Version(1, NOW, date(2027, 1, 1), ends_on, days, Formula(most_cents=1),
                      frozenset(), frozenset())  # fmt: skip
    return Programme(
        UUID(int=1), 100, instrument, "Manger local", UUID(int=2), "C", None, OnExpiry.RETURN,
        1000, 1, NOW, version,
    )  # fmt: skip


def test_what_an_instrument_becomes_at_its_end():
    for instrument, asked, clause in product(Instrument, [None, *OnExpiry], [None, "Article 4"]):
        mandate = instrument is Instrument.MANDAT_CIVIL
        if asked is OnExpiry.RELEASE and not mandate:
            with pytest.raises(ProgrammeMisfit):
                programmes.on_expiry(instrument, asked, clause)
        elif mandate and asked is OnExpiry.RETURN and clause is None:
            with pytest.raises(ClauseMissing):
                programmes.on_expiry(instrument, asked, clause)
        else:
            expected = asked or (OnExpiry.RELEASE if mandate else OnExpiry.RETURN)
            assert programmes.on_expiry(instrument, asked, clause) is expected


def test_each_sponsor_uses_the_instruments_of_its_class():
    for instrument, party_class in product(Instrument, PartyClass):
        if party_class in programmes.SPONSORS[instrument]:
            programmes.check_sponsor(instrument, party_class)
        else:
            with pytest.raises(ProgrammeMisfit):
                programmes.check_sponsor(instrument, party_class)


def test_a_works_council_pays_no_ordinary_food():
    excluded = frozenset({"alimentation", "boulangerie"})
    programmes.check_filieres(Instrument.SUBVENTION, excluded, excluded)
    programmes.check_filieres(Instrument.CSE, frozenset({"librairie"}), excluded)
    with pytest.raises(FiliereExcluded):
        programmes.check_filieres(Instrument.CSE, frozenset({"boulangerie"}), excluded)


@pytest.mark.parametrize(
    ("instrument", "more", "last"),
    [(Instrument.SUBVENTION, {}, date(2028, 2, 18)),
     (Instrument.SUBVENTION, {"ends_on": date(2027, 12, 1)}, date(2027, 12, 1)),
     (Instrument.CAP, {}, date(2027, 12, 31)),
     (Instrument.FOOD_FUND, {}, date(2027, 12, 31)),
     (Instrument.FOOD_FUND, {"ends_on": date(2027, 12, 5)}, date(2027, 12, 5))],
)  # fmt: skip
def test_a_lot_lives_as_long_as_its_instrument_lets_it(instrument, more, last):
    found = programmes.last_instant(programme(instrument, **more), NOW)
    assert found.astimezone(programmes.PARIS).date() == last
    assert (found + timedelta(microseconds=1)).astimezone(programmes.PARIS).date() == last + DAY


def test_a_programme_gives_between_its_days_only():
    for at in (NOW.replace(year=2026), NOW.replace(year=2029)):
        with pytest.raises(ProgrammeShut):
            programmes.last_instant(programme(), at)


def test_an_end_moves_later_only_and_a_cap_never_past_its_year():
    expires, today = programmes.end_of(date(2027, 12, 1)), date(2027, 11, 20)
    later = programmes.check_extension(programme(), expires, date(2028, 3, 1), today)
    assert later == programmes.end_of(date(2028, 3, 1))
    for instrument, until in (
        (Instrument.SUBVENTION, date(2027, 12, 1)),
        (Instrument.SUBVENTION, date(2027, 11, 1)),
        (Instrument.CAP, date(2028, 1, 1)),
    ):
        with pytest.raises(NotExtended):
            programmes.check_extension(programme(instrument), expires, until, today)
    programmes.check_extension(programme(Instrument.CAP), expires, date(2027, 12, 31), today)


def test_an_end_moves_to_that_of_the_programme_and_to_no_day_that_no_calendar_follows():
    expires, today = programmes.end_of(date(2027, 12, 1)), date(2027, 11, 20)
    ends_on = date(2028, 3, 1)
    programmes.check_extension(programme(ends_on=ends_on), expires, ends_on, today)
    for last, until in (
        (ends_on, ends_on + DAY),
        (date.max, date(3000, 1, 1)),
        (date.max, date.max),
    ):
        with pytest.raises(NotExtended):
            programmes.check_extension(programme(ends_on=last), expires, until, today)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 2))
def test_a_warning_comes_in_its_weeks_and_never_twice(lives, age, warned):
    given_at, at = NOW, NOW + age * DAY
    expires = given_at + lives * DAY
    due = programmes.warning_due(expires, given_at, warned, at)
    if due is not None:
        notice = programmes.WARNINGS[due - 1]
        assert due > warned
        assert at <= expires
        assert expires - at <= notice <= expires - given_at


def test_what_came_back_after_the_end_has_its_grace():
    grace = timedelta(days=30)
    given = Instrument.SUBVENTION
    assert programmes.grace_end(NOW, None, grace, given) is None
    assert programmes.grace_end(NOW, NOW - DAY, grace, given) is None
    assert programmes.grace_end(NOW, NOW + DAY, grace, given) == NOW + 31 * DAY


def test_what_came_back_to_a_cap_is_spent_in_its_year_or_not_at_all():
    grace, last = timedelta(days=30), programmes.end_of(date(2027, 12, 31))
    for ended in (date(2027, 12, 29), date(2027, 6, 1)):
        expires = programmes.end_of(ended)
        for back in (last - DAY, last + DAY):
            assert programmes.grace_end(expires, back, grace, Instrument.CAP) == last
    june = programmes.end_of(date(2027, 6, 1))
    assert programmes.grace_end(june, june + DAY, grace, Instrument.CAP) == june + 31 * DAY


KEY = SponsorKey(100, bytes(range(32)))
text = st.text(max_size=40)


@given(text, text, st.integers(1, 30))
def test_what_a_persons_key_sealed_it_opens_and_no_other_does(file, name, adults):
    whose, facts = uuid4(), {"file": file, "name": name, "adults": adults}
    key, wrapped = KEY.new_person_key(whose)
    sealed = vault.seal_person(key, whose, facts)
    assert vault.open_person(KEY.person_key(whose, wrapped), whose, sealed) == facts
    assert len(sealed) % 64 == (12 + 16) % 64
    for other in (SponsorKey(101, KEY.secret), SponsorKey(100, bytes(32))):
        with pytest.raises(SponsorKeyMissing):
            other.person_key(whose, wrapped)
    with pytest.raises(SponsorKeyMissing):
        KEY.person_key(uuid4(), wrapped)
    with pytest.raises(SponsorKeyMissing):
        vault.open_person(bytes(32), whose, sealed)


def test_marks_and_passwords_are_the_sponsors_own_and_show_no_secret():
    other = SponsorKey(101, KEY.secret)
    assert KEY.mark("D-1") == KEY.mark(" d-1 ") != other.mark("D-1")
    assert KEY.password != other.password
    assert KEY.secret.hex() not in repr(KEY)
    batch = uuid4()
    assert KEY.unseal(batch, KEY.seal(batch, {"decision": "x"})) == {"decision": "x"}
    with pytest.raises(SponsorKeyMissing):
        other.unseal(batch, KEY.seal(batch, {}))


@pytest.mark.parametrize(
    ("free", "count", "rule", "before", "told"),
    [
        (100_00, 3, Formula(most_cents=400_00), None, (33_33, 99_99, 1)),
        (2, 3, Formula(most_cents=400_00), None, (0, 0, 2)),
        (900_00, 2, Formula(most_cents=400_00), None, (400_00, 800_00, 100_00)),
        (150_00, 2, Formula(first_cents=100_00, most_cents=400_00), None, (100_00, 200_00, -50_00)),
        (150_00, 2, Formula(first_cents=500_00, most_cents=60_00), None, (60_00, 120_00, 30_00)),
        (150_00, 1, Formula(most_cents=400_00), 33_33, (33_33, 33_33, 116_67)),
        (150_00, 0, Formula(most_cents=400_00), None, (0, 0, 150_00)),
    ],
)
def test_a_fund_gives_each_member_the_same(free, count, rule, before, told):
    assert tuple(fund.share(free, count, rule, before)) == told


@pytest.mark.parametrize("cents", [99, 150_01, 0, -1])
def test_a_contribution_is_1_to_150_euros(cents):
    with pytest.raises(ContributionUnfit):
        fund.check_contribution(cents)
    for fits in (1_00, 150_00):
        fund.check_contribution(fits)


def test_a_month_of_a_fund_is_this_one_or_the_one_before():
    for period in ("2027-01", "2026-12"):
        fund.check_month(period, date(2027, 1, 31))
    for period in ("2027-02", "2026-11", "2027-1"):
        with pytest.raises(FundMonthFar):
            fund.check_month(period, date(2027, 1, 31))
    since, until = fund.bounds("2026-12")
    assert (since.isoformat(), until.isoformat()) == (
        "2026-12-01", "2027-01-01")  # fmt: skip


def test_a_members_reference_names_a_member_and_no_order():
    reference = references.member_reference(42)
    assert references.member_of(f"CAISSE {references.printed(reference)} mars") == 42
    assert references.order_of(reference) is None
    assert references.member_of(references.reference_of(42)) is None
    assert references.member_of(reference[:-1] + "3") is None
