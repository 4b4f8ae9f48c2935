"""Staff's logins over HTTP: whoever lost theirs is seen by one person, and another confirms."""

from datetime import timedelta
from uuid import uuid4

import pytest

from admin import parties
from admin.logins import credentials
from admin.parties import ISSUER
from admin.roles import Role
from admin.tables import ROLE_GRANT
from tests.api.signin.people import ask, code
from tests.patience import until

SEEN = {"person_seen": True}
PHRASE = "cerf volant sous la digue"


async def offers(who, whose):
    return await who.post(f"/v1/roles/{whose.grant}/recoveries", SEEN)


async def confirms(who, made):
    return await who.post(f"/v1/staff-recoveries/{made['id']}/confirmations")


async def recovers(town, token):
    body = {"token": token, "identifier": f"{uuid4()}@example.org", "password": PHRASE}
    return await ask(town.house, "/v1/recovered-logins", body)


@pytest.fixture
async def staff(town):
    """The three who found an installation."""
    roles = (Role.TREASURER, Role.MANAGER, Role.TECHNICIAN)
    return {role: await town.somebody(role) for role in roles}


@pytest.mark.parametrize(
    ("lost", "first", "second"),
    [("TRE", "ADM", "GES"), ("GES", "ADM", "TRE"), ("ADM", "TRE", "GES"), ("ADM", "GES", "TRE")],
)
async def test_each_of_the_first_three_gets_theirs_back_from_the_other_two(
    town, staff, lost, first, second
):
    holder = staff[Role(lost)]
    made = (await offers(staff[Role(first)], holder)).json()
    await until(lambda: _is_out(holder))
    assert code(await recovers(town, made["token"])) == (409, "recovery_unusable")
    assert (await confirms(staff[Role(second)], made)).status_code == 204
    assert code(await confirms(staff[Role(second)], made)) == (404, "not_found")
    assert (await recovers(town, made["token"])).status_code == 204
    assert code(await recovers(town, made["token"])) == (409, "recovery_unusable")


async def _is_out(who):
    return (await who.get("/v1/me")).status_code == 401


async def test_one_person_alone_ends_sessions_and_takes_no_means_away(town, staff):
    holder = await town.somebody(Role.AUDITOR)
    name = f"{uuid4()}@example.org"
    async with town.services.rows() as rows:
        await credentials.name_login(rows, user=holder.user, identifier=name)
        await credentials.set_password(
            rows, town.services.passwords, user=holder.user, password=PHRASE, at=town.now
        )
    login = {"identifier": name, "password": PHRASE}
    made = (await offers(staff[Role.TECHNICIAN], holder)).json()
    await until(lambda: _is_out(holder))
    assert (await ask(town.house, "/v1/sessions", login)).status_code == 201
    assert (await confirms(staff[Role.MANAGER], made)).status_code == 204
    assert code(await ask(town.house, "/v1/sessions", login)) == (401, "bad_credentials")
    async with town.services.connection() as connection:
        told = await connection.fetch(
            "select template from admin.message where person = $1 order by template", holder.person
        )
    templates = [row["template"] for row in told]
    assert templates == ["access_claimed", "access_renewed", "signed_in_elsewhere"]


async def test_a_login_that_waits_is_listed_without_its_token(town, staff):
    holder = await town.somebody(Role.AUDITOR, name="Capucine")
    made = (await offers(staff[Role.TECHNICIAN], holder)).json()
    for who, yours in ((Role.TECHNICIAN, True), (Role.MANAGER, False)):
        listed = (await staff[who].get("/v1/staff-recoveries")).json()["items"]
        mine = next(one for one in listed if one["id"] == made["id"])
        told = (mine["role"], mine["works_as"], mine["name"], mine["confirmed"], mine["yours"])
        assert told == (str(holder.grant), "AUD", "Capucine", False, yours)
        assert "token" not in mine


async def test_nobody_does_both_halves_nor_gives_themselves_a_login(town, staff):
    technician, manager = staff[Role.TECHNICIAN], staff[Role.MANAGER]
    holder = await town.somebody(Role.AUDITOR)
    made = (await offers(technician, holder)).json()
    assert code(await confirms(technician, made)) == (403, "forbidden")
    both = await town.signed_in(technician.user, technician.person, Role.MANAGER, ISSUER)
    assert code(await confirms(both, made)) == (409, "same_person")
    async with town.services.rows() as rows:
        login = uuid4()
        await parties.add_user(rows, user=login, person=holder.person, identifier=None, at=town.now)
    theirs = await town.signed_in(login, holder.person, Role.TREASURER, ISSUER)
    assert code(await confirms(theirs, made)) == (409, "same_person")
    assert code(await offers(both, technician)) == (409, "same_person")
    assert code(await offers(manager, holder)) == (404, "not_found")
    assert code(await offers(technician, await town.resident())) == (404, "not_found")
    assert code(await offers(technician, await town.somebody(Role.MERCHANT))) == (404, "not_found")


async def test_who_works_for_two_gets_theirs_from_two_who_may_for_both(town, staff):
    """Or the association would get into a CCAS by a login of its own."""
    validator = await town.somebody(Role.CCAS_VALIDATOR)
    await town.somebody(Role.CASEWORKER, party=validator.party)
    holder = await town.signed_in(validator.user, validator.person, Role.AUDITOR, ISSUER)
    assert code(await offers(staff[Role.TECHNICIAN], holder)) == (403, "not_allowed")
    assert not await _is_out(validator)


async def test_a_role_of_days_to_come_counts_too(town, staff):
    """Or the association would wait a day, and be in the CCAS."""
    validator = await town.somebody(Role.CCAS_VALIDATOR)
    await town.somebody(Role.CASEWORKER, party=validator.party)
    holder = await town.somebody(Role.AUDITOR)
    later = {"id": uuid4(), "user_id": holder.user, "party": validator.party, "role": "CIN"}
    async with town.services.rows() as rows:
        from_tomorrow = town.now + timedelta(days=1)
        await rows.execute(ROLE_GRANT.insert().values(**later, valid_from=from_tomorrow))
    assert code(await offers(staff[Role.TECHNICIAN], holder)) == (403, "not_allowed")


async def test_a_ccas_gives_its_own_people_theirs(town, staff):
    validator = await town.somebody(Role.CCAS_VALIDATOR)
    clerk, holder = [await town.somebody(Role.CASEWORKER, party=validator.party) for _ in range(2)]
    assert code(await offers(staff[Role.TECHNICIAN], holder)) == (404, "not_found")
    elsewhere = await town.somebody(Role.CCAS_VALIDATOR)
    assert code(await offers(elsewhere, holder)) == (404, "not_found")
    made = (await offers(clerk, holder)).json()
    for other in (staff[Role.MANAGER], elsewhere, clerk):
        assert code(await confirms(other, made)) == (404, "not_found")
    listed = (await elsewhere.get("/v1/staff-recoveries")).json()["items"]
    assert made["id"] not in {one["id"] for one in listed}
    assert (await confirms(validator, made)).status_code == 204
    assert (await recovers(town, made["token"])).status_code == 204


@pytest.mark.parametrize(
    ("lost", "left"),
    [("CVA", ["CIN"]), ("CIN", ["CVA"]), ("CVA", ["CIN", "CIN"])],
    ids=["validator", "case worker", "the only validator"],
)
async def test_where_no_other_validator_is_left_one_sees_and_the_association_confirms(
    town, staff, lost, left
):
    holder = await town.somebody(Role(lost))
    colleagues = [await town.somebody(Role(one), party=holder.party) for one in left]
    assert code(await offers(staff[Role.TECHNICIAN], holder)) == (404, "not_found")
    made = (await offers(colleagues[0], holder)).json()
    for one in colleagues:
        assert (await confirms(one, made)).status_code == 404
    assert (await confirms(staff[Role.MANAGER], made)).status_code == 204
    assert (await recovers(town, made["token"])).status_code == 204


async def test_who_is_alone_in_a_ccas_gets_theirs_from_the_association(town, staff):
    validator = await town.somebody(Role.CCAS_VALIDATOR)
    made = (await offers(staff[Role.TECHNICIAN], validator)).json()
    assert (await confirms(staff[Role.TREASURER], made)).status_code == 204


async def test_a_role_taken_back_meanwhile_gives_nothing_back(town, staff):
    technician, treasurer = staff[Role.TECHNICIAN], staff[Role.TREASURER]
    holder, first = await town.somebody(Role.AUDITOR), await town.somebody(Role.TECHNICIAN)
    made, other = (await offers(technician, holder)).json(), await town.somebody(Role.VAULT)
    assert (await technician.ask("DELETE", f"/v1/roles/{holder.grant}")).status_code == 204
    assert code(await confirms(treasurer, made)) == (404, "not_found")
    made = (await offers(first, other)).json()
    assert (await technician.ask("DELETE", f"/v1/roles/{first.grant}")).status_code == 204
    assert code(await confirms(treasurer, made)) == (403, "not_allowed")
