"""What the tour is made of: chapters of steps, each with its words and the act it performs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from api.tour.stage import Stage
    from api.wire.figures import Language

Scene = Callable[["Stage"], Awaitable[None]]
"""What happens in a step: it posts, or shows what is refused."""


class Text(NamedTuple):
    """A sentence in both languages."""

    fr: str
    en: str

    def said(self, language: Language) -> str:
        """The sentence in one of them."""
        return self.fr if language == "fr" else self.en

    def filled(self, **values: str) -> Text:
        """The sentence with its {names} in place."""
        return Text(self.fr.format(**values), self.en.format(**values))


class Cover(NamedTuple):
    """L and C in cents and R in 1/21 of a euro-cent, as reckoned by hand."""

    debt: int
    issued: int
    remainder: int


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the story.

    Attributes:
        flow: its number in the domain model, such as F-01.
        title: what happens, in words.
        scene: what is done.
        leaves: L, C and R afterwards, where somebody reckoned them by hand beforehand.
    """

    flow: str
    title: Text
    scene: Scene
    leaves: Cover | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Steps that belong together."""

    title: Text
    steps: list[Step] = field(default_factory=list)

    def step(
        self, flow: str, *, fr: str, en: str, leaves: tuple[int, int, int] | None = None
    ) -> Callable[[Scene], Scene]:
        """The decorated scene is the next step of this chapter."""

        def add(scene: Scene) -> Scene:
            hand = Cover(*leaves) if leaves else None
            self.steps.append(Step(flow, Text(fr, en), scene, hand))
            return scene

        return add
