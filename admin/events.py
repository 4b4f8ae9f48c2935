"""What happened to people's means: who, what, when, to what. Ids only, kept for ever.

An event is written in the transaction of the act it tells of; the table refuses every change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from admin.tables import EVENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "people"
"""The channel on which other processes hear that what they know of a user is out of date."""


class Happened(StrEnum):
    """The closed list of acts that leave an event."""

    ACCOUNT_OPENED = "account_opened"
    TIER_RAISED = "tier_raised"
    PERSON_COMPLETED = "person_completed"
    MESSAGE_TOLD = "message_told"
    HOLDER_SHOWN = "holder_shown"
    PERSON_ERASED = "person_erased"
    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    INVITED = "invited"
    INVITATION_CONFIRMED = "invitation_confirmed"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_ACCEPTED = "invitation_accepted"
    PASSWORD_SET = "password_set"  # noqa: S105  why: the name of an act
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    TOTP_CONFIRMED = "totp_confirmed"
    PIN_SET = "pin_set"
    SESSIONS_REVOKED = "sessions_revoked"
    RECOVERY_OFFERED = "recovery_offered"
    RECOVERY_CONFIRMED = "recovery_confirmed"
    RECOVERED = "recovered"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    CARDS_PRINTED = "cards_printed"
    CARDS_MOVED = "cards_moved"
    CARD_HANDED = "card_handed"
    CARD_BLOCKED = "card_blocked"
    CARD_REPLACED = "card_replaced"
    MEMBERSHIP_ASKED = "membership_asked"
    MEMBERSHIP_PAID = "membership_paid"
    MEMBERSHIP_LEFT = "membership_left"
    MERCHANT_APPLIED = "merchant_applied"
    MERCHANT_DECISION_PROPOSED = "merchant_decision_proposed"
    MERCHANT_DECISION_CONFIRMED = "merchant_decision_confirmed"
    MERCHANT_DECISION_WITHDRAWN = "merchant_decision_withdrawn"
    MERCHANT_CLOSED = "merchant_closed"
    MERCHANT_IBAN_CHANGED = "merchant_iban_changed"
    TILL_OPENED = "till_opened"
    TILL_CLOSED = "till_closed"
    POSTER_MADE = "poster_made"
    POSTER_REVOKED = "poster_revoked"
    REFUND_AGREED = "refund_agreed"

    CREDIT_PROPOSED = "credit_proposed"
    CREDIT_BOOKED = "credit_booked"
    CREDIT_REFUSED = "credit_refused"
    CREDIT_MATCHED = "credit_matched"
    CREDIT_RETURNED = "credit_returned"
    SURPLUS_ISSUED = "surplus_issued"
    BLOCKED_ONESELF = "blocked_oneself"
    PHONE_BLOCKED = "phone_blocked"
    PROGRAMME_MADE = "programme_made"
    PROGRAMME_CHANGED = "programme_changed"
    PROGRAMME_RETURNED = "programme_returned"
    PROGRAMME_RETURN_WITHDRAWN = "programme_return_withdrawn"
    BATCH_SUBMITTED = "batch_submitted"
    BATCH_APPROVED = "batch_approved"
    BATCH_REFUSED = "batch_refused"
    BATCH_EXECUTED = "batch_executed"
    CEILING_PROPOSED = "ceiling_proposed"
    CEILING_AGREED = "ceiling_agreed"
    CEILING_WITHDRAWN = "ceiling_withdrawn"
    FUND_JOINED = "fund_joined"
    FUND_LEFT = "fund_left"
    LINE_OPENED = "line_opened"
    LINE_CLOSED = "line_closed"


@dataclass(frozen=True, slots=True)
class Event:
    """One act. `actor` is None when no user did it: the holder of a number, or the machine."""

    act: Happened
    actor: UUID | None = None
    party: int | None = None
    object: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


async def write(connection: AsyncConnection, event: Event, at: datetime) -> None:
    """Write an event; it stands when the caller's transaction does."""
    await connection.execute(
        insert(EVENT).values(
            at=at,
            act=event.act,
            actor=event.actor,
            party=event.party,
            object=event.object,
            facts=dict(event.facts),
        )
    )


async def forget(connection: AsyncConnection, what: str, which: object) -> None:
    """Tell every process, once this is committed, to read a session, a user or a key anew."""
    await connection.execute(select(func.pg_notify(CHANNEL, f"{what} {which}")))
