"""`bousol audit`: the proofs of a ledger, for people on a terminal and for programs."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.audit_words import proof as words_of
from api.commands.audit_words import sentence
from api.failures import Failure
from api.installation.ledger_database import answering, ready
from api.wire.figures import Figures
from ledger.audit import audit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from api.settings import Settings
    from api.wire.figures import Language
    from ledger.audit import AuditReport, Finding

_HEAD: Final = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})")
_NO_LEDGER: Final = (
    asyncpg.InvalidSchemaNameError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.InsufficientPrivilegeError,
)


def published(heads: tuple[str, ...]) -> dict[int, bytes]:
    """Heads as they were published, SEQ:HASH, as numbers of entries and 32 bytes.

    Raises:
        Failure: one is no head.
    """
    found = {}
    for head in heads:
        parts = _HEAD.fullmatch(head)
        if parts is None:
            raise Failure(f"{head!r} is no head: SEQ:HASH is a number and 64 hexadecimal digits.")
        found[int(parts[1])] = bytes.fromhex(parts[2])
    return found


async def run(
    settings: Settings,
    *,
    url: str | None,
    heads: Mapping[int, bytes],
    language: Language | None,
    as_json: bool,
) -> bool:
    """Audit the ledger of these settings, or the one at `url`; whether all is proved.

    Raises:
        Failure: there is no ledger there that can be read.
    """
    language = language or settings.language
    bar = _bar(language, shown=not as_json)
    task = bar.add_task("", total=None)
    async with _application_url(settings, url) as address:
        with answering(), _readable(), bar:
            report = await audit(
                lambda: asyncpg.connect(address),
                heads=heads,
                progress=lambda done, entries: bar.update(task, completed=done, total=entries),
            )
    if as_json:
        click.echo(json.dumps(as_object(report)))
    else:
        _tell(report, language)
    return report.ok


def as_object(report: AuditReport) -> dict[str, Any]:
    """The report as `--json` prints it."""
    return {
        "ok": report.ok,
        "head": _head(report),
        "entries": report.entries,
        "seconds": round(report.seconds, 3),
        "proofs": [
            {
                "name": proof.name.value,
                "checked": proof.checked,
                "finding": proof.finding and proof.finding._asdict(),
            }
            for proof in report.proofs.values()
        ],
    }


def _tell(report: AuditReport, language: Language) -> None:
    """A line for each proof, then what it comes to; green and red on a terminal only."""
    console, figures = Console(highlight=False, soft_wrap=True), Figures(language)
    for proof in report.proofs.values():
        finding = proof.finding
        mark, style = ("■", "bold red") if finding else ("✓", "green")
        line = f"{mark} {proof.name.value:<12} {figures.count(proof.checked):>11}  "
        line += _finding(finding, language) if finding else words_of(proof.name, language)
        console.print(line, style=style, markup=False)
    failed = sum(proof.finding is not None for proof in report.proofs.values())
    seconds = f"{report.seconds:.1f}".replace(".", "," if language == "fr" else ".")
    name = "failed" if failed else "ok"
    entries = figures.count(report.entries)
    end = sentence(name, language, entries=entries, seconds=seconds, count=failed)
    console.print(end, style="bold", markup=False)
    console.print(sentence("head", language, head=_head(report)), markup=False)


def _finding(finding: Finding, language: Language) -> str:
    return sentence("finding", language, **finding._asdict())


def _head(report: AuditReport) -> str:
    return f"{report.head_seq}:{report.head_hash.hex()}"


def _bar(language: Language, *, shown: bool) -> Progress:
    """A progress bar on a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    return Progress(
        TextColumn(sentence("walking", language)),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not (shown and console.is_terminal),
    )


@asynccontextmanager
async def _application_url(settings: Settings, url: str | None) -> AsyncIterator[str]:
    """The address given, else the settings'; the embedded server is claimed meanwhile."""
    if url is not None:
        yield url
        return
    async with ready(settings) as ledger:
        yield ledger.application_url


@contextmanager
def _readable() -> Iterator[None]:
    """There is a ledger that this role may read, or one sentence says that there is none."""
    try:
        yield
    except asyncpg.ClientConfigurationError as error:
        address = "an address such as postgresql://user@host/database"
        raise Failure(f"--url is no address of a database; it must be {address}.") from error
    except _NO_LEDGER as error:
        reason = str(error).strip().rstrip(".")
        raise Failure(
            f"This database holds no ledger of this version ({reason}); see bousol db migrate."
        ) from error
