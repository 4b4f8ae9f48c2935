"""Cards before they have a holder: printed once, counted, moved all or none, put on paper."""

import asyncio

from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # why: it ships no types

from admin.roles import Role


def code(answer):
    return answer.status_code, answer.json().get("code")


async def stock_of(who):
    items = (await who.get("/v1/card-stock")).json()["items"]
    return {item["place"]: item["count"] for item in items}


async def batch(who, count):
    answer = await who.post("/v1/card-batches", {"count": count})
    assert answer.status_code == 201, answer.text
    return answer.json()["cards"]


async def test_a_batch_tells_each_card_once_and_no_two_share_a_number(town, desk):
    before = await stock_of(desk.manager)
    vault = await town.somebody(Role.VAULT)
    made = await batch(vault, 1_000)
    for name in ("number", "opposition_number", "token"):
        assert len({card[name] for card in made}) == 1_000
    assert (await stock_of(desk.manager))[1] == before.get(1, 0) + 1_000
    for count in (0, 1_001, -1, "2", 1.0):
        answer = await vault.post("/v1/card-batches", {"count": count})
        assert code(answer) == (400, "malformed_body")
    async with town.services.connection() as connection:
        query = "select count(*) from admin.card where token_hash = any($1::bytea[])"
        tokens = [card["token"].encode() for card in made]
        assert await connection.fetchval(query, tokens) == 0


async def test_cards_move_all_or_none_and_a_clerk_sees_one_stock(town, desk):
    other = await town.somebody(Role.COMPTOIR)
    numbers = [card["number"] for card in await batch(desk.manager, 3)]
    mine = len(desk.stock)
    moved = {"numbers": [*numbers, desk.stock[0]["number"]], "target": other.party}
    answer = await desk.manager.post("/v1/card-moves", moved)
    assert code(answer) == (409, "card_not_in_stock")
    assert await stock_of(other) == {other.party: 0}
    moving = [desk.manager.post("/v1/card-moves", moved | {"numbers": numbers}) for _ in range(4)]
    answers = await asyncio.gather(*moving)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await stock_of(other) == {other.party: 3}
    assert await stock_of(desk.clerk) == {desk.clerk.party: mine}
    back = await other.post("/v1/card-moves", {"numbers": numbers, "target": 1})
    assert back.status_code == 201


async def test_cards_lie_only_with_who_hands_them_out(town, desk):
    resident = await town.resident()
    for target in (resident.party, 987_654):
        moved = {"numbers": [desk.stock[0]["number"]], "target": target}
        answer = await desk.clerk.post("/v1/card-moves", moved)
        assert code(answer) == (404, "unknown_party")


async def test_a_card_on_paper_has_both_numbers_and_no_mixture_is_printed(town, desk):
    one, two = await batch(desk.manager, 2)
    page = await desk.manager.post("/v1/card-sheets", {"cards": [one, two]})
    assert page.headers["content-type"] == "application/pdf", page.text
    document = PdfDocument(page.content)
    assert len(document) == 2
    for card, sheet in zip((one, two), document, strict=True):
        words = sheet.get_textpage().get_text_range().replace("\N{NO-BREAK SPACE}", " ")
        assert card["number"] in words
        assert card["opposition_number"] in words
        assert card["token"] not in words
    for name in ("number", "opposition_number", "token"):
        mixed = one | {name: two[name]}
        answer = await desk.manager.post("/v1/card-sheets", {"cards": [mixed]})
        assert code(answer) == (404, "unknown_card"), name
