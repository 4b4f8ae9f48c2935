"""How the tour ends: the audit, and one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.tour import words
from api.tour.chapters import CHAPTERS
from api.tour.story import Text
from ledger import store
from ledger.audit import audit

if TYPE_CHECKING:
    from api.tour.printing import Printer
    from api.tour.stage import Stage
    from api.wire.figures import Figures
    from ledger.audit import AuditReport
    from ledger.lane import Connect
    from ledger.store import Head

_PROOFS: Final = Text("Les preuves", "The proofs")
_RECKONED: Final = sum(1 for chapter in CHAPTERS for step in chapter.steps if step.leaves)


def failed(printer: Printer, *broken: str) -> None:
    """Say what is not as it must be: red cans."""
    for what in broken:
        printer.proof(words.FAILED.filled(what=what), mark="■", style="bold red")


async def prove(stage: Stage, printer: Printer, connect: Connect, figures: Figures) -> bool:
    """Audit the whole ledger, then say what it comes to; whether all is proved."""
    printer.heading(_PROOFS)
    printer.proof(words.RECKONED.filled(count=figures.count(_RECKONED)))
    report = await audit(connect)
    if not report.ok:
        failed(printer, *_findings(report))
        return False
    counts = figures.count(report.entries), figures.count(len(report.proofs))
    printer.proof(words.AUDITED.filled(entries=counts[0], proofs=counts[1]))
    async with stage.pool.acquire() as connection:
        head = await store.head(connection)
    printer.proof(_covered(head, figures), style="bold green")
    return True


def _findings(report: AuditReport) -> list[str]:
    found = [(name.value, proof.finding) for name, proof in report.proofs.items()]
    return [
        f"{name}, {f.table} {f.row}: {f.fact} {f.stored} ({f.expected})" for name, f in found if f
    ]


def _covered(head: Head, figures: Figures) -> Text:
    return words.COVERED.filled(
        held=figures.euros(head.reserve),
        owed=figures.euros(head.debt),
        out=figures.bousols(head.issued),
    )
