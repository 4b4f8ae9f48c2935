"""Roles and keys over HTTP: one's own people by one person, staff by two."""

from datetime import timedelta
from uuid import uuid4

import pytest

from admin.parties import ISSUER
from admin.roles import PartyClass, Role
from tests.api.signin.people import code, with_token


async def invite(who, role, **more):
    return await who.post("/v1/invitations", {"role": role} | more)


async def accept(who, token):
    return await who.post("/v1/me/roles", {"invitation": token})


async def test_an_owner_invites_a_cashier_sees_and_ends_the_role(town):
    owner, resident = await town.somebody(Role.MERCHANT), await town.resident(name="Dominique")
    made = await invite(owner, "CSH")
    assert (made.status_code, made.json()["confirmed"]) == (201, True)
    (waiting,) = (await owner.get("/v1/invitations")).json()["items"]
    assert (waiting["id"], waiting["role"]) == (made.json()["id"], "CSH")
    assert "token" not in waiting
    taken = (await accept(resident, made.json()["token"])).json()
    assert (await owner.get("/v1/invitations")).json()["items"] == []
    listed = {one["id"]: one for one in (await owner.get("/v1/roles")).json()["items"]}
    assert (listed[taken["id"]]["name"], listed[taken["id"]]["mine"]) == ("Dominique", False)
    assert listed[str(owner.grant)]["mine"]
    assert (await owner.ask("DELETE", f"/v1/roles/{taken['id']}")).status_code == 204
    assert code(await owner.ask("DELETE", f"/v1/roles/{taken['id']}")) == (404, "not_found")


@pytest.mark.parametrize("role", ["SOL", "TRE", "CPT", "CIN"])
async def test_an_owner_offers_no_role_but_those_of_a_shop(town, role):
    owner = await town.somebody(Role.MERCHANT)
    assert (await invite(owner, role)).status_code in {403, 422}


async def test_an_owner_offers_roles_of_no_other_party(town):
    owner, other = await town.somebody(Role.MERCHANT), await town.somebody(Role.MERCHANT)
    for party in (other.party, 10**9):
        assert code(await invite(owner, "CSH", party=party)) == (403, "not_allowed")
    for party in (other.party, 10**9):
        assert code(await owner.get("/v1/roles", party=party)) == (403, "not_allowed")


async def test_a_withdrawn_invitation_is_used_by_nobody(town):
    owner, resident = await town.somebody(Role.MERCHANT), await town.resident()
    made = (await invite(owner, "CSH")).json()
    place = f"/v1/invitations/{made['id']}"
    assert (await owner.ask("DELETE", place)).status_code == 204
    assert code(await owner.ask("DELETE", place)) == (404, "not_found")
    assert code(await accept(resident, made["token"])) == (409, "invitation_unusable")


async def test_a_staff_role_is_offered_by_one_and_confirmed_by_another_before_it_works(town):
    technician, manager = [await town.somebody(r) for r in (Role.TECHNICIAN, Role.MANAGER)]
    resident = await town.resident()
    made = (await invite(technician, "TRE")).json()
    assert made["confirmed"] is False
    assert code(await accept(resident, made["token"])) == (409, "invitation_unusable")
    place = f"/v1/invitations/{made['id']}/confirmations"
    assert code(await technician.post(place)) == (403, "forbidden")
    assert (await manager.post(place)).status_code == 204
    assert code(await manager.post(place)) == (404, "not_found")
    taken = await accept(resident, made["token"])
    assert (taken.status_code, taken.json()["role"]) == (201, "TRE")
    chosen = await resident.post("/v1/sessions/role", {"role": taken.json()["id"]})
    assert code(chosen) == (401, "second_factor_needed")


async def test_one_human_being_is_not_two_persons(town):
    technician = await town.somebody(Role.TECHNICIAN)
    both = await town.signed_in(technician.user, technician.person, Role.MANAGER, ISSUER)
    made = (await invite(technician, "TRE")).json()
    place = f"/v1/invitations/{made['id']}/confirmations"
    assert code(await both.post(place)) == (409, "same_person")


async def test_who_offered_or_confirmed_a_role_does_not_take_it(town):
    technician, manager = [await town.somebody(r) for r in (Role.TECHNICIAN, Role.MANAGER)]
    for taker in (technician, manager):
        made = (await invite(technician, "TRE")).json()
        await manager.post(f"/v1/invitations/{made['id']}/confirmations")
        assert code(await accept(taker, made["token"])) == (403, "not_allowed")


async def test_an_invitation_of_a_role_that_was_taken_back_is_worth_nothing(town):
    technician, manager, other = [
        await town.somebody(r) for r in (Role.TECHNICIAN, Role.MANAGER, Role.TECHNICIAN)
    ]
    made = (await invite(technician, "GES")).json()
    await manager.post(f"/v1/invitations/{made['id']}/confirmations")
    assert (await other.ask("DELETE", f"/v1/roles/{technician.grant}")).status_code == 204
    resident = await town.resident()
    assert code(await accept(resident, made["token"])) == (403, "not_allowed")


async def test_a_deputy_has_two_days_and_the_role_of_who_is_away(town):
    owner, resident = await town.somebody(Role.MERCHANT), await town.resident()
    since, until = town.now + timedelta(days=1), town.now + timedelta(days=8)
    naming = {"deputy_for": str(owner.grant)}
    assert code(await invite(owner, "MER", **naming)) == (422, "deputy_undated")
    wrong = await invite(owner, "CSH", until=until.isoformat(), **naming)
    assert code(wrong) == (422, "deputy_undated")
    backwards = {"since": until.isoformat(), "until": since.isoformat()}
    assert code(await invite(owner, "MER", **backwards)) == (422, "fields_contradict")
    days = {"since": since.isoformat(), "until": until.isoformat()}
    made = (await invite(owner, "MER", **days, **naming)).json()
    taken = (await accept(resident, made["token"])).json()
    assert taken["deputy_for"] == str(owner.grant)
    early = await resident.post("/v1/sessions/role", {"role": taken["id"]})
    assert code(early) == (401, "session_ended")
    listed = (await owner.get("/v1/roles")).json()["items"]
    assert {one["id"] for one in listed} == {str(owner.grant), taken["id"]}
    assert (await owner.ask("DELETE", f"/v1/roles/{taken['id']}")).status_code == 204


async def test_nobody_of_the_association_empties_a_ccas_of_two(town):
    technician = await town.somebody(Role.TECHNICIAN)
    validator = await town.somebody(Role.CCAS_VALIDATOR)
    assert (await invite(validator, "CIN")).status_code == 403
    caseworker = await town.somebody(Role.CASEWORKER, party=validator.party)
    for one in (validator, caseworker):
        place = f"/v1/roles/{one.grant}"
        assert code(await technician.ask("DELETE", place)) == (404, "not_found")
    made = (await invite(validator, "CIN")).json()
    place = f"/v1/invitations/{made['id']}/confirmations"
    manager = await town.somebody(Role.MANAGER)
    elsewhere = await town.somebody(Role.CCAS_VALIDATOR)
    for other in (manager, elsewhere):
        assert code(await other.post(place)) == (404, "not_found")
    assert code(await validator.post(place)) == (409, "same_person")
    assert (await caseworker.post(place)).status_code == 204
    third = await accept(await town.resident(), made["token"])
    assert third.json()["party"] == validator.party
    assert (await validator.ask("DELETE", f"/v1/roles/{third.json()['id']}")).status_code == 204


async def test_a_technician_offers_and_sees_roles_of_a_comptoir(town):
    technician, treasurer = [await town.somebody(r) for r in (Role.TECHNICIAN, Role.TREASURER)]
    clerk = await town.somebody(Role.COMPTOIR, party_class=PartyClass.ASSOCIATION)
    made = await invite(technician, "CPT", party=clerk.party)
    assert made.status_code == 201
    assert code(await invite(technician, "CPT", party=10**9)) == (404, "unknown_party")
    assert code(await invite(technician, "CIN", party=clerk.party)) == (422, "role_misfit")
    listed = (await treasurer.get("/v1/roles", party=clerk.party)).json()["items"]
    assert [one["id"] for one in listed] == [str(clerk.grant)]
    assert (await treasurer.get("/v1/invitations")).json()["items"] != []


async def test_a_key_is_told_once_listed_by_its_beginning_and_dead_when_revoked(town):
    owner, other = await town.somebody(Role.MERCHANT), await town.somebody(Role.MERCHANT)
    made = await owner.post("/v1/keys", {"label": "Caisse 1", "scopes": ["day:read"]})
    secret, place = made.json()["key"], made.headers["location"]
    assert made.status_code == 201
    (listed,) = (await owner.get("/v1/keys")).json()["items"]
    assert secret.startswith(listed["shown"])
    assert secret not in str(listed)
    assert (await other.get("/v1/keys")).json()["items"] == []
    till = with_token(owner, secret)
    assert code(await till.get("/v1/me")) == (403, "forbidden")
    assert code(await other.ask("DELETE", place)) == (404, "not_found")
    assert (await owner.ask("DELETE", place)).status_code == 204
    assert code(await till.get("/v1/me")) == (401, "key_unusable")
    assert code(await owner.ask("DELETE", place)) == (404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": ["day:read"] * 5},
        {"label": ""},
        {"label": "a" * 61},
        {"label": "a\nb"},
    ],
)
async def test_a_key_without_a_scope_or_a_name_is_none(town, wrong):
    owner = await town.somebody(Role.MERCHANT)
    body = {"label": "Caisse", "scopes": ["day:read"]} | wrong
    assert code(await owner.post("/v1/keys", body)) == (400, "malformed_body")


async def test_nobody_has_keys_without_end(town):
    owner = await town.somebody(Role.MERCHANT)
    async with town.services.rows() as rows:
        for _ in range(100):
            await rows.exec_driver_sql(
                "insert into admin.api_key"
                " (id, hash, prefix, party, scopes, label, made_by, made_at) values"
                f" ('{uuid4()}', '{uuid4()}', 'bsl_', {owner.party}, '{{}}', 'x',"
                f" '{owner.user}', now())"
            )
    refused = await owner.post("/v1/keys", {"label": "one more", "scopes": ["day:read"]})
    assert code(refused) == (409, "list_full")
