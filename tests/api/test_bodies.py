"""What comes in is strict: an amount is a whole number or nothing, a body is JSON or nothing."""

import json

import pytest

from api.wire.shapes import AMOUNT_MAX
from tests.api.test_answers import problem

HEAD = (
    b"POST /v1/test/payments HTTP/1.1\r\nHost: h\r\nAccept-Language: en\r\n"
    b"Idempotency-Key: 6f9619ff-8b86-4d01-b42d-00cf4fc964ff\r\n"
)
JSON = b"Content-Type: application/json\r\n"
FULL_WIDTH = "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}"
# reliability test 39, as JSON texts; what is no JSON at all is malformed_body.
NO_AMOUNTS = [
    *("-1", "0", "1e2", "0.001", "1.005", "1.0", "NaN", "Infinity", "null", "true", "[1]", "{}"),
    *('"NaN"', '"Infinity"', '"1e-3"', '"1,50"', '"0x10"', '"1"', f'"{FULL_WIDTH}"'),
    *(str(2**53), str(2**63 - 1), str(2**63), str(10**30)),
    *("9" * 4096, f'"{"9" * 4096}"'),
]
NO_JSON = [FULL_WIDTH, "0x10", "1,50", "01", "+1", "1_000", "9" * 5000]


def request(body, *, headers=JSON):
    return HEAD + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def entries(books):
    return await books.connection.fetchval("select count(*) from ledger.journal")


async def send(home, text):
    headers = {"Content-Type": "application/json", "Idempotency-Key": HEAD.decode()[-38:-2]}
    return await home.client.post("/v1/test/payments", content=text, headers=headers)


@pytest.mark.parametrize("amount", NO_AMOUNTS, ids=lambda text: text[:24])
async def test_what_is_no_whole_number_of_cents_is_refused_and_writes_nothing(
    home, books, payment, amount
):
    before = await entries(books)
    text = json.dumps(payment).replace('"amount": 1,', f'"amount": {amount},')
    told = await problem(await send(home, text), "malformed_amount")
    assert told["errors"][0]["pointer"] == "/amount"
    assert await entries(books) == before


@pytest.mark.parametrize("amount", NO_JSON, ids=lambda text: text[:24])
async def test_what_is_no_number_at_all_is_no_body(home, books, payment, amount):
    before = await entries(books)
    text = json.dumps(payment).replace('"amount": 1,', f'"amount": {amount},')
    await problem(await send(home, text), "malformed_body")
    assert await entries(books) == before


async def test_the_largest_whole_number_is_an_amount_that_the_ledger_refuses(home, payment):
    body = payment | {"amount": {"amount": AMOUNT_MAX, "currency": "BSL"}}
    await problem(await home.pay(body), "malformed_amount")
    body["amount"]["amount"] = 10**12
    await problem(await home.pay(body), "insufficient_funds")


@pytest.mark.parametrize("currency", ["bsl", "USD", "", "BSLX", "BSL\n", 1, None, ["BSL"]])
async def test_another_currency_is_no_amount(home, payment, currency):
    body = payment | {"amount": {"amount": 1, "currency": currency}}
    await problem(await home.pay(body), "malformed_amount")


async def test_euros_are_an_amount_and_no_bousols(home, payment):
    body = payment | {"amount": {"amount": 1, "currency": "EUR"}}
    assert (await home.pay(body)).status_code == 201  # this route of the tests counts cents only


async def test_each_wrong_field_is_named_without_its_value(home, payment):
    body = payment | {"payer": "Jeanne", "note": "x" * 21, "role": "admin"}
    answered = await home.pay({name: body[name] for name in body if name != "payee"})
    told = await problem(answered, "malformed_body")
    assert {(one["pointer"], one["code"]) for one in told["errors"]} == {
        ("/payer", "int_type"),
        ("/payee", "missing"),
        ("/note", "string_too_long"),
        ("/role", "extra_forbidden"),
    }
    assert "Jeanne" not in answered.text
    assert "At most 20 characters." in answered.text


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "{", "", "\x00", "{}{}", "\ufeff{}"])
async def test_a_body_that_is_no_object_is_refused(home, body):
    await problem(await send(home, body), "malformed_body")


async def test_an_amount_deep_in_brackets_is_refused(home):
    for text in ("[" * 10_000, '{"amount":' * 5_000, '{"amount":{"amount":' + "[" * 10_000):
        await problem(await send(home, text), "malformed_body")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/jsonx"},
    ],
)
async def test_a_body_that_is_not_plain_json_is_415(home, headers):
    answered = await home.client.post("/v1/test/payments", content=b"\x1f\x8b{}", headers=headers)
    await problem(answered, "unsupported_media_type")
    assert answered.headers["accept"] == "application/json"


async def test_json_in_utf_8_may_say_so(home, payment):
    kind = {"Content-Type": 'Application/JSON; charset="UTF-8"'}
    assert (await home.pay(payment, **kind)).status_code == 201


async def test_a_body_declared_too_large_is_refused_before_it_is_read(home):
    head = HEAD + JSON + b"Content-Length: 100000000\r\n\r\n{"
    heard = await home.raw(head)
    assert heard.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too_large"' in heard
    assert b"connection: close" in heard


async def test_a_body_that_grows_too_large_is_refused_on_the_way(home):
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    heard = await home.raw(HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5)
    assert heard == b"" or heard.startswith(b"HTTP/1.1 413 ")


async def test_a_request_cut_at_any_byte_leaves_no_payment_and_no_fault(
    home, books, payment, caplog
):
    whole = request(json.dumps(payment).encode())
    before = await entries(books)
    for length in range(0, len(whole) - 1, 7):
        heard = await home.raw(whole[:length], close=True)
        assert not heard.startswith(b"HTTP/1.1 5"), whole[:length]
    assert await entries(books) == before
    assert (await home.raw(whole)).startswith(b"HTTP/1.1 201 ")
    assert not caplog.records


NO_HTTP = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    "no version": b"GET /healthz\r\n\r\n",
    "a method nobody knows": b"FLY /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
    "a header without a colon": b"GET /healthz HTTP/1.1\r\nHost h\r\n\r\n",
    "two lengths": HEAD + JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": HEAD + JSON + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "a length that is none": HEAD + JSON + b"Content-Length: -1\r\n\r\n{}",
    "a length beyond numbers": HEAD + JSON + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
    "a chunk that is none": HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a path that is none": b"GET \xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n",
    "a star": b"GET * HTTP/1.1\r\nHost: h\r\n\r\n",
    "a tunnel": b"CONNECT other:443 HTTP/1.1\r\nHost: h\r\n\r\n",
    "a whole address": b"GET http://other/healthz HTTP/1.1\r\nHost: h\r\n\r\n",
    "a websocket": b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\n\r\n",
    "percent signs": b"GET /v1/problems/%ff%00%zz HTTP/1.1\r\nHost: h\r\n\r\n",
    "dots": b"GET /v1/../../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n",
    "a query of noise": b"GET /v1/cover?%ff=%00&&&=;= HTTP/1.1\r\nHost: h\r\n\r\n",
    "a body where none is read": b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + JSON
    + b"Content-Length: 2\r\n\r\n{}",
    "two requests in one": b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET /nothing HTTP/1.1\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("data", NO_HTTP.values(), ids=list(NO_HTTP))
async def test_noise_is_answered_without_a_fault_or_not_at_all(home, data, capfd):
    heard = await home.raw(data)
    assert not heard.startswith(b"HTTP/1.1 5")
    assert heard == b"" or heard.startswith(b"HTTP/1.1 ")
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    assert "failed" not in told.out + told.err
    assert (await home.get("/healthz")).status_code == 200


async def test_what_is_no_http_gets_a_problem(home):
    heard = await home.raw(NO_HTTP["noise"])
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in heard
    assert b'"code": "malformed_request"' in heard


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 200_000,
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    ],
    ids=["one header", "an endless header", "a long address", "many headers"],
)
async def test_a_head_beyond_16_kib_is_refused(home, head):
    heard = await home.raw(head)
    assert heard == b"" or heard.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 404 ")), heard[:200]
    assert (await home.get("/healthz")).status_code == 200
