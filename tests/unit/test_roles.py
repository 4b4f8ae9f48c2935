"""Who may do what, and which acts take two persons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from admin.logins.sessions import ROLE_TERMS, check_factors, terms_of
from admin.refusals import DeputyUndated, NotAllowed, RoleMisfit, SamePerson
from admin.roles import (
    ACTS_FOR,
    GIVES,
    MAY,
    SECOND,
    STAFF,
    Act,
    Grant,
    PartyClass,
    Role,
    check_giver,
    check_grant,
    check_may,
    check_second,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def grant(role, number=1, **facts):
    person = UUID(int=number)
    known: dict[str, Any] = {"person": person, "party": 1, "since": NOW, "role": role}
    return Grant(uuid4(), uuid4(), **(known | facts))


def test_every_act_and_every_role_is_decided():
    assert set(MAY) == set(Act)
    assert set(ACTS_FOR) == set(ROLE_TERMS) == set(Role)
    assert set(GIVES) == set(Role) - STAFF
    assert set(SECOND) <= set(Act)


def test_a_technician_moves_no_money():
    its = {act for act in Act if Role.TECHNICIAN in MAY[act]}
    people = {Act.MANAGE_USERS, Act.GRANT_ROLE, Act.MANAGE_ROLES, Act.SEE_ROLES}
    people.add(Act.GIVE_LOGIN_BACK)
    assert its == people | {Act.ROTATE_SIGNING_KEY}


def test_a_soliste_never_redeems_and_a_cashier_never_pays():
    assert MAY[Act.REQUEST_REDEMPTION] == {Role.MERCHANT}
    assert Role.CASHIER not in MAY[Act.PAY]


def test_who_follows_a_programme_or_its_figures_sees_its_persons_by_name_anyway():
    """So its totals, unlike published figures, need not withstand subtraction (decision 20)."""
    assert MAY[Act.SEE_AWARDS] <= MAY[Act.SEE_BENEFICIARIES]
    association = {role for role, classes in ACTS_FOR.items() if PartyClass.ISSUER in classes}
    assert not MAY[Act.SEE_AWARDS] & association


def test_a_role_acts_from_its_first_instant_to_before_its_last():
    held = grant(Role.SOLISTE, until=NOW + DAY)
    check_may(held, Act.PAY, NOW)
    for at, act in ((NOW - DAY, Act.PAY), (NOW + DAY, Act.PAY), (NOW, Act.REVERSE)):
        with pytest.raises(NotAllowed):
            check_may(held, act, at)


@pytest.mark.parametrize("act", sorted(SECOND))
def test_the_second_half_is_another_human_beings_in_every_pair_of_roles(act):
    for one, two in product(MAY[act], SECOND[act]):
        first, second = grant(one), grant(two, 2)
        check_second(first, second, act, NOW)
        for same in (replace(second, person=first.person), replace(second, user=first.user)):
            with pytest.raises(SamePerson):
                check_second(first, same, act, NOW)
        deputy = replace(second, person=first.person, deputy_for=first.id, until=NOW + DAY)
        with pytest.raises(SamePerson):
            check_second(first, deputy, act, NOW)


def test_the_second_half_is_in_a_role_held_now_for_the_same_party():
    first, second = grant(Role.TREASURER), grant(Role.TREASURER, 2)
    for wrong in (
        replace(second, role=Role.AUDITOR),
        replace(second, party=2),
        replace(second, until=NOW),
    ):
        with pytest.raises(NotAllowed):
            check_second(first, wrong, Act.REVERSE, NOW)
    nobody = replace(first, person=None)
    with pytest.raises(SamePerson):
        check_second(nobody, replace(nobody, id=uuid4()), Act.REVERSE, NOW)


def test_a_role_fits_the_class_of_its_party():
    for role, party_class in product(Role, PartyClass):
        if party_class in ACTS_FOR[role]:
            check_grant(grant(role), party_class)
        else:
            with pytest.raises(RoleMisfit):
                check_grant(grant(role), party_class)


def test_a_deputy_has_an_end_and_stands_in_for_somebody_else():
    absent = grant(Role.TREASURER)
    deputy = grant(Role.TREASURER, 2, until=NOW + DAY, deputy_for=absent.id)
    check_grant(deputy, PartyClass.ISSUER, absent)
    with pytest.raises(DeputyUndated):
        check_grant(replace(deputy, until=None), PartyClass.ISSUER, absent)
    with pytest.raises(SamePerson):
        check_grant(replace(deputy, person=absent.person), PartyClass.ISSUER, absent)


def test_a_merchant_gives_roles_for_its_own_party_and_the_association_for_any():
    cashier = grant(Role.CASHIER, 3, party=7)
    check_giver(cashier, grant(Role.MERCHANT, party=7), NOW)
    check_giver(grant(Role.MERCHANT, 3, party=7), grant(Role.MANAGER), NOW)
    check_giver(grant(Role.SOLISTE, 3, party=9), grant(Role.COMPTOIR, party=7), NOW)
    check_giver(cashier, grant(Role.CASH_OFFICER, party=7), NOW)
    for by in (
        grant(Role.MERCHANT, party=8),
        grant(Role.CASH_OFFICER, party=8),
        grant(Role.CASHIER, party=7),
        grant(Role.MANAGER),
        grant(Role.MERCHANT, party=7, until=NOW),
    ):
        with pytest.raises(NotAllowed):
            check_giver(cashier, by, NOW)


def test_staff_proves_two_things_and_stays_signed_in_less_long():
    for role in Role:
        for factors in ({"passkey"}, {"password", "totp"}):
            check_factors(role, frozenset(factors))
    assert all(terms_of(role, "full").life <= timedelta(hours=12) for role in STAFF)
    assert terms_of(Role.SOLISTE, "full").life == timedelta(days=180)
    assert terms_of(Role.SOLISTE, "look").life == timedelta(minutes=15)
    assert terms_of(None, "full").life == timedelta(hours=1)
