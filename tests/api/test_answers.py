"""What every answer has: ids, headers, one shape for every no, in the reader's language."""

import re
from uuid import uuid4

import pytest

from api.wire.catalogue import HTTP_CODES, catalogue, refusals
from tests.api.house import house

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def problem(answered, code):
    told = answered.json()
    entry = catalogue()[code]
    assert answered.headers["content-type"] == "application/problem+json"
    assert (told["code"], told["status"], told["type"]) == (code, entry.status, entry.type)
    assert answered.status_code == entry.status
    assert told["title"] in (entry.words["fr"].title, entry.words["en"].title)
    assert re.fullmatch("[0-9a-f]{32}", told["trace_id"])
    return told


async def test_a_request_id_comes_back_and_a_trace_goes_on(home):
    parent = f"00-{TRACE}-00f067aa0ba902b7-01"
    answered = await home.get("/nothing", **{"X-Request-Id": "till-7.42", "traceparent": parent})
    assert answered.headers["x-request-id"] == "till-7.42"
    assert (await problem(answered, "not_found"))["trace_id"] == TRACE


@pytest.mark.parametrize("unusable", ["a b", "x" * 65, "é", ""])
async def test_an_unusable_request_id_is_replaced_by_the_trace_id(home, unusable):
    answered = await home.get("/nothing", **{"X-Request-Id": unusable.encode("latin-1")})
    told = await problem(answered, "not_found")
    assert answered.headers["x-request-id"] == told["trace_id"]


@pytest.mark.parametrize("unusable", ["", "00-1-2-3", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
async def test_an_unusable_trace_begins_anew(home, unusable):
    told = await problem(await home.get("/nothing", traceparent=unusable), "not_found")
    assert told["trace_id"] not in {TRACE, "0" * 32}


async def test_every_answer_is_closed_to_frames_scripts_and_caches(home):
    for path in ("/healthz", "/v1/cover", "/nothing"):
        headers = (await home.get(path)).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "strict-transport-security" not in headers


async def test_a_trusted_proxy_says_that_there_was_encryption_and_others_say_nothing(
    home, fresh_database
):
    claim = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    assert "strict-transport-security" not in (await home.get("/healthz", **claim)).headers
    async with house(fresh_database, trusted_proxies="127.0.0.1/32") as behind:
        headers = (await behind.get("/healthz", **claim)).headers
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


async def test_there_are_no_websockets(home):
    told = []

    async def send(message):
        told.append(message)

    scope = {"type": "websocket", "path": "/healthz", "headers": [], "query_string": b""}
    await home.app(scope, None, send)
    assert told == [{"type": "websocket.close", "code": 1008, "reason": ""}]


async def test_what_fails_outside_every_handler_is_a_problem_too(home, monkeypatch):
    async def fail(*_):
        raise RuntimeError("Jeanne Dupont")

    monkeypatch.setattr(home.app.asgi_handler, "_app", fail)
    answered = await home.get("/v1/cover")
    await problem(answered, "internal")
    assert "Jeanne" not in answered.text


async def test_the_languages_are_french_and_english(home):
    french = await home.get("/nothing", **{"Accept-Language": "fr-FR,en;q=0.5"})
    assert french.headers["content-language"] == "fr"
    assert french.json()["title"] == "Rien à cette adresse"
    english = await home.get("/nothing", **{"Accept-Language": "en"})
    assert english.json()["title"] == "Nothing at this address"


async def test_another_method_is_told_which_ones_there_are(home):
    answered = await home.client.delete("/v1/cover")
    await problem(answered, "method_not_allowed")
    assert answered.headers["allow"] == "GET, HEAD, OPTIONS"
    options = await home.client.options("/v1/test/payments")
    assert (options.status_code, options.headers["allow"]) == (204, "POST, OPTIONS")
    await problem(await home.client.options("/nothing"), "not_found")


async def test_a_head_request_is_a_get_without_its_body(home):
    answered = await home.client.head("/healthz")
    assert (answered.status_code, answered.content) == (200, b"")
    assert answered.headers["content-length"] == "15"


async def test_an_unknown_parameter_is_refused(home):
    told = await problem(await home.get("/v1/cover?until=2026"), "malformed_parameter")
    assert told["errors"] == [
        {"pointer": "until", "code": "unknown_parameter", "message": "This parameter is unknown."}
    ]


async def test_a_parameter_that_does_not_fit_is_named(home):
    told = await problem(await home.get("/v1/test/slow?seconds=soon"), "malformed_parameter")
    assert told["errors"][0]["pointer"] == "seconds"
    told = await problem(await home.get("/v1/test/slow"), "malformed_parameter")
    assert told["errors"][0]["code"] == "missing"


async def test_a_fault_of_ours_shows_its_trace_id_and_nothing_else(home, capfd):
    answered = await home.get("/v1/test/fault")
    told = await problem(answered, "internal")
    assert "Jeanne" not in answered.text
    assert set(told) == {"type", "title", "status", "detail", "code", "trace_id"}


@pytest.mark.parametrize("refusal", list(refusals()), ids=lambda refusal: refusal.code)
async def test_every_refusal_is_a_problem_of_the_catalogue(home, refusal):
    for language in ("fr", "en"):
        answered = await home.get(
            f"/v1/test/refusals/{refusal.code}", **{"Accept-Language": language}
        )
        told = await problem(answered, refusal.code)
        assert told["title"] == catalogue()[refusal.code].words[language].title
        assert "{" not in told["detail"].replace('{"amount": 2100, "currency": "BSL"}', "")


async def test_a_figure_in_a_problem_is_written_as_its_reader_does(home):
    path = "/v1/test/refusals/below_minimum"
    french = (await home.get(path, **{"Accept-Language": "fr"})).json()["detail"]
    assert french == "Montez le montant à 1\u202f234,50\u00a0€."
    assert (await home.get(path)).json()["detail"] == "Raise the amount to 1,234.50\u00a0€."


async def test_an_unknown_outcome_is_never_called_failed(home):
    answered = await home.get("/v1/test/refusals/outcome_unknown")
    told = await problem(answered, "outcome_unknown")
    assert (told["status"], answered.headers["retry-after"]) == (504, "1")
    assert "same key" in told["detail"]


async def test_a_type_leads_to_its_entry(home):
    told = (await home.get("/nothing")).json()
    entry = (await home.get(told["type"])).json()
    assert (entry["code"], entry["title"]["en"]) == ("not_found", "Nothing at this address")
    listed = (await home.get("/v1/problems")).json()["items"]
    assert [one["code"] for one in listed] == list(catalogue())
    await problem(await home.get("/v1/problems/no_such_code"), "not_found")


async def test_a_payment_without_a_usable_key_is_told_what_to_send(home, payment):
    for headers in ({}, {"Idempotency-Key": "1"}):
        answered = await home.client.post("/v1/test/payments", json=payment, headers=headers)
        await problem(answered, "key_missing")


async def test_a_payment_stands_and_a_retry_gets_the_same_answer(home, payment):
    key = {"Idempotency-Key": str(uuid4())}
    first, again = await home.pay(payment, **key), await home.pay(payment, **key)
    assert (first.status_code, first.content) == (201, again.content)


def test_the_catalogue_holds_every_code_once_and_in_both_languages():
    published = [refusal.code for refusal in refusals()]
    assert set(catalogue()) == {*published, *HTTP_CODES}
    for entry in catalogue().values():
        for words in entry.words.values():
            assert words.title
            assert words.title[-1] != "."
            assert words.advice[-1] == "."
