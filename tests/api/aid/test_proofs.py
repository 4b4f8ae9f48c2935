"""The proof of a programme: whole, signed; what comes later stands beside it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest

from admin.aid.proof import Proof
from admin.aid.proof_bytes import At, proof_bytes
from admin.roles import Role
from api.aid import executing, lapsing, proving
from api.policies import policy_in_force
from api.routes import ROUTES
from api.wire.days import day_of
from ledger import flows, store
from merchants.signing import keys_of, verified
from tests.api.aid.proofs import FIGURES, figures, table
from tests.api.aid.sponsors import Sponsor, card_of, ends, selling
from tests.api.buying.buyers import bsl
from tests.api.house import clocked
from tests.api.paying import shops
from tests.api.shops.committee import code

HEADS = "dossier;nom;montant;carte;mandat"


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service of which the clock may be moved on."""
    async with clocked(fresh_database, ROUTES) as running:
        yield running


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def spent_programme(town, ccas, owner, **more):
    """200.00 EUR for eight; two pay, one gives back 10.00, the others' aid ends unspent."""
    programme = await ccas.programme(funded=250_00, **more)
    people = [await town.resident() for _ in range(8)]
    rows = [f"R-{who.party};Anne;25;{await card_of(town, who)};2026-09-03" for who in people]
    batch = (await ccas.given(programme, *rows, heads=HEADS))["id"]
    shop = await selling(town)
    paid = []
    for who in people[:2]:
        answer = await shops.pays(who, shop.link, 26_25)
        assert answer.status_code == 201, answer.text
        paid.append(answer.json()["payment"])
    back = await shop.owner.post(f"/v1/payments/{paid[0]}/refunds", {"amount": bsl(10_00)})
    assert back.status_code == 201, back.text
    for _ in range(2):  # what was given back may be spent for thirty days more: these end too
        await ends(owner, batch, ago="0 seconds")
        await lapsing.sweep(town.services)
    return programme, shop, paid


async def returned(town, ccas, programme):
    """Two treasurers send what is free back to the sponsor."""
    proposed = await ccas.treasurer.post(f"/v1/aid/programmes/{programme}/returns")
    assert proposed.status_code == 201, proposed.text
    other = await town.somebody(Role.TREASURER)
    done = await other.post(f"{proposed.headers['location']}/confirmation")
    assert done.status_code == 200, done.text


async def test_a_whole_programme_closes_to_the_cent_and_a_later_refund_is_a_supplement(
    town, ccas, owner
):
    programme, shop, paid = await spent_programme(town, ccas, owner)
    await returned(town, ccas, programme)
    rows = await table(ccas.clerk, programme)
    found = figures(rows)
    # Six unspent awards of 25.00 and 10.00 BSL of a seventh: 150.00 + 9.52 came back; 50.00 were
    # never given.
    assert found == {
        "issued": 210_00, "spent": 42_50, "expired": 167_50, "released": 0, "backing": 0,
        "funded": 250_00, "spent_euros": 40_48, "unused": 0, "returned": 209_52,
        "released_euros": 0, "backing_euros": 0, "reclaimed": 159_52,
    }  # fmt: skip
    assert found["issued"] == sum(found[n] for n in ("spent", "expired", "released", "backing"))
    assert found["funded"] == sum(
        found[n] for n in ("spent_euros", "unused", "returned", "released_euros", "backing_euros")
    )
    told = await proof_of(ccas.clerk, programme)
    assert told["kind"] == "open", "its last day is far"
    assert told["ended_seq"] is None
    assert as_figures(told["now"]) == found
    await over(town, ccas, owner, programme)
    seq = (await head(town)).seq
    back = await shop.owner.post(f"/v1/payments/{paid[1]}/refunds", {"amount": bsl(5_00)})
    assert back.status_code == 201, back.text
    assert (await proof_of(ccas.clerk, programme))["ended_seq"] == seq
    assert figures(await table(ccas.clerk, programme, seq=seq)) == found
    later = await table(ccas.clerk, programme, since=seq)
    assert figures(later, 3) == found
    changes = {name: change for name, change in figures(later, 4).items() if change}
    assert changes == {"spent": -5_00, "backing": 5_00, "spent_euros": -4_76, "backing_euros": 4_76}
    assert figures(later)["spent_euros"] == 35_72
    assert f"no. {seq}" in later[-2][0]
    both = await proof_of(ccas.treasurer, programme, since=seq)
    assert (both["kind"], both["before"]["seq"]) == ("supplement", seq)
    assert as_figures(both["before"]) == found
    assert as_figures(both["now"]) == figures(later)


async def over(town, ccas, owner, programme, *, days=2):
    """The programme's last day was today, and some days have passed."""
    ends = "update admin.programme_version set ends_on = $2 where programme = $1"
    await owner.execute(ends, UUID(programme), day_of(town.services.clock.now()))
    await passes(town, ccas, days)


async def passes(town, ccas, days=1):
    """Days go by; the sponsor's persons sign in again."""
    await town.services.clock.forward(timedelta(days=days))
    for name in ("clerk", "validator", "third", "treasurer"):
        who = getattr(ccas, name)
        setattr(ccas, name, await town.signed_in(who.user, who.person, who.role, who.party))


async def proof_of(who, programme, **params):
    answer = await who.get(f"/v1/aid/programmes/{programme}/proof", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def as_figures(told):
    """What the interface tells of a head, named as the lines of the table."""
    bousols = ("issued", "spent", "expired", "released", "backing")
    euros = ("funded", "unused", "returned", "reclaimed")
    found = {name: told[f"{name}_local"] for name in bousols} | {n: told[n] for n in euros}
    found |= {f"{name}_euros": told[name] for name in ("spent", "released", "backing")}
    assert {one["currency"] for name, one in found.items() if name in bousols} == {"BSL"}
    return {name: found[name]["amount"] for name in FIGURES}


async def head(town):
    async with town.services.connection() as connection:
        return await store.head(connection)


async def test_released_aid_is_told_apart(town, ccas, owner):
    programme, _, _ = await spent_programme(town, ccas, owner, instrument="mandat_civil")
    found = figures(await table(ccas.clerk, programme))
    assert (found["released"], found["expired"], found["spent"]) == (167_50, 0, 42_50)
    assert found["released_euros"] + found["spent_euros"] == 200_00
    assert found["unused"] == 50_00


async def test_a_proof_verifies_with_the_published_key_and_no_other_figure_does(
    town, ccas, home, owner
):
    programme = await ccas.programme(funded=100_00)
    await ccas.given(programme, "V-1;Anne;20")
    before = (await head(town)).seq
    await over(town, ccas, owner, programme)
    await ccas.fund(programme, 30_00)
    keys = keys_of((await home.get("/v1/signing-keys")).json())
    for params in ({}, {"since": before}):
        rows = await table(ccas.clerk, programme, **params)
        signature = rows[-1][2]
        entries = rows[14:-1]
        columns = (2, 3) if params else (2,)
        heads = [at(rows, entry, column) for entry, column in zip(entries, columns, strict=True)]
        assert rows[1][1] == programme
        assert verified(proof_bytes(UUID(programme), heads), signature, keys)
        wrong = heads[0]._replace(hash=bytes(32))
        assert not verified(proof_bytes(UUID(programme), [wrong, *heads[1:]]), signature, keys)
        more = heads[0]._replace(seq=heads[0].seq + 1)
        assert not verified(proof_bytes(UUID(programme), [more, *heads[1:]]), signature, keys)


def at(rows, entry, column):
    """A head as its line and its column of figures tell it."""
    found = figures(rows, column)
    known = {name: found[name] for name in FIGURES if name != "spent_euros"}
    converted = found["funded"] + found["reclaimed"] - found["returned"] - found["unused"]
    proof = Proof(converted=converted, **known)
    assert proof.spent_euros == found["spent_euros"]
    seq = int(entry[0].rsplit(" ", 1)[1])
    instant = datetime.strptime(entry[1], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return At(seq, instant, bytes.fromhex(entry[2]), proof)


@pytest.mark.parametrize(
    "wrong",
    [
        "update ledger.journal set amount = amount - 1 where seq = {payment}",
        "update ledger.journal set kind = 3 where seq = {payment}",
        "delete from ledger.journal where seq = {payment}",
    ],
)
async def test_a_broken_journal_has_no_proof(town, ccas, owner, fresh_database, wrong):
    programme, _, paid = await spent_programme(town, ccas, owner)
    root = await asyncpg.connect(fresh_database.superuser_url)
    await root.execute("set session_replication_role = replica")
    row = await root.fetchrow(
        "select * from ledger.journal where id = $1 and debit in (select lot from admin.award)",
        UUID(paid[0]))  # fmt: skip
    assert row is not None
    try:
        await root.execute(wrong.format(payment=row["seq"]))
        for form in ("csv", "pdf"):
            answer = await ccas.clerk.get(f"/v1/aid/programmes/{programme}/proof.{form}")
            assert code(answer) == (500, "proof_refused")
    finally:
        await root.execute("delete from ledger.journal where seq = $1", row["seq"])
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        names = ", ".join(row.keys())
        values = list(row.values())
        await root.execute(f"insert into ledger.journal ({names}) values ({places})", *values)
        await root.close()
    assert figures(await table(ccas.clerk, programme))["spent"] == 42_50


_ENTRY = "select seq from ledger.journal where id = $1"
_LAST_FUNDING = "select seq from ledger.journal where kind = 17 order by seq desc limit 1"


async def undone(town, query, *args):
    """An entry is reversed by hand: no route does it."""
    async with town.services.connection() as connection:
        original = await store.recorded(connection, await connection.fetchval(query, *args))
    assert original is not None
    policy = (await policy_in_force(town.services)).version
    by = flows.Act(uuid4(), 1, uuid4(), bytes(32), document=uuid4(), policy=policy)
    await town.services.poster.post(flows.reversal(by, original=original))


async def test_what_was_reversed_is_counted_as_if_it_had_never_been(town, ccas):
    programme = await ccas.programme(funded=100_00)
    shop, who = await selling(town), await town.resident()
    row = f"{uuid4().hex};Anne;20;{await card_of(town, who)};2026-09-03"
    await ccas.given(programme, row, heads=HEADS)
    paid = await shops.pays(who, shop.link, 10_50)
    before = figures(await table(ccas.clerk, programme))
    assert (before["spent"], before["funded"]) == (10_50, 100_00)
    await undone(town, _ENTRY, UUID(paid.json()["payment"]))
    after = figures(await table(ccas.clerk, programme))
    assert (after["spent"], after["backing"]) == (0, 21_00)
    await ccas.fund(programme, 30_00)
    await undone(town, _LAST_FUNDING)
    assert figures(await table(ccas.clerk, programme)) == after
    course = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}/follow-up")).json()
    assert course["funded"]["amount"] == 100_00


async def test_awards_that_are_being_given_out_wait_for_their_proof(town, ccas, monkeypatch):
    programme = await ccas.programme(funded=50_00)
    there, opening = asyncio.Event(), executing.open_lots

    async def waits(*given, **named):
        await there.wait()
        return await opening(*given, **named)

    monkeypatch.setattr(executing, "open_lots", waits)
    batch = await ccas.batch(programme, f"{uuid4()};Anne;25")
    assert (await ccas.approve(batch)).status_code == 200
    await ccas.until(batch, "issuing")
    answer = await ccas.clerk.get(f"/v1/aid/programmes/{programme}/proof.csv")
    assert code(answer) == (409, "awards_under_way")
    there.set()
    await ccas.until(batch, "executed")


async def test_of_all_heads_those_alone_are_told_that_show_nobodys_payment(town, ccas, owner):
    """Every head of the chain is asked for, by the sponsor and by the treasurer."""
    programme, _, _ = await spent_programme(town, ccas, owner)
    await passes(town, ccas)
    present = (await head(town)).seq
    assert await answered(town, ccas, programme) == [present], "no day of a running programme"
    await over(town, ccas, owner, programme, days=1)
    await ccas.fund(await ccas.programme(), 1_00)
    ended = (await proof_of(ccas.clerk, programme))["ended_seq"]
    assert await answered(town, ccas, programme) == [ended, (await head(town)).seq]
    # A number between two of them is of a proof somebody printed: told is what was before it.
    await passes(town, ccas)
    told = await proof_of(ccas.clerk, programme, since=ended)
    assert told["before"]["seq"] == ended
    assert len(await answered(town, ccas, programme)) == 2, "the last day, and the one after it"


async def answered(town, ccas, programme):
    """The heads of which a proof is given, to whomever."""
    async with town.services.connection() as connection:
        rows = await connection.fetch("select last_seq from ledger.chain_link where last_seq > 0")
    found = set()
    for seq in sorted(row[0] for row in rows):
        for who in (ccas.clerk, ccas.treasurer):
            answer = await who.get(f"/v1/aid/programmes/{programme}/proof", seq=seq)
            if answer.status_code == 200:
                found.add(seq)
            else:
                assert code(answer) == (404, "not_found")
    return sorted(found)


async def test_a_head_that_never_was_and_another_sponsors_programme_are_not_found(town, ccas):
    programme = await ccas.programme(funded=10_00)
    other = await Sponsor.meet(town)
    seq = (await head(town)).seq
    place = f"/v1/aid/programmes/{programme}/proof.csv"
    assert code(await other.clerk.get(place)) == (404, "not_found")
    for params in ({"seq": 2**40}, {"since": seq}, {"since": 2**40}):
        for form in (place, place.removesuffix(".csv")):
            assert code(await ccas.clerk.get(form, **params)) == (404, "not_found"), params
    assert code(await other.clerk.get(place.removesuffix(".csv"))) == (404, "not_found")
    assert (await ccas.treasurer.get(place)).status_code == 200


async def test_names_of_programmes_are_no_formulas_and_the_paper_says_all(town, ccas):
    from admin.aid import programme_rows  # noqa: PLC0415  # why: one use

    programme = await ccas.programme(funded=10_00, name="=1+1 <b>Manger</b>")
    rows = await table(ccas.clerk, programme)
    assert rows[1][2] == "'=1+1 <b>Manger</b>"
    paper = await ccas.clerk.get(f"/v1/aid/programmes/{programme}/proof.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    with pypdfium2.PdfDocument(paper.content) as document:
        assert len(document) == 1
        said = document[0].get_textpage().get_text_bounded()
    for text in ("=1+1 <b>Manger</b>", programme, rows[14][2], "10.00"):
        assert text in said
    async with town.services.rows() as connection:
        found = await programme_rows.find(connection, UUID(programme), town.now)
    assert found is not None
    proven = await proving.prove(town.services, found)
    assert proven.before is None
