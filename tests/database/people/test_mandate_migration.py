"""A batch that was being given out when mandates came is given out; the next one wants them."""

import asyncpg
import pytest

from api.installation.databases import drop, provision
from api.installation.migrate import migrate
from tests.database.people.earlier import bring_to

NAME = "test_1_before_mandates"
BEFORE = "0014"
HALFWAY = """
insert into admin.party (id, class, opened_at) values (2, 'ccas', now()), (3, 'soliste', now());
insert into admin.users (id, opened_at) select gen_random_uuid(), now() from generate_series(1, 2);
insert into admin.role_grant (id, user_id, party, role, valid_from)
select u.id, u.id, 2, 'CVA', now() from admin.users u;
insert into admin.programme (id, sponsor, instrument, name, convention, convention_reference,
       on_expiry, account, rule, key, request, made_by, made_at)
select gen_random_uuid(), 2, 'mandat_civil', 'Secours', gen_random_uuid(), 'C 1', 'release', 900,
       900, gen_random_uuid(), decode(repeat('00', 16), 'hex'), id, now()
  from admin.role_grant limit 1;
insert into admin.programme_version (programme, version, valid_from, opens_on, ends_on, aid_days,
       most_cents, filieres, merchants, made_by, made_at)
select id, 1, now(), '2020-01-01', '2099-01-01', 90, 100, '{}', '{}', made_by, now()
  from admin.programme;
insert into admin.aid_batch (id, programme, version, period, policy, awards, euros_cents,
       bousol_cents, account, document, key, request, status, submitted_by, submitted_at,
       approved_by, approved_at, entry, issued_at)
select gen_random_uuid(), p.id, 1, '2026-0' || n, 1, 2, 2, 2, 900 + n, gen_random_uuid(),
       gen_random_uuid(), p.request, case n when 1 then 'issuing' else 'waiting' end, p.made_by,
       now(), (select id from admin.role_grant where id <> p.made_by), now(),
       case n when 1 then gen_random_uuid() end, case n when 1 then now() end
  from admin.programme p, generate_series(1, 2) n;
insert into admin.award (id, batch, nth, programme, beneficiary, party, period, euros_cents,
       bousol_cents, entry, status)
select gen_random_uuid(), b.id, n, b.programme, gen_random_uuid(), 3, b.period, 1, 1,
       case when n = 1 and b.status = 'issuing' then gen_random_uuid() end,
       case when n = 1 and b.status = 'issuing' then 'given' else 'submitted' end
  from admin.aid_batch b, generate_series(1, 2) n;
"""
GIVE = """
update admin.award set entry = gen_random_uuid(), status = 'given'
 where entry is null and batch = (select id from admin.aid_batch where status = $1)"""


async def test_what_was_issued_before_mandates_is_given_and_what_waits_wants_one(server):
    admin_url = server.url(database="postgres", user="postgres")
    await drop(admin_url, NAME)
    made = await provision(admin_url, NAME)
    await bring_to(made.owner, BEFORE, HALFWAY)
    for _ in range(2):
        await migrate(made.owner)
    application = await asyncpg.connect(made.application)
    assert await application.execute(GIVE, "issuing") == "UPDATE 1"
    issue = """update admin.aid_batch set status = 'issuing', entry = gen_random_uuid(),
                      issued_at = now() where status = 'waiting'"""
    for sql, facts in ((GIVE, ["waiting"]), (issue, [])):
        with pytest.raises(asyncpg.CheckViolationError):
            await application.execute(sql, *facts)
    assert await application.fetchval("select count(*) from admin.mandate") == 1
    await application.close()
    await drop(admin_url, NAME)
