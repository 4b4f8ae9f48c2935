"""No SQL gives aid without a live mandate, nor brings one back: as any role."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.api.aid.mandates import BEFORE, HEADS, civil, entered, person, revokes, who
from tests.api.aid.sponsors import Sponsor


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


ATTACKS = (
    "insert into admin.mandate (id, programme, beneficiary) values (gen_random_uuid(), $2, $1)",
    "update admin.mandate set ended_at = null where beneficiary = $1 and programme = $2",
    "delete from admin.mandate where beneficiary = $1 and programme = $2",
    (
        "update admin.award set mandate = (select id from admin.mandate m where m.beneficiary = $1"
        " and m.programme = $2 limit 1) where beneficiary = $1 and programme = $2"
    ),
    (
        "update admin.award set mandate = (select id from admin.mandate m where m.ended_at is null"
        " limit 1) where beneficiary = $1 and programme = $2"
    ),
    (
        "update admin.award set entry = gen_random_uuid(), status = 'given'"
        " where beneficiary = $1 and programme = $2"
    ),
    (
        "update admin.aid_batch set status = 'issuing', entry = $1, issued_at = now()"
        " where id = (select batch from admin.award where beneficiary = $1 and programme = $2)"
    ),
    (
        "insert into admin.award (id, batch, nth, programme, beneficiary, party, period,"
        " euros_cents, bousol_cents, entry, status) select $1, batch, 99, programme, beneficiary,"
        " party, '2031-01', 1, 1, gen_random_uuid(), 'given' from admin.award"
        " where beneficiary = $1 and programme = $2"
    ),
    "insert into ccas.mandate (id) values ($1) returning $2::uuid",
    "alter table admin.award disable trigger mandated -- $1 $2",
)
"""What the application's role tries for a person without a live mandate."""


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_sql_of_the_application_gives_to_who_has_no_mandate(ccas, fresh_database, attack):
    programme = await civil(ccas)
    await ccas.given(programme, f"{uuid4()};Bob;5;{BEFORE}", heads=HEADS)
    batch = await entered(ccas, programme, f"{uuid4()};Anne;5;{BEFORE}")
    whose = await who(ccas, batch)
    await revokes(ccas, whose)
    await ccas.approve(batch)
    app = await fresh_database.connect()
    facts = [UUID(whose), UUID(programme)] if "$1" in attack.split("--")[0] else []
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
        await app.execute(attack, *facts)
    await app.close()
    assert [(one["status"], one["entry"]) for one in await ccas.lots(batch)] == [
        ("submitted", None)
    ]


REVIVALS = (
    "update ccas.mandate set revoked_at = null, revoked_by = null where id = $1",
    "update ccas.mandate set replaced_at = null where id = $1",
    "update ccas.mandate set given_on = '2020-01-01' where id = $1",
    "update ccas.mandate set sponsor = 0 where id = $1",
    "delete from ccas.mandate where id = $1",
    (
        "insert into ccas.mandate select gen_random_uuid(), sponsor, beneficiary, programme,"
        " current_date + 2, null, '', recorded_by, recorded_at from ccas.mandate where id = $1"
    ),
    (
        "insert into ccas.mandate select gen_random_uuid(), sponsor, beneficiary, id, given_on,"
        " null, '', recorded_by, recorded_at from ccas.mandate where id = $1"
    ),
)
"""What the role of the room tries, with the right password, on a mandate that was revoked."""


@pytest.mark.parametrize("attack", REVIVALS)
async def test_a_mandate_that_is_over_stays_so_whoever_asks(town, ccas, fresh_database, attack):
    programme = await civil(ccas)
    batch = await entered(ccas, programme, f"{uuid4()};Anne;5;{BEFORE}")
    whose = await who(ccas, batch)
    mandate = UUID((await revokes(ccas, whose)).json()["id"])
    role = await asyncpg.connect(fresh_database.ccas_url)
    refused = (
        asyncpg.InsufficientPrivilegeError,
        asyncpg.RestrictViolationError,
        asyncpg.CheckViolationError,
    )
    async with role.transaction():
        password = town.services.sponsor_keys.of(ccas.party).password
        await role.execute("select set_config('ccas.pass', $1, true)", password)
        assert await role.fetchval("select count(*) from ccas.mandate where id = $1", mandate) == 1
        with pytest.raises(refused):
            async with role.transaction():
                await role.execute(attack, mandate)
    await role.close()
    assert [one["live"] for one in (await person(ccas, whose))["mandates"]] == [False]
