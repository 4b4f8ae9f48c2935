"""Mandates as the tests of aid write them down and take them back."""

import time
from datetime import datetime, timedelta

from api.wire.days import PARIS

HEADS = "dossier;nom;montant;mandat"


def today():
    """The day it is in Boulogne now: a run may go past midnight."""
    return datetime.fromtimestamp(time.time(), PARIS).date()


def tomorrow():
    return today() + timedelta(days=1)


BEFORE = today() - timedelta(days=30)


async def civil(ccas, funded=1_000_00):
    return await ccas.programme(funded=funded, instrument="mandat_civil")


async def entered(ccas, programme, *rows, **more):
    return await ccas.batch(programme, *rows, heads=HEADS, **more)


async def found(ccas, programme, *rows, heads=HEADS):
    """The faults of each row that has some."""
    told = await ccas.preview(programme, *rows, heads=heads)
    assert told.status_code == 200, told.text
    said = sorted(told.json()["rows"], key=lambda row: row["line"])
    return [[one["code"] for one in row["faults"]] for row in said]


async def who(ccas, batch, nth=0):
    return str((await ccas.lots(batch))[nth]["beneficiary"])


async def person(ccas, whose, by=None):
    answer = await (by or ccas.clerk).get(f"/v1/aid/beneficiaries/{whose}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def revokes(ccas, whose, by=None):
    mandate = (await person(ccas, whose))["mandates"][0]["id"]
    place = f"/v1/aid/beneficiaries/{whose}/mandates/{mandate}/revocation"
    return await (by or ccas.clerk).post(place)


async def records(ccas, whose, programme, day=None, by=None, **more):
    body = {"programme": programme, "given_on": str(day or today()), **more}
    return await (by or ccas.clerk).post(f"/v1/aid/beneficiaries/{whose}/mandates", body)


async def logged(ccas, act):
    items = (await ccas.validator.get("/v1/aid/access-log", limit=100)).json()["items"]
    return [one for one in items if one["act"] == act]


async def named(ccas, batch, reference):
    """The first person of a batch gave a mandate whose document is called so."""
    made = await records(ccas, await who(ccas, batch), await civil(ccas), reference=reference)
    assert made.status_code == 200, made.text
