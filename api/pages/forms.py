"""What people type into forms: amounts with a comma, dates, keys; read exactly or not at all."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import ValidationError

from api.gate.proving import PinProof
from api.wire.catalogue import catalogue
from api.wire.ids import new_id
from api.wire.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_AMOUNT: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2})?)?")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")
KEY: Final = "cle"
"""The field of a form that holds the key of its act, made with the page."""
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
"""A form of which nothing was sent yet."""


def cents(text: str) -> int | None:
    """1260 for "12,60", "12.6" is 1260 too; None for what is no amount above nothing."""
    found = _AMOUNT.fullmatch(_SPACES.sub("", text).removesuffix("€").removesuffix("B"))
    if found is None:
        return None
    units, hundredths = found[1], (found[2] or "").ljust(2, "0")
    return int(units + hundredths) or None


def pin_of(text: str) -> PinProof:
    """The secret code as the proof of who typed it.

    Raises:
        Problem: `wrong_pin`; it cannot be one, so no try is counted.
    """
    try:
        return PinProof(pin=text)
    except ValidationError:
        raise Problem("wrong_pin") from None


def next_key(form: Mapping[str, str], wrong: Mapping[str, Any] | None = None) -> UUID:
    """The key for the next try of a form: its own, as long as nothing was answered for good.

    Args:
        form: as it was sent; one that has no key yet gets a new one.
        wrong: what its page says of a refusal, with its code.
    """
    used_up = wrong is not None and catalogue()[wrong["code"]].key == "final"
    try:
        return new_id() if used_up else key_of(form)
    except Problem:
        return new_id()


def key_of(form: Mapping[str, str]) -> UUID:
    """The key that the page was made with.

    Raises:
        Problem: `key_missing`; the page is no page of ours.
    """
    try:
        return UUID(form.get(KEY, ""))
    except ValueError:
        raise Problem("key_missing") from None
