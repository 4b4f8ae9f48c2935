"""The database and the model agree on every act, for any order of acts and any cut into batches."""

from __future__ import annotations

import os
import random  # noqa: TID251  why: a seeded town, the same each time
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.chart import FIRST_OPENED_ACCOUNT
from ledger.conversion import SYMMETRIC, Mode, Redemption, Scheme
from ledger.kinds import Kind
from tests.property.acts import EARLY, MAKERS
from tests.property.ground import Ground
from tests.property.model import Card, Dated, Model
from tests.property.town import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.journal import JournalEntry

SPONSORED = Scheme(redemption=Redemption.SPONSORED)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
"""The model's clock; lots expire long before or long after, so the database's may differ."""
BATCH_MAX = 60
ACTS = 1_500
KINDS_MIN = len(Kind) - 4
NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "night"
SEEDS = range(20) if NIGHT else range(1)
PHASES = tuple(Phase) if NIGHT else (Phase.explicit, Phase.generate)
"""By day a failing town is shown as it is: shrinking one takes minutes."""
SPLITS = (1, 7, BATCH_MAX)


class Drawn:
    """Choices made, and shrunk, by hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def pick(self, among: Sequence[Any]) -> Any:
        return self._data.draw(st.sampled_from(list(among)))

    def number(self, low: int, high: int) -> int:
        return self._data.draw(st.integers(low, high))


class Thrown:
    """Choices made by a seeded generator: the same town each time."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, among: Sequence[Any]) -> Any:
        return self._random.choice(list(among))

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


def conflicts(entry: JournalEntry, waiting: Sequence[JournalEntry], last_seq: int) -> bool:
    """A batch holds a key, a `once`, an origin at most once, none of its own, and no late sweep.

    The poster sees to the first two, nobody knows the seq of what has no answer yet, and the
    others are asked again (code `again`).
    """
    sweeps = entry.kind is Kind.SWEEP and len(waiting) > 0
    return (
        sweeps
        or (entry.origin or 0) > last_seq
        or any(
            (entry.party, entry.key) == (e.party, e.key)
            or (entry.once is not None and entry.once == e.once)
            or (entry.origin is not None and entry.origin == e.origin)
            for e in waiting
        )
    )


class LedgerMachine(RuleBasedStateMachine):
    """Acts are answered by the model at once and by the database batch by batch."""

    url: Callable[[], str]
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground(type(self).url())
        self.world = World()
        self.last_seq = 0
        self.waiting: list[tuple[str, JournalEntry, tuple[Any, ...]]] = []
        for rule_, acceptor in sorted(self.world.acceptance):
            self.ground.call("select ledger.put_acceptance($1, $2, true)", rule_, [acceptor])
        for card, party in ((1, 1), (2, 2)):
            self.ground.call("select ledger.put_card($1, $2, 0::smallint)", card, party)
            self.world.model.cards[card] = Card(party)

    @initialize(data=st.data())
    def a_town_begins(self, data: st.DataObject) -> None:
        for name in EARLY:
            self.act(name, Drawn(data))

    def act(self, name: str, choose: Drawn) -> None:
        entry = MAKERS[name](self.world, choose)
        self.counted[name] += 1
        if conflicts(entry, [e for _, e, _ in self.waiting], self.last_seq):
            self.flush()
        answer = self.world.model.post(entry, NOW)
        self.world.entries.append(entry)
        self.waiting.append((name, entry, (answer.code, answer.seq, answer.balance)))
        if len(self.waiting) >= BATCH_MAX:
            self.flush()

    @rule()
    def flush(self) -> None:
        """What waits goes to the database as one batch, and every answer is compared."""
        for facts in self.world.opened:
            self.ground.open(facts)
        self.world.opened.clear()
        waiting, self.waiting = self.waiting, []
        self.last_seq = len(self.world.model.journal)
        if waiting:
            found = self.ground.post([entry for _, entry, _ in waiting])
            for (name, entry, expected), actual in zip(waiting, found, strict=True):
                assert actual == expected, (name, entry)

    @precondition(lambda self: self.world.model.journal)
    @rule(account=st.integers(0, 30), status=st.sampled_from((0, 0, 1, 2)))
    def an_account_is_suspended_frozen_or_opened_again(self, account: int, status: int) -> None:
        self.flush()
        accounts = [a for a in self.world.model.accounts if a >= FIRST_OPENED_ACCOUNT]
        chosen = accounts[account % len(accounts)]
        self.ground.call("select ledger.set_status($1, $2)", chosen, status)
        self.world.model.accounts[chosen].status = status

    @rule(kind=st.sampled_from(list(Kind)), stopped=st.booleans())
    def a_kind_is_stopped_or_started(self, kind: Kind, stopped: bool) -> None:
        self.flush()
        self.ground.call("select ledger.set_switch($1, $2)", [kind], stopped)
        (self.world.model.stopped.add if stopped else self.world.model.stopped.discard)(kind)

    @rule()
    def every_kind_is_started(self) -> None:
        self.flush()
        self.ground.call("select ledger.set_switch($1, false)", list(Kind))
        self.world.model.stopped.clear()

    @rule(days=st.integers(1, 400))
    def a_period_is_closed(self, days: int) -> None:
        self.flush()
        before = max(self.world.model.closed_before, NOW.date() - timedelta(days=days))
        self.ground.call("select ledger.close_period($1)", before)
        self.world.model.closed_before = before

    @rule(n=st.integers(0, 40))
    def a_key_is_closed(self, n: int) -> None:
        self.flush()
        party, key = (1, self.world.uid()) if n > len(self.world.entries) else (1, None)
        if key is None:
            entry = self.world.entries[-n] if n else self.world.entries[-1]
            party, key = entry.party, entry.key
        row = self.ground.call("select code, number from ledger.close_key($1, $2)", party, key)[0]
        answer = self.world.model.close_key(party, key, NOW)
        assert (row["code"], row["number"]) == (answer.code, answer.seq)

    @rule(n=st.integers(0, 40))
    def what_may_happen_once_is_closed(self, n: int) -> None:
        self.flush()
        known = [entry.once for entry in self.world.entries if entry.once]
        once = known[-n] if 0 < n <= len(known) else self.world.uid()
        row = self.ground.call("select number from ledger.close_once($1)", once)[0]
        assert row["number"] == self.world.model.close_once(once)

    @invariant()
    def the_model_obeys_the_law(self) -> None:
        debt, issued, remainder, reserve = self.world.model.cover
        assert 21 * debt - 20 * issued == remainder >= 0
        assert reserve >= debt
        assert all(a.balance >= 0 for a in self.world.model.accounts.values())

    def teardown(self) -> None:
        with self.ground:
            self.flush()
            agree(self.ground, self.world)


def agree(ground: Ground, world: World) -> None:
    """Balances, versions, cover and sums of the database are the model's."""
    accounts, cover, *_ = ground.state()
    expected = {a: (x.balance, x.version) for a, x in world.model.accounts.items()}
    assert {a: (balance, version) for a, balance, version in accounts} == expected
    assert cover[0] == tuple(world.model.cover)
    sums = ground.call(
        "select commodity, sum(side * balance) as total from ledger.account group by commodity"
    )
    assert {row["total"] for row in sums} == {0}


def _one_rule_per_act() -> None:
    for name in MAKERS:

        def act(self: LedgerMachine, data: st.DataObject, name: str = name) -> None:
            self.act(name, Drawn(data))

        act.__name__ = name
        setattr(LedgerMachine, name, rule(data=st.data())(act))


_one_rule_per_act()


def test_the_database_answers_every_act_as_the_model_does(
    database_factory: Callable[[], str], record_property: Callable[[str, object], None]
) -> None:
    counted: Counter[str] = Counter()

    class Machine(LedgerMachine):
        url = staticmethod(database_factory)

    Machine.counted = counted
    profile = settings.default
    assert profile is not None
    examples = max(40, profile.max_examples // 10)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=60,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            phases=PHASES,
        ),
    )
    sys.stdout.write(f"{sum(counted.values())} acts in {examples} towns: {dict(counted)}\n")
    record_property("acts", sum(counted.values()))
    assert len(counted) > len(MAKERS) * 3 // 4, set(MAKERS) - set(counted)


def _history(seed: int, scheme: Scheme, wallets: Mode) -> tuple[World, list[tuple[Any, ...]]]:
    """A town's life as the model lives it, and the model's answers."""
    world, choose = World(Model(scheme=scheme)), Thrown(seed)
    if scheme.sponsored or wallets is Mode.TRANCHE:
        world.model.policies.append(Dated(NOW, Mode.TRANCHE, wallets))  # see _found
    answers = []
    names = [*EARLY, *(choose.pick([*MAKERS, *EARLY, "pay", "pay", "buy"]) for _ in range(ACTS))]
    for name in names:
        entry = MAKERS[name](world, choose)
        world.entries.append(entry)
        answer = world.model.post(entry, NOW)
        answers.append((answer.code, answer.seq, answer.balance))
    return world, answers


def _replay(ground: Ground, world: World, size: int) -> list[tuple[Any, ...]]:
    """The same life, cut into batches of at most `size`."""
    for rule_, acceptor in sorted(world.acceptance):
        ground.call("select ledger.put_acceptance($1, $2, true)", rule_, [acceptor])
    for facts in world.opened:
        ground.open(facts)
    found: list[tuple[Any, ...]] = []
    waiting: list[JournalEntry] = []
    for entry in world.entries:
        last_seq = max((seq for code, seq, _ in found if code is None), default=0)
        if len(waiting) == size or conflicts(entry, waiting, last_seq):
            found += ground.post(waiting)
            waiting = []
        waiting.append(entry)
    return found + ground.post(waiting)


def _found(ground: Ground, scheme: Scheme, wallets: Mode) -> None:
    """A second policy; a sponsored scheme cannot be enabled without its guard."""
    caps = '{"bonus_month_max_cents": 20000}' if scheme.sponsored else "{}"
    put = "select ledger.put_policy(now(), $1, 'tranche', 0, $2, 1, 2)"
    ground.call(put, wallets.value, caps)
    ground.call("select ledger.fix_scheme(21, 20, $1)", scheme.redemption.value)


@pytest.mark.parametrize(
    ("scheme", "wallets"),
    [(SYMMETRIC, Mode.LINEAR), (SYMMETRIC, Mode.TRANCHE), (SPONSORED, Mode.LINEAR)],
    ids=["symmetric", "tranches", "sponsored"],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_how_a_sequence_is_cut_into_batches_changes_nothing(
    database_factory: Callable[[], str], seed: int, scheme: Scheme, wallets: Mode
) -> None:
    world, expected = _history(seed, scheme, wallets)
    states = []
    for size in SPLITS:
        with Ground(database_factory()) as ground:
            if len(world.model.policies) > 1:
                _found(ground, scheme, wallets)
            found = _replay(ground, world, size)
            for n, (entry, answer) in enumerate(zip(world.entries, expected, strict=True)):
                assert found[n] == answer, (size, n, entry)
            agree(ground, world)
            states.append(ground.state())
            report = ground.audit()
            assert [p for p in report.proofs.values() if p.finding] == []
    assert all(state == states[0] for state in states)
    assert len(world.model.journal) > ACTS // 2
    kinds = {e.kind for e in world.model.journal}
    assert len(kinds) >= KINDS_MIN, set(Kind) - kinds
