"""What an operator can put right, told in one sentence."""


class Failure(Exception):
    """A start or a command cannot go on; its text is the one sentence a person reads.

    A bug is never a Failure, and neither is a refusal of the ledger (ledger/refusals.py).
    """
