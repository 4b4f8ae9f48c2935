"""What may be spent and what is set aside are told apart; a public body reads what it is owed."""

import csv
import io
from uuid import uuid4

from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # why: it ships no types

from admin.roles import Role
from api.wire.days import day_of
from ledger import flows
from ledger.flows import Act
from ledger.lots import Share
from tests.api.invoices.shops import HERE, bill, own_funds, public_body, shop

PAY = "/v1/invoice-payments"


def bsl(cents):
    return {"amount": cents, "currency": "BSL"}


def eur(cents):
    return {"amount": cents, "currency": "EUR"}


def this_month(town):
    """The month it is in Boulogne."""
    return f"{day_of(town.now):%Y-%m}"


async def earned(town, cents):
    """A shop that was paid, so that it may redeem."""
    payer, who = await shop(town, cents + 10_00), await shop(town)
    body = bill(who, cents, total=cents)
    assert (await payer.post(PAY, body)).status_code == 201
    return who


async def table(who, town):
    answer = await who.get(f"/v1/account/statements/{this_month(town)}.csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def paper(who, path):
    document = PdfDocument((await who.ask("GET", path, **{"Accept-Language": "fr"})).content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


async def test_held_bousols_are_told_beside_the_balance_until_they_are_decided(town):
    who, treasurer = await earned(town, 200_00), await town.somebody(Role.TREASURER)
    asked = await who.post("/v1/redemptions", {"amount": bsl(105_00)} | HERE)
    assert asked.status_code == 201, asked.text
    told = (await who.get("/v1/account")).json()
    assert (told["balance"], told["held"], told["owed"]) == (bsl(95_00), bsl(105_00), eur(0))
    rows = await table(who, town)
    assert rows[-2][4] == "95,00"
    assert rows[-1][1:] == ["Set aside besides the balance", "", "", "105,00"]
    month = (await who.get(f"/v1/merchant-statements/{this_month(town)}")).json()
    assert (month["closing"], month["held"]) == (eur(95_00), eur(105_00))
    for path in ("account/statements/{}.pdf", "merchant-statements/{}/statement.pdf"):
        text = await paper(who, f"/v1/{path.format(this_month(town))}")
        assert "Réservé en plus du solde" in text
        assert "105,00" in text
    done = await treasurer.post(f"/v1/redemptions/{asked.json()['id']}/approval")
    assert done.status_code in {200, 201}, done.text
    told = (await who.get("/v1/account")).json()
    assert (told["balance"], told["held"], told["owed"]) == (bsl(95_00), bsl(0), eur(100_00))
    assert (await table(who, town))[-1][1] == "Closing balance"


async def test_a_public_body_reads_what_it_was_paid_and_is_owed_in_euros(town):
    payer, officer = await shop(town, 300_00), await public_body(town)
    await own_funds(town, 10_00)
    for cents in (5_00, 7_35):
        assert (await payer.post(PAY, bill(officer, cents))).status_code == 201
    told = (await officer.get("/v1/account")).json()
    assert (told["balance"], told["owed"], told["state"]) == (bsl(0), eur(12_35), "open")
    rows = (await officer.get("/v1/account/movements")).json()["items"]
    assert [(row["kind"], row["change"]) for row in rows] == [
        ("public_settlement", eur(7_35)), ("public_settlement", eur(5_00)),
    ]  # fmt: skip
    receipt = (await officer.get(f"/v1/account/movements/{rows[1]['id']}")).json()
    assert (receipt["movement"]["change"], receipt["balance"]) == (eur(5_00), eur(5_00))
    paid_out = Act(uuid4(), 1, uuid4(), bytes(16), document=uuid4())
    await town.services.post(
        flows.redeem_paid(
            paid_out, payables=[Share(officer.extra["payable"], 12_00)], bank_line=uuid4()
        )
    )
    first = (await officer.get("/v1/account/movements", limit=1)).json()["items"][0]
    assert first["change"] == eur(-12_00)
    table_rows = await table(officer, town)
    assert [row[3] for row in table_rows[2:-1]] == ["5,00", "7,35", "-12,00"]
    assert table_rows[-1][1:] == ["Euros owed at the end", "", "", "0,35"]
    assert "0,35\xa0€" in await paper(officer, f"/v1/account/statements/{this_month(town)}.pdf")
    assert (await officer.get("/v1/account")).json()["owed"] == eur(35)


async def test_nobody_reads_what_another_body_is_owed(town):
    payer, officer = await shop(town, 30_00), await public_body(town)
    other = await public_body(town)
    await own_funds(town, 10_00)
    assert (await payer.post(PAY, bill(officer, 5_00))).status_code == 201
    (row,) = (await officer.get("/v1/account/movements")).json()["items"]
    assert (await other.get("/v1/account/movements")).json()["items"] == []
    assert (await other.get(f"/v1/account/movements/{row['id']}")).status_code == 404
    assert (await other.get("/v1/account")).json()["owed"] == eur(0)
