"""The command line: `bousol`, from any folder.

Each command imports what it runs when it runs, so that `bousol --help` costs nothing. It ends with
0 when all went well, 1 when a proof failed, 2 with one sentence when a person can put it right,
and 130 when it was interrupted; anything else is a bug and shows its traceback.
"""

import signal
import sys

import click

from api.failures import Failure

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
