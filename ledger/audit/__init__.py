"""`audit` proves the stored journal by a second code path than the one that wrote it.

It re-computes in Python, from the rows alone, what the posting function decided: the chain's
bytes (`wire`), every account (`books`), the law and each remainder (`law`), what must come out
even (`clearing`), refunds and reversals (`corrections`), lots and cards (`earmarks`), identities,
the chart's copies in the database (`tables`), and the accounts as they stand (`accounts`).
"""

from ledger.audit.report import AuditReport, Finding, Proof, Proved
from ledger.audit.run import audit

__all__ = ["AuditReport", "Finding", "Proof", "Proved", "audit"]
