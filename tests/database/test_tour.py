import io
import os
import re
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from rich.console import Console

from api.tour import ending, play
from api.tour.chapters import CHAPTERS
from api.tour.printing import Printer
from api.tour.stage import ProofFailed, Stage
from api.tour.story import Chapter, Text
from api.wire.figures import Figures
from ledger.audit import AuditReport, Proved
from ledger.store import Head

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def admin_url(server):
    return server.url(database="postgres", user="postgres")


@pytest.fixture
def told(monkeypatch):
    """What the tour prints, as a pipe would get it."""
    out = io.StringIO()

    def printing(figures, code):
        return Printer(figures, code, Console(file=out, width=80, highlight=False))

    monkeypatch.setattr(play, "Printer", printing)
    return out


async def tours(admin_url):
    connection = await asyncpg.connect(admin_url)
    try:
        return [row[0] for row in await connection.fetch(play._ALL_TOURS)]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("language", "proof"),
    [
        ("fr", "Chaque Bou’Sol est couvert : 2\u202f586,53 € sont gardés"),
        ("en", "Every Bou’Sol is covered: 2,586.53 € are held"),
    ],
)
async def test_the_tour_goes_through_every_flow_and_ends_with_its_proof(
    admin_url, told, language, proof
):
    assert await play.tour(admin_url, Figures(language), pause=False) is True
    text = told.getvalue()
    assert proof in text.replace("\xa0", " ")
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
    flows = {int(number) for number in re.findall(r"\(F-(\d\d)\)", text)}
    assert flows == set(range(1, 38))
    assert await tours(admin_url) == []


async def test_a_proof_that_fails_ends_the_tour_and_says_so(admin_url, told, monkeypatch):
    chapter = Chapter(Text("Un", "One"))

    @chapter.step("F-01", fr="Rien", en="Nothing", leaves=(1, 1, 1))
    async def _nothing(stage):
        pass

    monkeypatch.setattr(play, "CHAPTERS", (chapter,))
    assert await play.tour(admin_url, Figures("en"), pause=False) is False
    assert "■ A proof fails" in told.getvalue()
    assert await tours(admin_url) == []


async def test_a_refusal_nobody_expected_fails_the_tour(admin_url, told, monkeypatch):
    chapter = Chapter(Text("Un", "One"))

    @chapter.step("F-10", fr="Sans argent", en="Without money")
    async def _empty(stage):
        await stage.pay(("alice", "BSL.M.ferme", 1))

    monkeypatch.setattr(play, "CHAPTERS", (chapter,))
    assert await play.tour(admin_url, Figures("fr"), pause=False) is False
    assert "insufficient_funds" in told.getvalue()


async def test_an_act_that_should_have_been_refused_is_no_proof(admin_url, told, monkeypatch):
    chapter = Chapter(CHAPTERS[0].title, [CHAPTERS[0].steps[0]])

    @chapter.step("F-10", fr="Trop", en="Too much")
    async def _too_much(stage):
        from ledger import flows  # noqa: PLC0415  why: only here

        alice, bob = stage["BSL.W.alice"], stage["BSL.W.bob"]
        sent = flows.p2p(stage.act("alice"), payer=alice, payee=bob, bousol_cents=1)
        with pytest.raises(ProofFailed, match="P2P was not refused"):
            await stage.refused(sent)
        raise ProofFailed("seen")

    monkeypatch.setattr(play, "CHAPTERS", (chapter,))
    assert await play.tour(admin_url, Figures("fr"), pause=False) is False
    assert "seen" in told.getvalue()


async def test_what_a_killed_tour_left_is_dropped_by_the_next(admin_url, told, monkeypatch):
    connection = await asyncpg.connect(admin_url)
    await connection.execute("create database bousol_tour_999999999")
    await connection.close()
    monkeypatch.setattr(play, "CHAPTERS", ())
    await play.tour(admin_url, Figures("fr"), pause=False)
    assert await tours(admin_url) == []


async def test_on_a_terminal_there_are_colours_a_bar_and_a_pause_after_each_step(
    admin_url, monkeypatch
):
    out, pauses = io.StringIO(), []

    class Terminal(Console):
        def input(self, prompt="", **_):
            pauses.append(str(prompt))
            return ""

    def printing(figures, code):
        return Printer(figures, code, Terminal(file=out, width=90, force_terminal=True))

    monkeypatch.setattr(play, "Printer", printing)
    monkeypatch.setattr(play, "CHAPTERS", CHAPTERS[:1])
    assert await play.tour(admin_url, Figures("fr"), pause=True) is True
    assert pauses == ["Entrée pour la suite…"] * len(CHAPTERS[0].steps)
    assert "\x1b[" in out.getvalue()


async def test_an_audit_that_finds_something_fails_the_tour(admin_url, told, monkeypatch):
    report = AuditReport()
    report[Proved.LAW].fail("journal", "seq 7", "21 L - 20 C", stored=1, expected=0)

    async def finds(connect):
        return report

    monkeypatch.setattr(ending, "audit", finds)
    monkeypatch.setattr(play, "CHAPTERS", ())
    assert await play.tour(admin_url, Figures("en"), pause=False) is False
    assert "law, journal seq 7: 21 L - 20 C 1 (0)" in told.getvalue()


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (Head(1, NOON, 20_00, 21_00, 1, 20_00, b""), "21 L - 20 C is 0 and R is 1"),
        (Head(1, NOON, 20_00, 21_00, 0, 19_99, b""), "1999 cents held for 2000 owed"),
    ],
)
def test_each_step_keeps_the_law_and_the_cover(head, what):
    with pytest.raises(ProofFailed, match=what):
        play._check(CHAPTERS[0].steps[0], head)


def test_what_is_not_so_is_no_proof():
    nobody: Any = None
    stage = Stage(nobody, nobody, nobody)
    stage.prove(so=True, what="the sea is wet")
    with pytest.raises(ProofFailed, match="the sea is dry"):
        stage.prove(so=False, what="the sea is dry")


def test_a_tour_is_left_alone_while_its_process_lives():
    assert play._lives(os.getpid())
    assert play._lives(1)
    assert not play._lives(999_999_999)
