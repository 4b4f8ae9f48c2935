"""Writes the parts of the reference pages that are the code's own words; then look at the diff.

.venv/bin/python -m tests.tidy.regenerate
"""

from __future__ import annotations

import inspect
from pathlib import Path

from api.app import create_app
from api.openapi import document, printed
from api.settings import Settings
from api.wire.catalogue import catalogue
from ledger.refusals import PostingRefusal, Refusal

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def published(refusal):
    for child in refusal.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from published(child)


def refusal_row(refusal):
    key = "final" if issubclass(refusal, PostingRefusal) else "none"
    if getattr(refusal, "transient", False):
        key = "stays free"
    sentence = " ".join((inspect.getdoc(refusal) or "").split())
    return f"| `{refusal.code}` | {key} | {sentence} |"


def problem_row(entry):
    fr, en = entry.words["fr"], entry.words["en"]
    said = f"{fr.title}. {fr.advice} | {en.title}. {en.advice}"
    return f"| `{entry.code}` | {entry.status} | {said.replace('{{', '{').replace('}}', '}')} |"


def description():
    return printed(document(create_app(Settings())))


def main():
    _put_rows("problems.md", [problem_row(entry) for entry in catalogue().values()])
    _put_refusals()
    (REFERENCE / "openapi.json").write_text(description(), encoding="utf-8")


def _put_rows(name, rows):
    lines = (REFERENCE / name).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| `"))
    rest = [line for line in lines[first:] if not line.startswith("| `")]
    _write(name, [*lines[:first], *rows, *rest])


def _put_refusals():
    """Each row stays in its section; a new one comes after the row that precedes it."""
    lines = (REFERENCE / "errors.md").read_text(encoding="utf-8").splitlines()
    for before, refusal in _pairs(list(published(Refusal))):
        new = refusal_row(refusal)
        place = _place(lines, refusal.code)
        if place is not None:
            lines[place] = new
        else:
            after = _place(lines, before.code)
            assert after is not None, f"write the first row of a section by hand: {refusal.code}"
            lines.insert(after + 1, new)
    known = {f"| `{refusal.code}` " for refusal in published(Refusal)}
    gone = [x for x in lines if x.startswith("| `") and x[: x.index("`", 3) + 2] not in known]
    _write("errors.md", [line for line in lines if line not in gone])


def _pairs(refusals):
    return zip([refusals[0], *refusals], refusals, strict=False)


def _place(lines, code):
    return next((i for i, line in enumerate(lines) if line.startswith(f"| `{code}` ")), None)


def _write(name, lines):
    (REFERENCE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
