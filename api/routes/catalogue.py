"""The catalogue of problems: where the `type` of each problem leads."""

from typing import Annotated, Final

from litestar import get
from litestar.params import FromPath
from pydantic import Field

from api.gate.access import everybody
from api.wire.catalogue import Entry, KeyFate, catalogue
from api.wire.problems import Problem
from api.wire.shapes import Told


class Bilingual(Told):
    """A text in both languages."""

    fr: str
    en: str


class CatalogueEntry(Told):
    """One kind of problem, and what to do about it."""

    code: str
    type: Annotated[str, Field(description="The URI of this kind: the address of this entry.")]
    status: Annotated[int, Field(ge=400, le=599)]
    key: Annotated[
        KeyFate,
        Field(
            description="Of the idempotency key: `final`, a new try needs a new one; `free`, ask"
            " again with the same; `none`, there was no entry yet."
        ),
    ]
    title: Bilingual
    advice: Annotated[Bilingual, Field(description="What to do; names in braces are figures.")]


class Catalogue(Told):
    """Every kind of problem this service answers with."""

    items: list[CatalogueEntry]


@get("/v1/problems", operation_id="listProblems", tags=["public"], opt=everybody())
async def list_problems() -> Catalogue:
    """Lists every problem this service answers with, in French and English."""
    return Catalogue(items=[_told(entry) for entry in catalogue().values()])


@get(
    "/v1/problems/{code:str}",
    operation_id="getProblem",
    tags=["public"],
    opt=everybody("not_found"),
)
async def get_problem(code: FromPath[str]) -> CatalogueEntry:
    """Shows one problem by its code."""
    entry = catalogue().get(code)
    if entry is None:
        raise Problem("not_found")
    return _told(entry)


def _told(entry: Entry) -> CatalogueEntry:
    fr, en = entry.words["fr"], entry.words["en"]
    return CatalogueEntry(
        code=entry.code,
        type=entry.type,
        status=entry.status,
        key=entry.key,
        title=Bilingual(fr=fr.title, en=en.title),
        advice=Bilingual(fr=fr.advice, en=en.advice),
    )


ROUTES: Final = (list_problems, get_problem)
