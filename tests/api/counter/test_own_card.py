"""A holder's own card: its last digits and whether it pays, with a session or with card and PIN."""

from admin.means import cards
from tests.api.buying.buyers import carded


async def test_the_last_card_is_told_by_its_last_digits(town):
    who = await town.resident()
    assert (await who.get("/v1/account/card")).status_code == 404
    number = await carded(town, who)
    told = (await who.get("/v1/account/card")).json()
    assert told == {"last_digits": number[-4:], "state": "active", "blocked_at": None}


async def test_a_blocked_card_says_since_when(town):
    who = await town.resident()
    await carded(town, who)
    async with town.services.rows() as rows:
        card = await cards.latest_of(rows, who.party)
        await cards.mark_blocked(rows, card, actor=who.user, at=town.now)
    told = (await who.get("/v1/account/card")).json()
    assert told["state"] == "blocked"
    assert told["blocked_at"] is not None
