"""Many who come at once are answered in turn; nobody waits while garbage is looked through."""

import asyncio
import gc
import socket

import uvicorn
import uvloop

from api.serve import Server, listening
from tests.patience import until

CALLERS = 128
REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Caller(asyncio.Protocol):
    """Asks, and as soon as it is answered asks again; `answered` is how often it was."""

    def connection_made(self, transport):
        self.answered, self.transport = 0, transport
        transport.write(REQUEST)

    def data_received(self, data):
        self.answered += data.count(b"HTTP/1.1 204")
        self.transport.write(REQUEST)


async def serve(queued):
    """Serve those who came before the service did, until each was answered once."""
    settings = uvicorn.Config(
        app, http="httptools", lifespan="off", log_config=None, timeout_graceful_shutdown=1
    )
    loop = asyncio.get_running_loop()
    with listening("127.0.0.1", 0) as door:
        server, address = Server(settings), door.getsockname()
        sockets = [socket.create_connection(address) for _ in range(queued)]
        made = [loop.create_connection(Caller, sock=one) for one in sockets]
        callers = [caller for _, caller in await asyncio.gather(*made)]
        task = asyncio.create_task(server.serve([door]))
        try:
            await until(
                lambda: server.started and all(caller.answered for caller in callers), every=0
            )
            return [caller.answered for caller in callers], gc.get_freeze_count()
        finally:
            for caller in callers:
                caller.transport.abort()
            server.should_exit = True
            await task


def run(queued):
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(queued))
    finally:
        gc.unfreeze()


def test_the_last_of_many_who_come_at_once_is_not_kept_waiting():
    answered, _ = run(CALLERS)
    assert max(answered) <= CALLERS / 4


def test_what_a_service_begins_with_is_not_looked_through_again():
    _, frozen = run(1)
    assert frozen > len(gc.get_objects()) / 2
