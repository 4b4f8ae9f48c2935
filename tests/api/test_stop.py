"""A stop closes the door, answers what is inside, commits what was posted, and ends."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from uuid import uuid4

import pytest

from api.failures import Failure
from api.serve import listening
from ledger.paying import CHAIN_LOCK
from tests.api.house import WITH_ACTS, served

REQUEST = """\
GET {path} HTTP/1.1\r
Host: h\r
\r
"""


async def ask(port, text):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    await writer.drain()
    return reader, writer


async def test_what_was_accepted_before_a_stop_is_answered_and_stands(
    fresh_database, books, payment
):
    before = await books.connection.fetchval("select count(*) from ledger.journal")
    async with served(fresh_database, *WITH_ACTS) as (process, port):
        nap, nap_writer = await ask(port, REQUEST.format(path="/v1/test/nap?seconds=1"))
        idle, idle_writer = await asyncio.open_connection("127.0.0.1", port)
        async with books.connection.transaction():
            await books.connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
            body = json.dumps(payment)
            paying = [
                await ask(
                    port,
                    "POST /v1/test/payments HTTP/1.1\r\nHost: h\r\nContent-Type: application/json"
                    f"\r\nIdempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n{body}",
                )
                for _ in range(50)
            ]
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
        answers = [await asyncio.wait_for(reader.read(), 10) for reader, _ in paying]
        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 201"}
        assert (await asyncio.wait_for(nap.read(), 10)).startswith(b"HTTP/1.1 200 ")
        assert await asyncio.wait_for(idle.read(), 10) == b""
        assert await asyncio.wait_for(process.wait(), 15) == 0
        for writer in (nap_writer, idle_writer, *(writer for _, writer in paying)):
            writer.close()
    after = await books.connection.fetchval("select count(*) from ledger.journal")
    assert after - before == 50


async def test_serve_says_where_it_is_answers_and_logs_no_query(fresh_database):
    async with served(fresh_database) as (process, port):
        secret = "/v1/problems/jeanne-dupont?name=jeanne"
        reader, writer = await ask(port, REQUEST.format(path=secret))
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 400 ")
        writer.close()
        noise, writer = await ask(port, "noise\r\n\r\n")
        assert (await noise.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        process.send_signal(signal.SIGINT)
        logged = (await process.stderr.read()).decode()
        assert await asyncio.wait_for(process.wait(), 15) == 130
    assert "jeanne" not in logged
    told = [json.loads(line) for line in logged.splitlines() if line]
    request = next(one for one in told if one["event"] == "request")
    assert request["route"] == "/v1/problems/{code}"
    assert (request["status"], request["level"]) == (400, "info")
    assert set(request) == {
        "event", "level", "timestamp", "method", "route", "status", "ms", "request_id", "trace_id",
    }  # fmt: skip


def test_an_address_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"^127.0.0.1:{port} cannot be listened on: .+[.]$"):
            listening("127.0.0.1", port)


async def test_a_database_that_is_away_is_one_sentence(fresh_database):
    away = {"BOUSOL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    process = await asyncio.create_subprocess_exec(
        *(f"{sys.prefix}/bin/bousol", "serve", "--port", "0"),
        env=os.environ | away,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, told = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert re.fullmatch(r"bousol: The database cannot be reached: .+[.]\n", told.decode())
