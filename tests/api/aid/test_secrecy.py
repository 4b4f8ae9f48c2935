"""Who receives aid is known to their sponsor alone: by route, and by SQL as any role."""

import contextlib
import json
import time
from uuid import uuid4

import asyncpg
import pytest

from admin.roles import Role
from tests.api.aid import mandates
from tests.api.aid.sponsors import Sponsor, card_of, selling
from tests.api.buying.buyers import eur
from tests.api.paying import shops
from tests.api.shops.committee import code
from tests.database.world import tell

NAME = "Zénobie Quatrepierre"
TABLES = ("door", "beneficiary", "person_key", "decision", "access_log", "refusal", "mandate")
OWN = TABLES[1:]
OBJECTS = """
    select case c.relkind when 'r' then 'table' when 'S' then 'sequence' else 'other' end as kind,
           c.relname::text as name,
           case when c.relkind = 'S'
                then has_sequence_privilege('bousol_app', c.oid, 'usage, select')
                else has_table_privilege('bousol_app', c.oid,
                  'select, insert, update, delete, truncate, references, trigger')
                  or has_any_column_privilege('bousol_app', c.oid, 'select, insert, update')
           end as app
      from pg_class c
     where c.relnamespace = 'ccas'::regnamespace and c.relkind in ('r', 'v', 'm', 'S', 'p', 'f')
    union all
    select 'function', format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
           has_function_privilege('bousol_app', p.oid, 'execute')
      from pg_proc p where p.pronamespace = 'ccas'::regnamespace"""
ATTACKS = (
    "select * from ccas.{table}",
    "select * from ccas.{table} where sponsor = {first}",
    "select * from ccas.{table} where sponsor = {first} or true",
    "select d.* from ccas.door d",
    "update ccas.{table} set sponsor = (select ccas.sponsor()) where sponsor = {first} returning *",
    "update ccas.{table} set sealed = '' where sponsor = {first} returning *",
    "update ccas.beneficiary set mark = null, sealed = '' returning sponsor",
    "delete from ccas.{table} where sponsor = {first} returning *",
    "delete from ccas.person_key where sponsor = {first} returning *",
    "truncate ccas.{table} cascade",
    "alter table ccas.{table} disable row level security",
    "alter table ccas.{table} no force row level security",
    "drop policy own on ccas.{table}",
    "create or replace function ccas.sponsor() returns bigint language sql return {first}",
    "set local row_security = off; select * from ccas.{table}",
    "set role bousol_owner",
    "set role bousol_app",
    "select set_config('ccas.pass', '', true), count(*) from ccas.{table}",
    "copy ccas.{table} to program 'cat'",
)
"""What the role of the room tries with the password of another sponsor."""


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def done(ccas):
    programme = await ccas.programme(funded=400_00)
    refused = await ccas.batch(programme, f"SECRET-77;{NAME};10")
    place = f"/v1/aid/batches/{refused}/refusal"
    answer = await ccas.validator.post(place, {"reason": f"{NAME} est partie"})
    assert answer.status_code == 200, answer.text
    done = await ccas.given(programme, f"SECRET-77;{NAME};50", "D-2;Bob;20")
    await mandates.named(ccas, done["id"], NAME)
    return done


async def count(connection, table):
    return await connection.fetchval(f"select count(*) from ccas.{table}")


async def decided(connection, sponsor):
    async with connection.transaction():
        await connection.execute("insert into ccas.decision values ($1, $2, '')", uuid4(), sponsor)


@pytest.mark.parametrize("table", TABLES)
async def test_the_application_and_its_owner_read_nothing_of_the_room(
    home, done, fresh_database, table
):
    app = await fresh_database.connect()
    for attack in (
        f"select * from ccas.{table}",
        f"delete from ccas.{table}",
        "select ccas.sponsor()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(attack)
    await app.close()
    if table in OWN:
        owner = await asyncpg.connect(fresh_database.owner_url)
        assert await count(owner, table) == 0
        await owner.close()


async def test_the_role_of_the_room_sees_one_sponsor_at_a_time_and_only_with_its_key(
    town, ccas, done, fresh_database
):
    other = await Sponsor.meet(town)
    theirs = await other.programme(funded=100_00)
    await other.given(theirs, "X-1;Eve;10")
    role = await asyncpg.connect(fresh_database.ccas_url)
    for table in OWN:
        assert await count(role, table) == 0, table
    keys = town.services.sponsor_keys
    for sponsor, people in ((ccas, 2), (other, 1)):
        async with role.transaction():
            password = keys.of(sponsor.party).password
            await role.execute("select set_config('ccas.pass', $1, true)", password)
            rows = await role.fetch("select sponsor from ccas.beneficiary")
            assert [r["sponsor"] for r in rows] == [sponsor.party] * people
            not_theirs = ccas.party + other.party - sponsor.party
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await decided(role, not_theirs)
    with pytest.raises(asyncpg.UniqueViolationError):
        await role.execute("insert into ccas.door values ($1, sha256('guess'))", ccas.party)
    for attack in ("update ccas.access_log set act = 'x'", "delete from ccas.access_log",
                   "select * from ccas.door", "select * from admin.person",
                   "select * from ledger.account"):  # fmt: skip
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
            await role.execute(attack)
    await role.close()


async def test_the_role_of_the_application_has_no_right_on_anything_of_the_room(
    home, done, fresh_database
):
    """Every table, sequence and function there is, as the catalogue lists them."""
    root = await asyncpg.connect(fresh_database.superuser_url)
    found = await root.fetch(OBJECTS)
    assert {row["name"] for row in found if row["kind"] == "table"} == set(TABLES)
    assert [row["name"] for row in found if row["kind"] == "function"] == ["sponsor()"]
    assert [tuple(row) for row in found if row["app"]] == []
    assert not await root.fetchval("select has_schema_privilege('bousol_app', 'ccas', 'usage')")
    for role, other in (("bousol_app", "bousol_ccas"), ("bousol_ccas", "bousol_app")):
        assert not await root.fetchval("select pg_has_role($1, $2, 'member')", role, other)
    await root.close()


async def test_the_role_of_the_room_has_no_right_outside_and_calls_one_function(
    home, done, fresh_database
):
    root = await asyncpg.connect(fresh_database.superuser_url)
    outside = """
        select format('%I.%I', n.nspname, c.relname) from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('admin', 'ledger', 'merchants') and c.relkind in ('r', 'v', 'p')
           and has_table_privilege('bousol_ccas', c.oid, 'select, insert, update, delete')"""
    assert [row[0] for row in await root.fetch(outside)] == []
    schemas = "select has_schema_privilege('bousol_ccas', $1, 'usage')"
    assert not any([await root.fetchval(schemas, one) for one in ("admin", "ledger", "merchants")])
    unguarded = """
        select relname from pg_class where relnamespace = 'ccas'::regnamespace and relkind = 'r'
           and relname <> 'door' and not (relrowsecurity and relforcerowsecurity)"""
    assert [row[0] for row in await root.fetch(unguarded)] == []
    await root.close()


@pytest.mark.parametrize("table", OWN)
async def test_with_a_second_sponsors_password_nothing_of_the_first_is_read_or_changed(
    town, ccas, done, fresh_database, table
):
    other = await Sponsor.meet(town)
    await other.given(await other.programme(funded=100_00), "Y-1;Max;10")
    root = await asyncpg.connect(fresh_database.superuser_url)
    theirs = f"select t::text from ccas.{table} t where sponsor = $1 order by 1"
    before = await root.fetch(theirs, ccas.party)
    assert before, "there is something to take"
    role = await asyncpg.connect(fresh_database.ccas_url)
    for attack in ATTACKS:
        sql = attack.format(table=table, first=ccas.party)
        with contextlib.suppress(asyncpg.PostgresError):
            async with role.transaction():
                await enters(role, town, other.party)
                *before_it, last = sql.split("; ")
                for one in before_it:
                    await role.execute(one)
                rows = await role.fetch(last)
                assert [row for row in rows if str(ccas.party) in map(str, row.values())] == [], sql
    assert await root.fetch(theirs, ccas.party) == before
    async with role.transaction():  # a password holds in its own transaction alone
        assert await count(role, table) == 0
    await role.close()
    await root.close()


async def enters(role, town, sponsor):
    password = town.services.sponsor_keys.of(sponsor).password
    await role.execute("select set_config('ccas.pass', $1, true)", password)


async def test_no_name_and_no_file_number_stands_anywhere_in_the_database(
    done, fresh_database, home
):
    root = await asyncpg.connect(fresh_database.superuser_url)
    tables = await root.fetch(
        """select schemaname || '.' || tablename from pg_tables
            where schemaname in ('admin', 'ledger', 'merchants', 'ccas')"""
    )
    for (table,) in tables:
        text = await root.fetchval(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
        for secret in (NAME, "Quatrepierre", "SECRET-77", "CP du 12 mars"):
            assert secret not in text, table
            assert secret.encode().hex() not in text, table
    assert len(tables) > 40
    await root.close()


async def test_another_sponsor_is_answered_as_if_there_were_nothing(town, ccas, done):
    other = await Sponsor.meet(town)
    batch = done["id"]
    whose = (await ccas.lots(batch))[0]
    reads = (f"batches/{batch}", f"batches/{batch}/list", f"beneficiaries/{whose['beneficiary']}",
             f"programmes/{done['programme']}")  # fmt: skip
    for place in reads:
        assert code(await other.clerk.get(f"/v1/aid/{place}")) == (404, "not_found"), place
    for who, place, body in (
        (other.validator, f"batches/{batch}/approval", None),
        (other.validator, f"batches/{batch}/refusal", {"reason": "No"}),
        (other.validator, f"awards/{whose['id']}/extension", {"until": "2099-01-01"}),
        (other.validator, f"beneficiaries/{whose['beneficiary']}/erasure", None),
        (other.validator, f"programmes/{done['programme']}/line/closing", None),
    ):
        assert code(await who.post(f"/v1/aid/{place}", body)) == (404, "not_found"), place
    assert (await other.clerk.get("/v1/aid/programmes")).json()["items"] == []
    assert (await other.clerk.get("/v1/aid/batches")).json()["items"] == []


async def test_staff_of_the_association_see_totals_and_no_person(town, ccas, done):
    treasurer = ccas.treasurer
    items = (await treasurer.get("/v1/aid/programmes")).json()["items"]
    assert done["programme"] in [one["id"] for one in items]
    text = json.dumps(items)
    assert NAME not in text
    whose = (await ccas.lots(done["id"]))[0]["beneficiary"]
    for role in (Role.TREASURER, Role.MANAGER, Role.TECHNICIAN, Role.AUDITOR):
        staff = await town.somebody(role)
        for place in (f"beneficiaries/{whose}", f"batches/{done['id']}", "access-log", "batches"):
            assert code(await staff.get(f"/v1/aid/{place}")) == (403, "forbidden"), (role, place)


async def test_each_look_is_written_down_and_an_export_opens_no_formula(town, ccas):
    programme = await ccas.programme(funded=100_00)
    made = await ccas.given(programme, '"=1+1";"=HYPERLINK(""x"")";5', "+33;@SUM(A1);5")
    answer = await ccas.clerk.get(f"/v1/aid/batches/{made['id']}/list")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["'=1+1", "'+33"]
    assert all(line.split(";")[1].lstrip('"').startswith("'") for line in lines[1:])
    whose = (await ccas.lots(made["id"]))[0]["beneficiary"]
    await ccas.clerk.get(f"/v1/aid/beneficiaries/{whose}")
    log = (await ccas.validator.get("/v1/aid/access-log", limit=2)).json()["items"]
    assert [(one["act"], one["user"]) for one in log] == [
        ("show", str(ccas.clerk.user)), ("export", str(ccas.clerk.user))]  # fmt: skip
    assert log[0]["beneficiary"] == str(whose)


async def test_erasing_a_person_destroys_the_key_and_leaves_balance_and_chain(town, ccas):
    programme = await ccas.programme(funded=100_00)
    made = await ccas.given(programme, "E-1;Anne;50")
    lot = (await ccas.lots(made["id"]))[0]
    shown = f"/v1/aid/beneficiaries/{lot['beneficiary']}"
    assert (await ccas.clerk.get(shown)).json()["name"] == "Anne"
    assert (await ccas.validator.post(f"{shown}/erasure")).status_code == 204
    assert code(await ccas.clerk.get(shown)) == (410, "beneficiary_erased")
    assert (await ccas.lots(made["id"]))[0]["balance"] == lot["balance"] == 52_50
    async with town.services.room(ccas.party) as room:
        assert await room.read([lot["beneficiary"]]) == {}
        assert await room.known(["E-1"]) == {}


async def test_a_key_file_of_its_own_mode_opens_and_another_does_not(town, ccas, done):
    path = town.services.settings.home / "sponsors" / f"{ccas.party}.key"
    assert path.stat().st_mode & 0o777 == 0o600
    from admin.aid import files  # noqa: PLC0415  # why: one use
    from admin.aid.refusals import SponsorKeyMissing  # noqa: PLC0415  # why: as above
    from admin.aid.vault import SponsorKey  # noqa: PLC0415  # why: as above

    wrong = SponsorKey(ccas.party, bytes(32))
    async with town.services.rooms.acquire() as connection:
        with pytest.raises(SponsorKeyMissing):
            async with files.entered(connection, wrong):
                pass


async def test_a_list_of_ten_thousand_is_looked_at_and_nothing_of_it_is_logged(town, ccas, capfd):
    programme = await ccas.programme(funded=400_00)
    begun = time.monotonic()
    rows = [f"BIG-{n};{NAME} {n};50,00" for n in range(10_000)]
    looked = await ccas.preview(programme, *rows)
    assert looked.status_code == 200, looked.text
    told = looked.json()
    assert (told["awards"], told["new"], told["faulty"]) == (10_000, 10_000, 0)
    assert (told["total"], len(told["rows"])) == (eur(500_000_00), 1_000)
    seen = time.monotonic() - begun
    batch = await ccas.submits(programme, *rows)
    assert (batch.json()["awards"], batch.json()["total"]) == (10_000, eur(500_000_00))
    entered = time.monotonic() - begun - seen
    logged = capfd.readouterr().out
    tell(f"10,000 new people: previewed in {seen:.1f} s, entered in {entered:.1f} s")
    assert "previews" in logged
    assert NAME not in logged
    assert "BIG-" not in logged


async def test_who_brings_no_proof_sends_no_long_list(home, ccas):
    programme = await ccas.programme()
    for place, proof in (("previews", {}), ("line", ccas.validator.headers)):
        answer = await home.client.post(
            f"/v1/aid/programmes/{programme}/{place}", json={"file": "A" * 70_000}, headers=proof
        )
        assert code(answer) == (413, "too_large")


def plain(answer):
    from tests.api.paying.test_secrecy import plain as hidden  # noqa: PLC0415  # why: one use

    return hidden(answer)


@pytest.mark.parametrize("lots", [1, 2, 5])
async def test_a_till_reads_the_same_bytes_of_who_has_aid_and_who_has_none(town, ccas, lots):
    bakery = await selling(town)
    aided, other = await town.resident(1_00), await town.resident(100_00)
    number = await card_of(town, aided)
    heads = "dossier;nom;montant;carte"
    for nth in range(lots):
        programme = await ccas.programme(funded=100_00)
        await ccas.given(programme, f"B-{aided.party};Anne;{20 // lots};{number}", heads=heads,
                         period=f"2027-0{nth + 1}")  # fmt: skip
    till = await shops.till_key(town, bakery)
    told = []
    for payer in (aided, other):
        _, card = await shops.card(town, payer)
        told.append([
            plain(await shops.takes(till, bakery, card, 10_00)),
            plain(await shops.takes(till, bakery, card, 29_00)) if payer is aided else None,
        ])  # fmt: skip
    assert told[0][0] == told[1][0]
    _, card = await shops.card(town, await town.resident())
    assert plain(await shops.takes(till, bakery, card, 29_00)) == told[0][1]
