"""What happens in the demo Boulonnais, done through the ledger's flows and written beside them.

One function for each happening; what later ones refer to by its number is remembered in order.
"""

from __future__ import annotations

import asyncio  # why: singledispatch reads the annotations
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select, update

from admin.reserve import references
from admin.reserve.tables import BANK_CREDIT, BANK_RELEASE, ORDER_NUMBER, PURCHASE_ORDER, REDEMPTION
from api.demo import happenings as h
from api.demo.notes import notes_of
from ledger import flows, store
from ledger.chart import AccountClass, Commodity
from ledger.conversion import SYMMETRIC, Mode
from ledger.flows import Terms
from ledger.journal import Posted  # why: as above
from ledger.lots import Share
from merchants.invoices import likeness
from merchants.tables import INVOICE_PAYMENT

if TYPE_CHECKING:
    from uuid import UUID

    from api.demo.scene import Scene
    from api.demo.settling import Comptoir, Holder, Merchant

ORDER_DAYS: Final = timedelta(days=30)
LINEAR: Final = Terms()
TRANCHE: Final = Terms(mode=Mode.TRANCHE)


@dataclass
class Moving:
    """Does what the story tells; `treasurers` are the grants of two who book and approve."""

    scene: Scene
    treasurers: tuple[UUID, UUID]
    holders: dict[int, Holder] = field(default_factory=dict)
    merchants: dict[int, Merchant] = field(default_factory=dict)
    comptoirs: list[Comptoir] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    suspended: dict[int, tuple[UUID, UUID]] = field(default_factory=dict)
    matched: list[dict[str, Any]] = field(default_factory=list)
    payments: list[tuple[h.Pays, asyncio.Task[Posted]]] = field(default_factory=list)
    redemptions: list[dict[str, Any]] = field(default_factory=list)
    decided: list[dict[str, Any]] = field(default_factory=list)
    boxes: Counter[int] = field(default_factory=Counter)
    transit: Counter[int] = field(default_factory=Counter)
    notes_out: Counter[Commodity] = field(default_factory=Counter)

    @singledispatchmethod
    async def do(self, happening: Any) -> asyncio.Task[Posted] | None:
        """Do what happens; the entry on its way, if it posts one."""
        raise AssertionError(happening)

    @do.register
    async def _(self, order: h.Orders) -> None:
        number = len(self.orders) + 1
        holder, made = self.holders[order.resident], self.scene.now
        self.orders.append(
            {
                "id": self.scene.id(),
                "number": number,
                "party": holder.party,
                "account": holder.wallet,
                "euros_cents": order.euros_cents,
                "bousol_cents": SYMMETRIC.issue(order.euros_cents).bousol_cents,
                "policy": 1,
                "reference": references.reference_of(number),
                "made_at": made,
                "expires_at": made + ORDER_DAYS,
                "made_by": holder.user,
                "key": self.scene.id(),
                "request": self.scene.draw.randbytes(16),
                "status": "awaiting_funds",
                "settled_at": None,
                "matched": order.matched,
            }
        )
        kept = {name: v for name, v in self.orders[-1].items() if name != "matched"}
        self.scene.row(PURCHASE_ORDER, **kept)

    @do.register
    async def _(self, arrival: h.Arrives) -> asyncio.Task[Posted]:
        order, line, act = self.orders[arrival.order], self.scene.id(), self.scene.documented()
        if order["matched"]:
            entry = flows.issue_transfer(
                act,
                euros_cents=order["euros_cents"],
                holder=order["account"],
                bank_line=line,
                terms=LINEAR,
            )
            self._settle(order)
        else:
            entry = flows.suspense_in(act, euros_cents=order["euros_cents"], bank_line=line)
            self.suspended[arrival.order] = (line, act.id)
        self._credit(order, line, act, arrival.order)
        return self.scene.post(entry)

    @do.register
    async def _(self, found: h.Found) -> asyncio.Task[Posted]:
        order = self.orders[found.order]
        line, receipt = self.suspended.pop(found.order)
        entry = flows.suspense_match(
            self.scene.documented(),
            euros_cents=order["euros_cents"],
            holder=order["account"],
            receipt=receipt,
            terms=LINEAR,
        )
        self._settle(order)
        self.matched.append({"which": line, "order_id": order["id"]})
        self.scene.row(
            BANK_RELEASE,
            entry=entry.id,
            credit=line,
            nth=0,
            euros_cents=order["euros_cents"],
            bousol_cents=order["bousol_cents"],
            at=self.scene.now,
        )
        return self.scene.post(entry)

    @do.register
    async def _(self, payment: h.Pays) -> asyncio.Task[Posted]:
        holder, merchant = self.holders[payment.resident], self.merchants[payment.shop]
        act = self.scene.act(holder.party, document=merchant.till)
        shares = [Share(holder.wallet, payment.cents)]
        posted = self.scene.post(flows.payment(act, shares=shares, merchant=merchant.account))
        self.payments.append((payment, posted))
        return posted

    @do.register
    async def _(self, returned: h.Returns) -> asyncio.Task[Posted]:
        payment, posted = self.payments[returned.payment]
        merchant = self.merchants[payment.shop]
        entry = flows.refund(
            self.scene.act(merchant.party, document=merchant.till),
            origin=(await posted).seq,
            merchant=merchant.account,
            shares=[Share(self.holders[payment.resident].wallet, returned.cents)],
        )
        return self.scene.post(entry)

    @do.register
    async def _(self, gift: h.Gives) -> asyncio.Task[Posted]:
        giver, to = self.holders[gift.resident], self.holders[gift.to]
        act = self.scene.act(giver.party)
        entry = flows.p2p(act, payer=giver.wallet, payee=to.wallet, bousol_cents=gift.cents)
        return self.scene.post(entry)

    @do.register
    async def _(self, invoice: h.Invoices) -> asyncio.Task[Posted]:
        payer, payee = self.merchants[invoice.shop], self.merchants[invoice.supplier]
        paid, alone_cents = self.scene.id(), self.scene.limits.invoice_alone_max_cents
        number = f"F{self.scene.now:%y%m}-{paid.int % 100_000:05}"
        entry = flows.b2b(
            self.scene.act(payer.party, document=paid),
            payer=payer.account,
            payee=payee.account,
            bousol_cents=invoice.cents,
        )
        self.scene.row(
            INVOICE_PAYMENT,
            id=paid,
            payer=payer.party,
            payee=payee.party,
            payer_account=payer.account,
            payee_account=payee.account,
            invoice=number,
            likeness=likeness(number),
            total_cents=invoice.total_cents,
            bousol_cents=invoice.cents,
            euro_cents=invoice.total_cents - invoice.cents,
            key=entry.key,
            status="paid",
            made_by=self.treasurers[0],
            made_at=self.scene.now,
            decided_by=self.treasurers[1] if invoice.cents > alone_cents else None,
            decided_at=self.scene.now,
            entry=entry.id,
        )
        return self.scene.post(entry)

    @do.register
    async def _(self, asked: h.Redeems) -> asyncio.Task[Posted]:
        merchant = self.merchants[asked.shop]
        hold = await store.open_account(
            self.scene.connection, AccountClass.HOLD, party=merchant.party
        )
        gross_cents = SYMMETRIC.redeem(asked.cents).euros_cents
        row = {
            "id": self.scene.id(),
            "party": merchant.party,
            "account": merchant.account,
            "hold": hold,
            "payable": merchant.payable,
            "bousol_cents": asked.cents,
            "gross_cents": gross_cents,
            "commission_cents": 0,
            "policy": 1,
            "requested_by": self.treasurers[0],
            "requested_at": self.scene.now,
        }
        self.redemptions.append(row)
        self.scene.row(REDEMPTION, **row)
        act = self.scene.act(merchant.party)
        return self.scene.post(
            flows.redeem_hold(act, merchant=merchant.account, held=hold, bousol_cents=asked.cents)
        )

    @do.register
    async def _(self, approved: h.Approved) -> asyncio.Task[Posted]:
        row = self.redemptions[approved.redemption]
        act = self.scene.act(document=row["id"])
        self.decided.append({"which": row["id"], "entry": act.id, "decided_at": self.scene.now})
        return self.scene.post(
            flows.redeem_approve(
                act,
                source=row["hold"],
                payable=row["payable"],
                bousol_cents=row["bousol_cents"],
                hold_id=row["id"],
                terms=LINEAR,
            )
        )

    @do.register
    async def _(self, paid: h.Paid) -> asyncio.Task[Posted]:
        row = self.redemptions[paid.redemption]
        owed = [Share(row["payable"], row["gross_cents"])]
        act = self.scene.documented()
        return self.scene.post(flows.redeem_paid(act, payables=owed, bank_line=self.scene.id()))

    @do.register
    async def _(self, sale: h.SellsNotes) -> asyncio.Task[Posted]:
        comptoir = self.comptoirs[sale.comptoir]
        bousols = TRANCHE.issue(sale.euros_cents).bousol_cents // 100
        notes = notes_of(bousols)
        self.notes_out.update(notes)
        self.boxes[sale.comptoir] += sale.euros_cents
        return self.scene.post(
            flows.issue_cash_paper(
                self.scene.documented(),
                euros_cents=sale.euros_cents,
                notes=notes,
                cash=comptoir.cash,
                stock=comptoir.stock,
                terms=TRANCHE,
            )
        )

    @do.register
    async def _(self, remittance: h.Remits) -> asyncio.Task[Posted]:
        """Last week's cash is on the statement, this week's is on its way."""
        number = remittance.comptoir
        if self.transit[number]:
            act = self.scene.documented()
            await self.scene.post(
                flows.cash_banked(
                    act, bank_line=self.scene.id(), reserve_cents=self.transit[number]
                )
            )
        cash_cents, self.boxes[number] = self.boxes[number], 0
        self.transit[number] = cash_cents
        act = self.scene.documented()
        cash = self.comptoirs[number].cash
        return self.scene.post(flows.cash_remit(act, euros_cents=cash_cents, cash=cash))

    @do.register
    async def _(self, brought: h.BringsNotes) -> asyncio.Task[Posted]:
        notes = notes_of(brought.bousols, self.notes_out)
        self.notes_out.subtract(notes)
        return self.scene.post(
            flows.swap_in(
                self.scene.documented(),
                notes=notes,
                holder=self.merchants[brought.shop].account,
                returns=self.comptoirs[brought.comptoir].returns,
            )
        )

    def _settle(self, order: dict[str, Any]) -> None:
        self.settled.append({"which": order["id"], "settled_at": self.scene.now})

    def _credit(self, order: dict[str, Any], line: UUID, act: flows.Act, number: int) -> None:
        at_once, euros_cents = order["matched"], order["euros_cents"]
        self.scene.row(
            BANK_CREDIT,
            id=line,
            key=act.key,
            request=act.request,
            bank_reference=f"{self.scene.now:%Y%m%d}-{number:06}",
            order_id=order["id"] if at_once else None,
            euros_cents=euros_cents,
            document=act.document,
            document_reference=f"Relevé du {self.scene.now:%d/%m/%Y}",
            booked_on=self.scene.now.date(),
            proposed_by=self.treasurers[0],
            proposed_at=self.scene.now,
            status="booked",
            decided_at=self.scene.now,
            entry=act.id if at_once else None,
            bousol_cents=order["bousol_cents"] if at_once else 0,
            surplus_entry=None if at_once else act.id,
            surplus_cents=0 if at_once else euros_cents,
            waiting_cents=0 if at_once else euros_cents,
        )

    async def write_changes(self) -> None:
        """What changed in rows of earlier days, written with one statement each."""
        async with self.scene.engine.begin() as connection:
            if self.settled:
                settled = _changed(PURCHASE_ORDER, "settled_at", status="settled")
                await connection.execute(settled, self.settled)
            if self.matched:
                found = _changed(BANK_CREDIT, "order_id", waiting_cents=0)
                await connection.execute(found, self.matched)
            if self.decided:
                approved = _changed(
                    REDEMPTION, "decided_at", "entry",
                    status="approved", decided_by=self.treasurers[1],
                )  # fmt: skip
                await connection.execute(approved, self.decided)
        self.settled, self.matched, self.decided = [], [], []

    async def finish(self) -> None:
        """Orders that people will make have numbers after the story's."""
        drawn = select(ORDER_NUMBER.next_value()).select_from(
            func.generate_series(1, len(self.orders))
        )
        async with self.scene.engine.begin() as connection:
            await connection.execute(drawn)


def _changed(table: Any, *names: str, **fixed: Any) -> Any:
    values = {name: bindparam(name) for name in names} | fixed
    return update(table).where(table.c.id == bindparam("which")).values(values)
