"""Who asks much and reads little holds a socket and nothing else, and not for ever."""

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from api.process import protocol, stalls
from api.services import BOUNDS
from tests.api.house import house, raw
from tests.database.world import tell
from tests.patience import until

LARGE = b"GET /v1/openapi.json HTTP/1.1\r\nHost: h\r\n\r\n"
SMALL = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
LAST = LARGE[:-2] + b"Connection: close\r\n\r\n"
NAP = b"GET /v1/test/nap?seconds=1 HTTP/1.1\r\nHost: h\r\n\r\n"


async def deaf(port, asked):
    """A socket with a small window that asks, and does not read until it is told to."""
    loop = asyncio.get_running_loop()
    one = socket.socket()
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    await loop.sock_connect(one, ("127.0.0.1", port))
    await loop.sock_sendall(one, asked)
    return one


@asynccontextmanager
async def many(port, count, asked):
    sockets = [await deaf(port, asked) for _ in range(count)]
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


async def read_all(one, *, pause=0.0, bytes_max=65_536):
    """What comes until the other side ends it; True when it was cut off."""
    heard, loop = b"", asyncio.get_running_loop()
    try:
        while part := await asyncio.wait_for(loop.sock_recv(one, bytes_max), 15):
            heard += part
            await asyncio.sleep(pause)
    except ConnectionResetError:
        return heard, True
    return heard, False


def active(home):
    return home.services.meter.active._value.get()


def connections(home):
    return home.server.server_state.connections


async def test_200_who_do_not_read_hold_no_place_and_slow_nobody(fresh_database):
    """Each asks for four large answers: the second waits for the first to be taken."""
    async with house(fresh_database, bounds=replace(BOUNDS, requests_max=20)) as home:
        async with many(home.port, 200, LARGE * 4):
            await asyncio.sleep(0.5)
            answers = [await home.told("GET", "/v1/problems") for _ in range(100)]
            assert {status for status, _, _ in answers} == {200}
            assert active(home) == 0
        tell(f"200 who do not read: the longest of 100 others {max(s for *_, s in answers):.3f} s")


@pytest.mark.parametrize("asked", [LARGE * 4, LARGE * 3 + LAST], ids=["stays", "closes"])
async def test_who_takes_nothing_is_let_go(home, monkeypatch, asked):
    monkeypatch.setattr(stalls, "WRITE_SECONDS", 0.3)
    before = len(connections(home))
    async with many(home.port, 20, asked):
        await until(lambda: len(connections(home)) > before)
        await until(lambda: len(connections(home)) <= before)


async def test_who_hangs_up_on_one_side_and_takes_nothing_is_let_go(home, monkeypatch):
    monkeypatch.setattr(stalls, "WRITE_SECONDS", 0.3)
    before = len(connections(home))
    async with many(home.port, 20, LARGE) as sockets:
        for one in sockets:
            one.shutdown(socket.SHUT_WR)
        await until(lambda: len(connections(home)) <= before)


async def test_who_reads_slowly_reads_all_of_it(home, monkeypatch):
    monkeypatch.setattr(stalls, "WRITE_SECONDS", 0.3)
    whole = (await home.get("/v1/openapi.json")).content
    async with many(home.port, 1, LARGE + LAST) as [one]:
        begun = time.monotonic()
        heard, cut = await read_all(one, pause=0.01, bytes_max=16_384)
    tell(f"{len(heard)} bytes read in {time.monotonic() - begun:.1f} s")
    assert not cut
    assert heard.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert heard.endswith(whole)
    assert time.monotonic() - begun > 4 * stalls.WRITE_SECONDS


async def test_the_requests_behind_an_answer_are_answered_once_it_is_taken(home):
    closing = SMALL[:-2] + b"Connection: close\r\n\r\n"
    async with many(home.port, 1, LARGE * 3 + SMALL * 5 + closing) as [one]:
        await asyncio.sleep(0.2)
        heard, cut = await read_all(one)
    assert (heard.count(b"HTTP/1.1 200 OK\r\n"), cut) == (9, False)


async def test_a_new_connection_takes_the_place_of_one_that_asks_nothing(home, monkeypatch):
    """As many sockets as there may be, each with one answer; half a body counts as nothing, too."""
    idle = b"POST /v1/test/payments HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    async with (
        many(home.port, 30, LARGE),
        many(home.port, 10, idle + b"Content-Length: 9\r\n\r\n{"),
    ):
        await asyncio.sleep(0.3)
        monkeypatch.setattr(protocol, "CONNECTIONS_MAX", len(connections(home)))
        for _ in range(len(connections(home)) + 5):
            assert (await raw(home.port, SMALL)).startswith(b"HTTP/1.1 200 ")


async def test_who_is_being_answered_keeps_its_place(home, monkeypatch):
    async with many(home.port, 5, NAP) as asking:
        await until(lambda: active(home) == 5)
        monkeypatch.setattr(protocol, "CONNECTIONS_MAX", 5)
        told = await asyncio.gather(*(raw(home.port, SMALL) for _ in range(20)))
        assert {answer[9:12] for answer in told} <= {b"200", b"503", b""}
        loop = asyncio.get_running_loop()
        answers = [await asyncio.wait_for(loop.sock_recv(one, 4_096), 15) for one in asking]
    assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
