"""A page in the design's colours: text that stays in its box, panels, the mark, the sea.

Lengths are millimetres from the top left corner, sizes of type are points, `y` of a text is its
baseline. Text is drawn as it is: nothing in it is markup, and what cannot be seen is left out.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal

from api.papers import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fpdf import FPDF

    from api.wire.figures import Language

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
INK: Final = "#0b2733"
INK_2: Final = "#33474f"
DEEP: Final = "#0b3a4a"
TEAL: Final = "#3f9aa6"
YELLOW: Final = "#ffc833"
GREEN: Final = "#0a6b43"
FOAM: Final = "#f0f4f2"
SUNK: Final = "#e2eae8"
EDGE: Final = "#5f777e"
WHITE: Final = "#ffffff"

_MM: Final = 25.4 / 72
_FAMILY: Final = "Lato"
_CUTS: Final = {"": "Lato-Regular.ttf", "B": "Lato-Bold.ttf"}
_STEP: Final = 0.5
Piece = tuple[str, bool]
"""A part of a paragraph, and whether it is bold."""


@dataclass(frozen=True, slots=True)
class Type:
    """How a text looks.

    Attributes:
        size: in points.
        leading: from one baseline to the next, in sizes.
    """

    size: float
    bold: bool = False
    colour: str = INK
    leading: float = 1.36

    @property
    def line(self) -> float:
        """From one baseline to the next, in millimetres."""
        return self.size * self.leading * _MM

    @property
    def rise(self) -> float:
        """Height of its capitals, in millimetres."""
        return self.size * 0.72 * _MM


def inert(text: str) -> str:
    """A text without what turns, hides or breaks lines; `names.clean` refuses it long before."""
    shown = (" " if c.isspace() and c not in "\u00a0\u202f" else c for c in text)
    return "".join(c for c in shown if not unicodedata.category(c).startswith("C"))


class Sheet:
    """A PDF in the making, of pages without margins: A4, or of another width and height."""

    def __init__(
        self,
        title: str,
        *,
        language: Language,
        on: date,
        size: tuple[float, float] = (WIDTH, HEIGHT),
    ) -> None:
        self.pdf: FPDF = _blank(size)
        self.pdf.set_title(inert(title))
        self.pdf.set_lang(language)
        self.pdf.set_creation_date(datetime.combine(on, time(), UTC))
        self._widths: dict[tuple[str, float, bool], float] = {}
        self._mixes: dict[tuple[tuple[Piece, ...], float, float], list[list[Piece]]] = {}
        self._lines: dict[tuple[str, float, float, bool], list[str]] = {}
        self.pdf.add_page()

    def bytes(self) -> bytes:
        """The whole document."""
        return bytes(self.pdf.output())

    def width_of(self, text: str, look: Type) -> float:
        """How wide a text is on one line; each is measured once, however many letters have it."""
        key = text, look.size, look.bold
        if key not in self._widths:
            self._use(look)
            self._widths[key] = float(self.pdf.get_string_width(inert(text)))
        return self._widths[key]

    def put(
        self, text: str, x: float, y: float, look: Type, align: Literal["L", "C", "R"] = "L"
    ) -> float:
        """One line from, around or up to `x`; how wide it is."""
        shown, width = inert(text), self.width_of(text, look)
        shift = {"L": 0.0, "C": width / 2, "R": width}[align]
        self._use(look)
        if shown:
            self.pdf.text(x - shift, y, shown)
        return width

    def lines_of(self, text: str, width: float, look: Type) -> list[str]:
        """A text in lines of at most `width`; a word that is wider is cut."""
        key = text, width, look.size, look.bold
        if key not in self._lines:
            self._lines[key] = self._broken(text, width, look)
        return self._lines[key]

    def _broken(self, text: str, width: float, look: Type) -> list[str]:
        lines, line = [], ""
        for word in _words(text):
            longer = f"{line} {word}" if line else word
            if self.width_of(longer, look) <= width:
                line = longer
                continue
            lines += [line] if line else []
            *cut, line = self._cut(word, width, look)
            lines += cut
        return [*lines, line]

    def block(self, text: str, x: float, y: float, width: float, look: Type) -> float:
        """A paragraph whose first baseline is `y`; the baseline that would come next."""
        for line in self.lines_of(text, width, look):
            self.put(line, x, y, look)
            y += look.line
        return y

    def mixed(self, pieces: Sequence[Piece], x: float, y: float, width: float, look: Type) -> float:
        """A paragraph of which some pieces are bold; the baseline that would come next.

        A piece stands as far from the next as its own spaces say.
        """
        key = tuple(pieces), width, look.size
        if key not in self._mixes:
            self._mixes[key] = self._mixed(pieces, width, look)
        for line in self._mixes[key]:
            left = x
            for text, bold in line:
                left += self.put(text, left, y, replace(look, bold=bold))
            y += look.line
        return y

    def _mixed(self, pieces: Sequence[Piece], width: float, look: Type) -> list[list[Piece]]:
        """Lines of runs of one cut; what has no space between is never parted."""
        lines: list[list[Piece]] = [[]]
        left = 0.0
        for word in self._glued(pieces, width, look):
            wide = sum(self.width_of(text, replace(look, bold=bold)) for text, bold in word)
            space = self.width_of(" ", look) if left else 0.0
            if left and left + space + wide > width:
                lines.append([])
                left = space = 0.0
            if space:
                lines[-1].append((" ", lines[-1][-1][1] and word[0][1]))
            lines[-1] += word
            left += space + wide
        return [_runs(line) for line in lines]

    def _glued(self, pieces: Sequence[Piece], width: float, look: Type) -> Iterator[list[Piece]]:
        """Words of pieces, each of one or two cuts; a word that is wider than a line is cut."""
        word: list[Piece] = []
        for text, bold in pieces:
            for number, part in enumerate(_words(text)):
                if number and word:
                    yield word
                    word = []
                *whole, rest = self._cut(part, width, replace(look, bold=bold))
                yield from ([(cut, bold)] for cut in whole)
                word += [(rest, bold)] if rest else []
        if word:
            yield word

    def fitted(self, text: str, box: tuple[float, float], look: Type) -> tuple[list[str], Type]:
        """The lines and the largest type, at most `look`, with which a text fits a box."""
        width, height = box
        smaller = look
        lines = self.lines_of(text, width, smaller)
        while len(lines) * smaller.line > height or self._is_cut(text, lines):
            if smaller.size <= 2 * _STEP:
                break
            smaller = replace(smaller, size=smaller.size - _STEP)
            lines = self.lines_of(text, width, smaller)
        return lines, smaller

    def panel(
        self,
        box: tuple[float, float, float, float],
        fill: str,
        *,
        radius: float = 0,
        edge: str = "",
    ) -> None:
        """A rectangle (x, y, width, height), with round corners when `radius` is given."""
        self.pdf.set_fill_color(fill)
        self.pdf.set_draw_color(edge or fill)
        self.pdf.set_line_width(0.3)
        style = "DF" if edge else "F"
        if radius:
            self.pdf.rect(*box, style=style, round_corners=True, corner_radius=radius)
        else:
            self.pdf.rect(*box, style=style)

    def line(self, x: float, y: float, to_x: float, colour: str, *, dashed: bool = False) -> None:
        """A level line."""
        self.pdf.set_draw_color(colour)
        self.pdf.set_line_width(0.35)
        self.pdf.set_dash_pattern(*((1.4, 1.2) if dashed else (0, 0)))
        self.pdf.line(x, y, to_x, y)
        self.pdf.set_dash_pattern()

    def disc(self, x: float, y: float, width: float, word: str) -> None:
        """A numbered disc whose left top corner is given."""
        self.pdf.set_fill_color(DEEP)
        self.pdf.ellipse(x, y, width, width, style="F")
        look = Type(width / _MM * 0.5, bold=True, colour=WHITE)
        self.put(word, x + width / 2, y + width / 2 + look.rise / 2, look, "C")

    def drawing(self, svg: str, x: float, y: float, width: float, height: float) -> None:
        """An SVG of ours, as vectors."""
        self.pdf.image(io.BytesIO(svg.encode()), x=x, y=y, w=width, h=height)

    def brand(self, x: float, y: float, size: float) -> None:
        """The mark, `size` wide, and the word beside it, whose apostrophe is the needle."""
        mark.coin(self.pdf, (x, y), size)
        look = Type(size / _MM * 0.62, bold=True)
        base, left = y + size / 2 + look.rise / 2, x + size * 1.24
        left += self.put("Bou", left, base, look) + size * 0.04
        high = look.rise * 1.1
        mark.needle(self.pdf, (left, base - high * 1.12), high)
        self.put("Sol", left + high / 2 + size * 0.02, base, look)

    def sea(
        self, box: tuple[float, float, float, float], *, wave: float, round_by: float = 0
    ) -> None:
        """Deep water with waves above, over a box; its lower corners may be round."""
        x, y, width, height = box
        crest, half = wave / 4, wave / 2
        count = round(width / half)
        half = width / count
        waves = "".join(
            f"q{half / 2:.3f} {-crest if i % 2 == 0 else crest:.3f} {half:.3f} 0"
            for i in range(count)
        )
        r = round_by
        corners = f"V{height - r}q0 {r} {-r} {r}H{r}q{-r} 0 {-r} {-r}z" if r else f"V{height}H0z"
        self.drawing(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<path fill="{DEEP}" d="M0 {crest / 2:.3f}{waves}{corners}"/></svg>',
            x,
            y,
            width,
            height,
        )

    def rows(self, lines: Sequence[str], x: float, y: float, look: Type) -> float:
        """Lines under one another; the baseline that would come next."""
        for line in lines:
            self.put(line, x, y, look)
            y += look.line
        return y

    def _use(self, look: Type) -> None:
        self.pdf.set_font(_FAMILY, "B" if look.bold else "", look.size)
        self.pdf.set_text_color(look.colour)

    def _cut(self, word: str, width: float, look: Type) -> Iterable[str]:
        piece = ""
        for character in word:
            if piece and self.width_of(piece + character, look) > width:
                yield piece
                piece = ""
            piece += character
        yield piece

    def _is_cut(self, text: str, lines: list[str]) -> bool:
        """Whether a word was cut to fit, which smaller type may avoid."""
        return _words(text) != " ".join(lines).split(" ")


def _runs(line: list[Piece]) -> list[Piece]:
    """Neighbours of one cut as one text."""
    return [
        ("".join(text for text, _ in run), bold) for bold, run in groupby(line, key=itemgetter(1))
    ]


def _words(text: str) -> list[str]:
    """What may stand on a line of its own; French signs stay with the word they belong to."""
    shown = inert(text)
    for sign in "?!:;»":
        shown = shown.replace(f" {sign}", f"\N{NO-BREAK SPACE}{sign}")
    return shown.replace("« ", "«\N{NO-BREAK SPACE}").split(" ")


def _blank(size: tuple[float, float]) -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415  why: 0.4 s, for those who print only

    pdf = FPDF(format="A4" if size == (WIDTH, HEIGHT) else size)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(0, 0, 0)
    pdf.c_margin = 0
    for style, name in _CUTS.items():
        pdf.add_font(_FAMILY, style, str(files("fontpkg_lato") / "files" / name))
    return pdf
