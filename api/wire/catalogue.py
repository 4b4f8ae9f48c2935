"""What goes wrong, in French and English: one entry for each published code, in catalogue.toml.

Refusals know no HTTP; here each code gets its status and its words. The suite compares the codes
with those of the three refusals.py, both ways and in both languages.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import admin.aid.refusals  # why: its refusals are published
import admin.refusals  # noqa: F401  # why: its refusals are published too
import merchants.refusals  # noqa: F401  # why: so are these
from ledger.refusals import PostingRefusal, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.wire.figures import Language

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
"""The languages the service answers in; the first when the reader names neither."""
HTTP_CODES: Final = (
    "malformed_body",
    "fields_contradict",
    "wrong_currency",
    "cursor_unusable",
    "malformed_parameter",
    "malformed_request",
    "key_missing",
    "unauthenticated",
    "forbidden",
    "cross_site",
    "not_found",
    "method_not_allowed",
    "too_slow",
    "too_large",
    "unsupported_media_type",
    "too_many_requests",
    "headers_too_large",
    "internal",
    "unavailable",
    "payment_not_possible",
    "just_taken",
)
"""Codes that are no refusal of the ledger: HTTP's, what a till is told of any refusal, and what it
is asked before it charges twice."""

KeyFate = Literal["none", "free", "final"]


class Words(NamedTuple):
    """A title that never varies, and what to do next."""

    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue.

    Attributes:
        key: what becomes of the idempotency key: `final`, a new try needs a new key; `free`, ask
            again with the same one; `none`, there was no entry yet.
    """

    code: str
    status: int
    words: Mapping[Language, Words]
    key: KeyFate

    @property
    def type(self) -> str:
        """The URI of this kind of problem: where its entry is shown."""
        return f"/v1/problems/{self.code}"


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every entry by its code, in the order of the file."""
    told = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text(encoding="utf-8"))
    return {code: _entry(code, row) for code, row in told.items()}


def refusals(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal that has a published code."""
    for child in base.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from refusals(child)


def _entry(code: str, row: Mapping[str, Any]) -> Entry:
    words: dict[Language, Words] = {name: Words(*row[name]) for name in LANGUAGES}
    return Entry(code, row["status"], words, _fates().get(code, "none"))


@cache
def _fates() -> Mapping[str, KeyFate]:
    """What becomes of the key of an entry that the ledger refused, by code."""
    posting = (refusal for refusal in refusals() if issubclass(refusal, PostingRefusal))
    return {refusal.code: "free" if refusal.transient else "final" for refusal in posting}
