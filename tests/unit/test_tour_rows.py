import io
from uuid import UUID

from rich.console import Console

from api.tour.chapters import CHAPTERS
from api.tour.printing import Printer
from api.tour.rows import Row, rows
from api.tour.story import Text
from api.tour.words import spaced
from api.wire.figures import Figures
from ledger.chart import Commodity, Side
from ledger.journal import Recorded, Transfer
from ledger.kinds import Kind

CODES = {1: "EUR.A.GUAR", 2: "EUR.L.CIRC", 3: "BSL.X.ISSUED", 4: "BSL.W.alice"} | {
    10 + n: f"BSL.LOT.e{n}" for n in range(1, 12)
}


def entry(*transfers):
    return Recorded(1, UUID(int=1), Kind.PAYMENT, tuple(Transfer(*t) for t in transfers))


def test_debits_come_before_credits_and_euros_before_bousols():
    lines = rows([entry((3, 4, 21_00), (1, 2, 20_00))], CODES.__getitem__)
    assert [row.code for row in lines] == [CODES[n] for n in (1, 2, 3, 4)]
    assert [row.side for row in lines] == [Side.DEBIT, Side.CREDIT] * 2


def test_an_account_touched_twice_on_one_side_is_one_line():
    lines = rows([entry((4, 11, 7), (4, 12, 5))], CODES.__getitem__)
    assert lines[0] == Row("BSL.W.alice", Side.DEBIT, Commodity.BSL, 12)


def test_accounts_alike_become_one_line_from_the_first_to_the_last():
    entries = [entry((4, 10 + n, 52_50)) for n in (9, 11, 10, 3)]
    lines = rows(entries, CODES.__getitem__)
    assert lines[1] == Row("BSL.LOT.e3…e11", Side.CREDIT, Commodity.BSL, 52_50, times=4)


def test_two_alike_are_told_apart():
    lines = rows([entry((4, 11, 5), (4, 12, 5))], CODES.__getitem__)
    assert [row.code for row in lines[1:]] == ["BSL.LOT.e1", "BSL.LOT.e2"]


def test_french_signs_keep_to_their_words():
    nbsp = "\N{NO-BREAK SPACE}"
    assert spaced("« Oui » : 1 000,00 € ?", "fr") == (
        f"«{nbsp}Oui{nbsp}»{nbsp}: 1{nbsp}000,00{nbsp}€{nbsp}?"
    )
    assert spaced("the grocer's 5.00 B", "en") == f"the grocer’s 5.00{nbsp}B"


def test_every_step_is_told_in_both_languages():
    titles = [step.title for chapter in CHAPTERS for step in chapter.steps]
    assert all(text.fr and text.en and text.fr != text.en for text in titles)


def test_what_fails_is_said_with_a_red_can():
    out = io.StringIO()
    printer = Printer(Figures("en"), CODES.__getitem__, Console(file=out, width=80))
    printer.proof(Text("", "A proof fails."), mark="■", style="red")
    printer.flush()
    assert out.getvalue() == "■ A proof fails.\n"
