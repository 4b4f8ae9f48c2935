"""Proofs as a sponsor reads them: the rows of the file, and the figures in them."""

import csv
import io

FIGURES = ("issued", "spent", "expired", "released", "backing", "funded", "spent_euros", "unused",
           "returned", "released_euros", "backing_euros", "reclaimed")  # fmt: skip


async def table(who, programme, **params):
    """The rows of a programme's proof as somebody gets them."""
    answer = await who.get(f"/v1/aid/programmes/{programme}/proof.csv", **params)
    assert answer.status_code == 200, answer.text
    return read(answer.content)


def read(content):
    """The rows of a proof's file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def cents(text):
    """An amount of a proof."""
    return int(text.replace(",", ""))


def figures(rows, column=2):
    """The figures of a proof by their names, in minor units."""
    return {
        name: cents(row[column])
        for name, row in zip(FIGURES, rows[2 : 2 + len(FIGURES)], strict=True)
    }
