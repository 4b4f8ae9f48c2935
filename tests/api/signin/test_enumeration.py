"""Who is not here is answered like who is: same status, same words, and as late.

The clock of the service is put forward before each try, so that no try is refused for coming too
soon; hashes are quick, so that a difference of a row read or written would show.
"""

import json
import time
from datetime import timedelta
from statistics import median, quantiles
from uuid import uuid4

import pytest

from admin.logins import pins
from admin.logins.tokens import new_token
from admin.losses import recovery
from admin.means.card_numbers import new_number
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.roles import Role
from tests.api.signin.people import PHRASE, ask, card_of, login_of
from tests.database.world import tell

BY_NIGHT, BY_DAY = 2_000, 150
APART_MS_MAX = 1.0
NOISE = 3
"""How many standard errors of a difference of two medians are chance, on a machine at work."""
MOMENT = timedelta(seconds=31)


def shape(answer):
    """Status, the names of the headers, and the body without its trace id."""
    told = json.loads(answer.content)
    del told["trace_id"]
    return answer.status_code, tuple(sorted(answer.headers)), json.dumps(told, sort_keys=True)


async def measured(town, cases, count):
    """The shapes that were seen, and the milliseconds of each case, one after the other in turn."""
    shapes, ms = set(), dict[str, list[float]]((name, []) for name in cases)
    for _ in range(count):
        for name, (path, making) in cases.items():
            body = await making()
            town.services.clock.ahead += MOMENT
            begun = time.perf_counter()
            answer = await ask(town.house, path, body, address="10.0.0.1")
            ms[name].append((time.perf_counter() - begun) * 1_000)
            shapes.add(shape(answer))
    return shapes, ms


def chance_ms(ms):
    """How far two medians lie apart by chance, from how far single tries do."""
    spreads = []
    for values in ms.values():
        quarters = quantiles(values, n=4)
        deviation = (quarters[2] - quarters[0]) / 1.349
        spreads.append(1.253 * deviation / len(values) ** 0.5)
    return NOISE * max(spreads) * 2**0.5


def told(what, ms):
    """The figures, and how far the medians lie apart."""
    medians = {name: median(values) for name, values in ms.items()}
    for name, values in ms.items():
        tenths = quantiles(values, n=10)
        tell(f"59: {what}, {name}: {len(values)} tries, median {medians[name]:.2f} ms,"
             f" p10 {tenths[0]:.2f}, p90 {tenths[-1]:.2f}")  # fmt: skip
    return max(medians.values()) - min(medians.values())


async def judged(town, what, path, cases, count):
    shapes, ms = await measured(town, {n: (path, making) for n, making in cases.items()}, count)
    apart, chance = told(what, ms), chance_ms(ms)
    tell(f"59: {what}: {len(shapes)} answer, medians {apart:.2f} ms apart,"
         f" of which chance up to {chance:.2f}")  # fmt: skip
    assert len(shapes) == 1
    assert apart < APART_MS_MAX + chance
    return next(iter(shapes))


@pytest.fixture
async def steady(town):
    """Whatever is made first is made: connections, the hash of nobody."""
    for _ in range(20):
        body = {"identifier": "nobody@example.org", "password": PHRASE}
        town.services.clock.ahead += MOMENT
        await ask(town.house, "/v1/sessions", body, address="10.0.0.2")


def always(body):
    async def making():
        return body

    return making


@pytest.fixture(params=[BY_DAY, pytest.param(BY_NIGHT, marks=pytest.mark.night)])
def count(request):
    return request.param


@pytest.mark.clock
async def test_an_unknown_login_is_answered_like_a_known_one(town, steady, count):
    login = await login_of(town, await town.resident())
    wrong = {"password": "another phrase than that"}
    cases = {
        "a known login": always(login.given | wrong),
        "an unknown login": always({"identifier": f"{uuid4().hex}@example.org"} | wrong),
    }
    status, _, body = await judged(town, "login", "/v1/sessions", cases, count)
    assert (status, json.loads(body)["code"]) == (401, "bad_credentials")


@pytest.mark.clock
async def test_an_unknown_card_is_answered_like_a_known_a_locked_and_a_replaced_one(
    town, steady, count
):
    known, locked, replaced = [await town.resident() for _ in range(3)]
    numbers = {who.user: await card_of(town, who) for who in (known, locked, replaced)}
    newer = await card_of(town, replaced)
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.pin set tries = 5 where user_id = '{locked.user}'"
        )
        await rows.exec_driver_sql(
            "update admin.card set replaces = (select id from admin.card where number ="
            f" '{numbers[replaced.user]}') where number = '{newer}'"
        )

    async def of_known():
        async with town.services.rows() as rows:
            await pins.set_pin(
                rows, town.services.pepper, user=known.user, pin="4711", actor=known.user,
                at=town.now,
            )  # fmt: skip
        return {"number": numbers[known.user], "pin": "7777"}

    async def of_nobody():
        return {"number": new_number(), "pin": "7777"}

    cases = {
        "a known card": of_known,
        "an unknown one": of_nobody,
        "a locked PIN": always({"number": numbers[locked.user], "pin": "4711"}),
        "a replaced card": always({"number": numbers[replaced.user], "pin": "4711"}),
    }
    status, _, body = await judged(town, "card", "/v1/look-sessions", cases, count)
    assert (status, json.loads(body)["code"]) == (401, "bad_credentials")


@pytest.mark.clock
async def test_an_unknown_recovery_is_answered_like_a_used_one_and_one_that_is_over(
    town, steady, count
):
    clerk = await town.somebody(Role.COMPTOIR)
    tokens = []
    for used in (town.now, None):
        who = await town.resident()
        async with town.services.rows() as rows:
            tokens.append(await recovery.offer(rows, user=who.user, actor=clerk.user, at=town.now))
            if used:
                await recovery.redeem(rows, tokens[-1], town.now)
    town.services.clock.ahead += recovery.LIFE
    more = {"password": PHRASE, "identifier": "somebody@example.org"}
    cases = {
        "a used one": always({"token": tokens[0]} | more),
        "one that is over": always({"token": tokens[1]} | more),
        "an unknown one": always({"token": new_token()} | more),
    }
    status, _, body = await judged(town, "recovery", "/v1/recovered-logins", cases, count)
    assert (status, json.loads(body)["code"]) == (409, "recovery_unusable")


@pytest.mark.clock
async def test_an_unknown_invitation_is_answered_like_a_used_and_an_unconfirmed_one(
    town, steady, count
):
    owner, technician = [await town.somebody(r) for r in (Role.MERCHANT, Role.TECHNICIAN)]
    taker, tokens = await town.resident(), []
    async with town.services.rows() as rows:
        for who, role in ((owner, Role.CASHIER), (technician, Role.TREASURER)):
            by = await granting.grant_of(rows, who.grant)
            offered = Invitation(uuid4(), who.party, role, by)
            tokens.append(await invitations.invite(rows, offered, town.now))
        await invitations.accept(rows, tokens[0], user=taker.user, grant=uuid4(), at=town.now)
    more = {"name": "Camille", "identifier": "somebody@example.org", "password": PHRASE}
    cases = {
        "a used one": always({"invitation": tokens[0]} | more),
        "an unconfirmed one": always({"invitation": tokens[1]} | more),
        "an unknown one": always({"invitation": new_token()} | more),
    }
    status, _, body = await judged(town, "invitation", "/v1/logins", cases, count)
    assert (status, json.loads(body)["code"]) == (409, "invitation_unusable")
