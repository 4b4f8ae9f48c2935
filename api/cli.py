"""The command line: `bousol`, from any folder.

Each command imports what it runs when it runs, so that `bousol --help` costs nothing. It ends with
0 when all went well, 1 when a proof failed, 2 with one sentence when a person can put it right,
and 130 when it was interrupted; anything else is a bug and shows its traceback.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Literal

import click

from api.failures import Failure

EXIT_PROOF_FAILED = 1
EXIT_FAILURE = 2
EXIT_INTERRUPTED = 128 + signal.SIGINT


class Commands(click.Group):
    """A group whose commands fail in one sentence and stop quietly when interrupted."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and turn what stops it into an exit code."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            click.echo(f"bousol: {failure}", err=True)
            sys.exit(EXIT_FAILURE)
        except (KeyboardInterrupt, click.Abort):
            click.echo(err=True)
            sys.exit(EXIT_INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bousol", message="%(version)s")
def main() -> None:
    """Bou'Sol: the ledger and payment service of a local currency."""


@main.group(cls=Commands)
def db() -> None:
    """The database: the embedded server, and migrations."""


@db.command("start")
@click.option("--once", is_flag=True, help="Say where it is and end.")
def db_start(*, once: bool) -> None:
    """Start the embedded PostgreSQL and keep it until Ctrl-C."""
    from api.commands.db import start
    from api.settings import load_settings

    asyncio.run(start(load_settings(), once=once))


@db.command("migrate")
def db_migrate() -> None:
    """Bring the database to this version: tables, then functions; again is no act."""
    from api.commands.db import bring_up_to_date
    from api.settings import load_settings

    asyncio.run(bring_up_to_date(load_settings()))


@main.command()
@click.option("--lang", type=click.Choice(["fr", "en"]), help="French or English.")
@click.option("--pause", is_flag=True, help="Wait for Enter after each step.")
def tour(lang: Literal["fr", "en"] | None, *, pause: bool) -> None:
    """Move real money through every flow, step by step, and prove that it adds up."""
    from api.settings import load_settings
    from api.tour import take

    if not take(load_settings(), language=lang, pause=pause):
        sys.exit(EXIT_PROOF_FAILED)


@main.command()
@click.option("--url", help="The ledger's address, in place of the settings'.")
@click.option("--head", "heads", multiple=True, metavar="SEQ:HASH", help="A published head.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="French or English.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
def audit(
    url: str | None, heads: tuple[str, ...], lang: Literal["fr", "en"] | None, *, as_json: bool
) -> None:
    """Prove the whole journal by another path than the one that wrote it."""
    from api.commands.audit import published, run
    from api.settings import load_settings

    wanted = published(heads)
    proved = run(load_settings(), url=url, heads=wanted, language=lang, as_json=as_json)
    if not asyncio.run(proved):
        sys.exit(EXIT_PROOF_FAILED)


@main.group(cls=Commands)
def bench() -> None:
    """Speed against public anchors; from a checkout."""


@bench.command("ledger")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option("--growth", is_flag=True, help="Fill it to ten million entries instead.")
@click.option("--seconds", type=click.FloatRange(0.2), default=3.0, help="Of each run.")
@click.option("--rounds", type=click.IntRange(1), default=3, help="Medians are told.")
@click.option("--keep", is_flag=True, help="Write the result to bench/results.")
def bench_ledger(*, as_json: bool, growth: bool, seconds: float, rounds: int, keep: bool) -> None:
    """Measure the posting path, anchors and loads in turn, and prove every ledger."""
    from api.commands.benchmarks import ledger

    proven = ledger(seconds, rounds, as_json=as_json, growing=growth, keep=keep)
    if not proven:
        sys.exit(EXIT_PROOF_FAILED)


@bench.command("http")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option("--seconds", type=click.FloatRange(0.2), default=3.0, help="Of each run.")
@click.option("--rounds", type=click.IntRange(1), default=3, help="Medians are told.")
@click.option("--keep", is_flag=True, help="Write the result to bench/results.")
def bench_http(*, as_json: bool, seconds: float, rounds: int, keep: bool) -> None:
    """Measure payments over HTTP beside a hello, the same in memory, and TPC-B."""
    from api.commands.benchmarks import http

    if not http(seconds, rounds, as_json=as_json, keep=keep):
        sys.exit(EXIT_PROOF_FAILED)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port; 0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Answer HTTP until Ctrl-C or SIGTERM, then finish what was accepted."""
    from api.serve import serve as serve_until_stopped
    from api.settings import load_settings

    serve_until_stopped(load_settings(), host=host, port=port)


@main.command()
@click.option("--small", is_flag=True, help="A tenth of the town, three months.")
@click.option("--empty", is_flag=True, help="An issuer without history.")
@click.option("--once", is_flag=True, help="End after a look at its own health.")
@click.option("--fresh", is_flag=True, help="Live the story anew.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another town.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port; 0 takes a free one.")
@click.option(
    "--identities",
    default="demo.json",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file in which who may come in is written.",
)
def demo(  # noqa: PLR0913  # why: what a person may choose
    *, small: bool, empty: bool, once: bool, fresh: bool, seed: int, host: str, port: int,
    identities: Path,
) -> None:  # fmt: skip
    """Serve a demo Boulonnais that has paid in the currency for two years."""
    from api.demo.ground import Plan
    from api.demo.serving import demo as serve_demo
    from api.settings import load_settings

    plan = Plan(seed, small=small, empty=empty)
    serve_demo(load_settings(), plan, host=host, port=port, once=once, fresh=fresh, file=identities)


@main.group(cls=Commands)
def staff() -> None:
    """The association's staff."""


@staff.command("found")
@click.option("--treasurer", required=True, metavar="NAME", help="Who approves redemptions.")
@click.option("--manager", required=True, metavar="NAME", help="Who admits merchants.")
@click.option("--technician", required=True, metavar="NAME", help="Who proposes roles.")
def staff_found(treasurer: str, manager: str, technician: str) -> None:
    """Give a new installation its first three persons, and print a token for each."""
    from api.commands.staff import found
    from api.settings import load_settings

    asyncio.run(found(load_settings(), treasurer, manager, technician))


@main.command("openapi")
def openapi_command() -> None:
    """Print the description of the interface, OpenAPI 3.1."""
    from api.app import create_app
    from api.openapi import document, printed
    from api.settings import Settings

    click.echo(printed(document(create_app(Settings()))), nl=False)
