"""The ledger in plain Python: the rules of `ledger.post`, without a database and without batches.

What the database answers for a sequence of entries, however it is cut into batches, is what this
answers one by one. Rules stand in the order of precedence, as in ledger/sql/functions/post.sql.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ledger import chart
from ledger.chart import CHART, AccountClass, Commodity
from ledger.conversion import SYMMETRIC, Mode, Scheme
from ledger.journal import AMOUNT_MAX, JournalEntry, Transfer, reversal_transfers
from ledger.kinds import KINDS, Kind, Rounding

if TYPE_CHECKING:
    from uuid import UUID

PARIS, SINCE_EVER, LARGEST_LAW = ZoneInfo("Europe/Paris"), datetime.min.replace(tzinfo=UTC), 10**16
KEY_UNUSED = frozenset({"stopped", "replan"})
LOST_RACES = frozenset({"insufficient_funds", "lot_not_accepted", "lot_expired"})
OPEN, NO_RECEIPTS, FROZEN, CLOSED = range(4)
ISSUED = chart.single_account(AccountClass.ISSUED)


class Refused(Exception):  # a code, on its way out of the rule that found it
    pass


def refuse(broken: object, code: str) -> None:
    if broken:
        raise Refused(code)


class Answer(NamedTuple):
    code: str | None
    seq: int | None = None
    balance: int | None = None
    posted_at: datetime | None = None


class Cover(NamedTuple):
    debt: int = 0
    issued: int = 0
    remainder: int = 0
    reserve: int = 0


class Dated(NamedTuple):
    valid_from: datetime = SINCE_EVER
    comptoirs: Mode = Mode.TRANCHE
    wallets: Mode = Mode.LINEAR


@dataclass
class Card:
    party: int
    blocked: bool = False
    spent: int = 0


@dataclass
class Account:
    account_class: AccountClass
    commodity: Commodity | None
    balance: int = 0
    version: int = 0
    ceiling: int | None = None
    rule: int | None = None
    expires: datetime | None = None
    status: int = OPEN

    def after(self, debited: int) -> int:
        return self.balance + CHART[self.account_class].side * debited


def issuers_own_accounts() -> dict[int, Account]:
    of_notes = ((c, note) for c in chart.SINGLE_PER_NOTE for note in chart.NOTE_FACES)
    return {chart.single_account(c): Account(c, chart.commodity_of(c)) for c in chart.SINGLE} | {
        chart.note_account(c, note): Account(c, note) for c, note in of_notes
    }


@dataclass
class Model:
    scheme: Scheme = SYMMETRIC
    policies: list[Dated] = field(default_factory=lambda: [Dated()])
    card_each: int = 30_00
    card_sum: int = 100_00
    stopped: set[Kind] = field(default_factory=set)
    closed_before: date = date.min
    accounts: dict[int, Account] = field(default_factory=issuers_own_accounts)
    acceptance: set[tuple[int | None, int]] = field(default_factory=set)
    cards: dict[int, Card] = field(default_factory=dict)
    cover: Cover = field(default_factory=Cover)
    journal: list[JournalEntry] = field(default_factory=list)
    answers: dict[tuple[int, UUID], tuple[bytes | None, Answer]] = field(default_factory=dict)
    closed: set[UUID | None] = field(default_factory=set)

    def open(self, account_class: AccountClass, note: Commodity | None = None, **facts) -> int:
        account = chart.FIRST_OPENED_ACCOUNT + len(self.accounts)
        commodity = chart.commodity_of(account_class) or note
        self.accounts[account] = Account(account_class, commodity, **facts)
        return account

    def post(self, e: JournalEntry, now: datetime) -> Answer:
        if (e.party, e.key) in self.answers:
            request, answer = self.answers[e.party, e.key]
            return answer if request in {None, e.request} else Answer("key_conflict")
        named = {a for t in e.transfers for a in t[:2]} & set(self.accounts)
        before = self.cover, {a: replace(self.accounts[a]) for a in named}
        today = now.astimezone(PARIS).date()
        try:
            self._header(e, now, today)
            self._card(e)
            balances = [self._transfer(e, t, now) for t in e.transfers]
            self._law(e, now, converts=self.cover.issued != before[0].issued)
            self._spend_card(e)
            self.journal.append(replace(e, effective=e.effective or today))
            answer = Answer(None, len(self.journal), balances[0], now)
        except Refused as why:
            self.cover, accounts = before
            self.accounts |= accounts
            code = str(why)
            answer = Answer("replan" if e.replan and code in LOST_RACES else code, posted_at=now)
        if answer.code not in KEY_UNUSED:
            self.answers[e.party, e.key] = e.request, answer
        return answer

    def close_key(self, party: int, key: UUID, now: datetime) -> Answer:
        return self.answers.setdefault((party, key), (None, Answer("key_closed", posted_at=now)))[1]

    def close_once(self, once: UUID) -> int | None:
        done = [seq for seq, entry in enumerate(self.journal, 1) if entry.once == once]
        if not done:
            self.closed.add(once)
        return done[0] if done else None

    def _header(self, e: JournalEntry, now: datetime, today: date) -> None:
        kind = KINDS[e.kind]
        guarded = self.accounts.get(e.expected[0]) if e.expected else None
        linked = kind.restores or kind.reverses
        refuse(e.kind in self.stopped, "stopped")
        refuse(not e.transfers, "malformed_entry")
        refuse(e.not_after and e.not_after < now, "too_late")
        refuse(min(e.effective or today, today) < self.closed_before, "period_closed")
        refuse(e.once and e.once in {x.once for x in self.journal}, "already_done")
        refuse(e.once in self.closed, "once_closed")
        refuse(kind.documented and not e.document, "document_missing")
        refuse(e.policy is not None and not 1 <= e.policy <= len(self.policies), "unknown_policy")
        stands = e.expected and guarded and guarded.version == e.expected[1]
        refuse(e.expected and not stands, "replan")
        refuse(e.origin is not None and not linked, "malformed_entry")
        if linked:
            refuse(e.origin is None, "origin_missing")
            refuse(not 0 < (e.origin or 0) <= len(self.journal), "unknown_origin")
            self._origin(e, self.journal[(e.origin or 0) - 1])

    def _origin(self, e: JournalEntry, first: JournalEntry) -> None:
        after = [x for x in self.journal if x.origin == e.origin]
        paid, back = Counter[int](), Counter[int]()
        for t in first.transfers:
            paid[t.debit] += t.amount
        for t in (t for x in (*after, e) for t in x.transfers):
            back[t.credit] += t.amount
        payees = {t.credit for t in first.transfers}
        mirror = reversal_transfers(first.transfers), -first.remainder
        refuse(any(KINDS[x.kind].reverses for x in after), "already_reversed")
        if KINDS[e.kind].restores:
            refuse(not KINDS[first.kind].refundable, "not_refundable")
            refuse(not {t.debit for t in e.transfers} <= payees, "not_the_payee")
            refuse(any(back[t.credit] > paid[t.credit] for t in e.transfers), "refund_too_large")
        else:
            refuse(not KINDS[first.kind].reversible, "not_reversible")
            refuse(any(KINDS[x.kind].restores for x in after), "already_refunded")
            refuse((first.effective or date.max) < self.closed_before, "origin_period_closed")
            refuse(mirror != (e.transfers, e.remainder), "not_the_mirror")

    def _card(self, e: JournalEntry) -> None:
        if e.card is not None:
            card, paid = self.cards.get(e.card), sum(t.amount for t in e.transfers)
            refuse(not card or card.blocked or card.party != e.party, "card_blocked")
            spent = card.spent if card else 0
            refuse(
                not e.pin and (paid > self.card_each or spent + paid > self.card_sum), "pin_needed"
            )

    def _spend_card(self, e: JournalEntry) -> None:
        if e.card is not None:
            paid = sum(t.amount for t in e.transfers)
            self.cards[e.card].spent = 0 if e.pin else self.cards[e.card].spent + paid

    def _transfer(self, e: JournalEntry, t: Transfer, now: datetime) -> int:
        refuse(not 1 <= t.amount <= AMOUNT_MAX or t.debit == t.credit, "malformed_amount")
        refuse(not {t.debit, t.credit} <= set(self.accounts), "unknown_account")
        kind, d, c = KINDS[e.kind], self.accounts[t.debit], self.accounts[t.credit]
        linked, pair = kind.restores or kind.reverses, (d.account_class, c.account_class)
        expired, is_lot = d.expires and d.expires < now, d.account_class is AccountClass.LOT
        accepted = not is_lot or (d.rule, t.credit) in self.acceptance
        debited, credited = d.after(t.amount), c.after(-t.amount)
        refuse(not kind.reverses and pair not in kind.pairs, "not_in_template")
        refuse(d.commodity is not c.commodity, "commodity_mismatch")
        refuse(d.status == CLOSED or (d.status == FROZEN and not kind.thaws), "payer_blocked")
        refuse(c.status > NO_RECEIPTS or (c.status and not linked), "payee_blocked")
        refuse(kind.spends and expired, "lot_expired")
        refuse(kind.spends and not accepted, "lot_not_accepted")
        refuse(kind.lapses and d.expires and not expired, "lot_not_expired")
        refuse(min(debited, credited) < 0, "insufficient_funds")
        refuse(kind.capped and c.ceiling is not None and credited > c.ceiling, "ceiling_reached")
        for account, balance in ((d, debited), (c, credited)):
            self._weigh(account.account_class, balance - account.balance)
            account.balance, account.version = balance, account.version + 1
        return debited

    def _weigh(self, account_class: AccountClass, change: int) -> None:
        facts, (debt, issued, remainder, reserve) = CHART[account_class], self.cover
        debt, issued = debt + change * facts.debt, issued + change * facts.issued
        self.cover = Cover(debt, issued, remainder, reserve + change * facts.reserve)

    def _law(self, e: JournalEntry, now: datetime, *, converts: bool) -> None:
        self.cover = self.cover._replace(remainder=self.cover.remainder + e.remainder)
        debt, issued, remainder, reserve = self.cover
        touched = [self.accounts[a] for t in e.transfers for a in t[:2]]
        if e.remainder or any(a.account_class > chart.HOLDERS_LAST for a in touched):
            rounding, (low, high) = KINDS[e.kind].rounding, self._bounds(e, now, converts=converts)
            conversions = sum(ISSUED in t[:2] for t in e.transfers)
            gathers = rounding in {Rounding.BATCH, Rounding.MIRROR}
            sweeps = rounding is Rounding.SWEEP
            owed = 0 if self.scheme.sponsored else remainder
            refuse(not 0 <= min(debt, issued) <= max(debt, issued) <= LARGEST_LAW, "law_broken")
            refuse(
                not (e.lines >= 1 and (gathers or e.lines <= max(1, conversions))),
                "malformed_entry",
            )
            refuse(not low <= e.remainder <= high, "remainder_out_of_bounds")
            refuse(self.scheme.law(debt, issued) != owed or remainder < 0, "law_broken")
            refuse(sweeps and remainder < self.claimable(), "sweep_too_large")
            refuse(reserve < debt, "reserve_short")
        credited = [self.accounts[t.credit] for t in e.transfers]
        passed_on = all(
            a.account_class is not AccountClass.PUBLIC or not a.balance for a in credited
        )
        refuse(not passed_on, "not_passed_on")

    def _bounds(self, e: JournalEntry, now: datetime, *, converts: bool) -> tuple[int, int]:
        rounding, paid = KINDS[e.kind].rounding, e.transfers[0].amount
        dated = enumerate(self.policies, 1)
        version = e.policy or max(v for v, policy in dated if policy.valid_from <= now)
        policy = self.policies[version - 1]
        mode = policy.comptoirs if rounding is Rounding.COMPTOIR else policy.wallets
        issue, redeem = self.scheme.rate_paid - 1, self.scheme.rate_issued - 1
        swept, excess = -self.scheme.rate_issued * paid, paid % self.scheme.tranche_cents
        if self.scheme.sponsored:
            return 0, 0
        more, by_tranche = redeem - issue, mode is Mode.TRANCHE
        if by_tranche and converts and rounding in {Rounding.ISSUE, Rounding.COMPTOIR}:
            return excess * more, excess * more
        if by_tranche and rounding is Rounding.BATCH:
            return 0, (self.scheme.tranche_cents - 1) * more * e.lines
        return {
            Rounding.NONE: (0, 0),
            Rounding.ISSUE: (0, issue * e.lines),
            Rounding.BATCH: (0, issue * e.lines),
            Rounding.COMPTOIR: (0, issue),
            Rounding.REDEEM: (0, redeem * e.lines),
            Rounding.LOSS: (0, redeem * e.lines),
            Rounding.SWEEP: (swept, swept),
            Rounding.MIRROR: (e.remainder, e.remainder),
            Rounding.FREE: (0, max(0, e.remainder)),
        }[rounding]

    def claimable(self) -> int:
        answered = {x.origin for x in self.journal}
        return sum(
            max(0, x.remainder)
            for seq, x in enumerate(self.journal, 1)
            if KINDS[x.kind].reversible
            and (x.effective or date.max) >= self.closed_before
            and seq not in answered
        )
