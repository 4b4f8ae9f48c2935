"""The bytes of a proof that are signed: fixed in docs/reference/codes.md."""

from __future__ import annotations

import struct
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from admin.aid.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

_TAG: Final = b"bousol proof 1\0"
_FIGURES: Final = (*(field.name for field in fields(Proof)), "spent_euros")
_AT: Final = struct.Struct(f">qq32s{len(_FIGURES)}q")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class At(NamedTuple):
    """The figures of a programme at a head of the chain: its last entry, when, and its hash."""

    seq: int
    posted_at: datetime
    hash: bytes
    proof: Proof


def proof_bytes(programme: UUID, heads: Sequence[At]) -> bytes:
    """A tag, the programme, and each head with its figures in the order of `Proof`."""
    return _TAG + programme.bytes + bytes([len(heads)]) + b"".join(_at(one) for one in heads)


def _at(one: At) -> bytes:
    microseconds = (one.posted_at - _EPOCH) // timedelta(microseconds=1)
    figures = (getattr(one.proof, name) for name in _FIGURES)
    return _AT.pack(one.seq, microseconds, one.hash, *figures)
