"""What may be applied with: names without twins, numbers that verify, words that hold nothing."""

import asyncio
from uuid import uuid4

import pytest

from tests.api.shops.committee import code, form, siret

RTL, ZERO_WIDTH = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{ZERO WIDTH SPACE}"
CYRILLIC_A, WIDE_1 = "\N{CYRILLIC SMALL LETTER A}", "\N{FULLWIDTH DIGIT ONE}"


@pytest.mark.parametrize(
    "name",
    [
        f"Boulangerie {RTL}erttaleD",
        f"Boul{ZERO_WIDTH}angerie",
        "Z" + "\N{COMBINING ACUTE ACCENT}" * 30,
        "Boulangerie \N{CROISSANT}",
        "Boulangerie\0",
        "x" * 81,
        "=HYPERLINK(1)",
        "+33",
        "-1",
        "@boulangerie",
        "\tBoulangerie",
        "...",
        " ",
    ],
)
async def test_a_name_with_a_trick_is_refused(committee, name):
    assert code(await committee.apply(name=name)) == (422, "name_unusable")


async def test_half_a_character_and_ten_kilobytes_are_no_name(committee, home):
    await committee.forget_tries()
    text = '{"merchant_class": "merchant", "name": "\\ud800"}'
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    answer = await home.client.post("/v1/merchant-applications", content=text, headers=headers)
    assert code(answer) == (400, "malformed_body")
    assert code(await committee.apply(name="x" * 10_000)) == (400, "malformed_body")


async def test_a_name_is_stored_in_one_way_and_its_twins_are_refused(committee):
    decomposed = "Cafe\N{COMBINING ACUTE ACCENT}  du Port"
    first = await committee.apply(name=decomposed)
    assert first.json()["name"] == "Café du Port"
    for twin in ("Café du Port", "CAFE DU PORT", f"C{CYRILLIC_A}fé du Port", "Cafe-du-P0rt"):
        assert code(await committee.apply(name=twin)) == (409, "name_taken"), twin
    assert (await committee.apply(name="Café du Pont")).status_code == 201


@pytest.mark.parametrize(
    "number",
    [
        "73282932000075",
        "7328293200007",
        "73282932OOOO74",
        WIDE_1 * 14,
        "0" * 15,
        "\0",
    ],
)
async def test_a_siret_whose_digits_do_not_verify_is_refused(committee, number):
    assert code(await committee.apply(siret=number)) == (422, "siret_wrong")


async def test_a_siret_is_of_one_merchant_however_it_is_spaced(committee):
    number = siret(5_001)
    spaced = f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"
    assert (await committee.apply(siret=number)).status_code == 201
    assert code(await committee.apply(siret=spaced)) == (409, "siret_taken")


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"iban": "FR1420041010050500013M02607"}, (422, "iban_wrong")),
        ({"charter": "1999-1"}, (422, "charter_outdated")),
        ({"filieres": ["armement"]}, (422, "unknown_filiere")),
        ({"filieres": []}, (400, "malformed_body")),
        ({"contact": {"name": "Anne Delattre"}}, (422, "identity_incomplete")),
        ({"status": "approved"}, (400, "malformed_body")),
        ({"party": 1}, (400, "malformed_body")),
        ({"postal_code": "6220"}, (400, "malformed_body")),
        ({"description": "x" * 601}, (400, "malformed_body")),
    ],
)
async def test_what_is_missing_wrong_or_not_asked_for_is_refused(committee, said, refused):
    assert code(await committee.apply(**said)) == refused


async def test_words_keep_no_sign_that_cannot_be_seen(committee):
    made = await committee.candidate(description=f"Pain\0 {RTL}au levain\nfarine")
    dossier = await committee.first.get(f"/v1/merchant-applications/{made}")
    assert dossier.json()["description"] == "Pain au levain\nfarine"


async def test_an_application_sent_again_is_the_same_and_another_with_its_key_is_none(committee):
    key, said = uuid4(), form()
    first, again = [await committee.apply(key=key, **said) for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert code(await committee.apply(key=key, **form())) == (422, "key_conflict")


async def test_twins_that_apply_at_once_are_one_merchant(committee):
    await committee.forget_tries()
    said = [form(name="Les Deux Caps") for _ in range(8)]
    answers = await asyncio.gather(*[committee.apply(**one) for one in said])
    told = sorted(code(a) if a.status_code != 201 else (201, "") for a in answers)
    assert told == [(201, "")] + [(409, "name_taken")] * 7


async def test_whoever_applies_too_often_waits(committee, home):
    await committee.forget_tries()
    headers = {"Idempotency-Key": str(uuid4())}
    body = form(siret="0")
    answers = [
        await home.client.post("/v1/merchant-applications", json=body, headers=headers)
        for _ in range(21)
    ]
    assert [code(a) for a in answers[:20]] == [(422, "siret_wrong")] * 20
    assert code(answers[20]) == (429, "too_many_tries")
    assert int(answers[20].headers["retry-after"]) > 0
