"""OpenAPI 3.1 that tells the truth: shapes as pydantic checks them, problems on every route.

Litestar describes paths and parameters; the shapes come from pydantic whole, with patterns,
closed objects and discriminators; each operation names every status it can answer with.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from litestar._openapi.plugin import OpenAPIPlugin
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Schema
from litestar.plugins.pydantic import PydanticSchemaPlugin
from pydantic.json_schema import models_json_schema

from api.gate.access import OPT
from api.gate.asker import COOKIE
from api.gate.pacing import CODES, PACED
from api.wire.catalogue import LANGUAGES, catalogue
from api.wire.problems import MEDIA_TYPE, RETRY_AFTER_SECONDS
from api.wire.strict import KEY_HEADER
from ledger.refusals import POSTING_REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from litestar import Litestar
    from litestar._openapi.schema_generation import SchemaCreator
    from litestar.typing import FieldDefinition
    from pydantic import BaseModel

    from api.gate.access import Rule

EVERYWHERE: Final = (
    "malformed_request",
    "malformed_parameter",
    "too_slow",
    "headers_too_large",
    "internal",
    "overloaded",
)
"""Codes every route may answer with."""
SIGNED_IN: Final = ("unauthenticated", "session_ended", "key_unusable", "forbidden", "cross_site")
"""Codes of every route that is not for everybody."""
WITH_BODY: Final = ("malformed_body", "fields_contradict", "too_large", "unsupported_media_type")
POSTING: Final = tuple(POSTING_REFUSALS)
"""Codes of a route that posts: whatever the ledger may refuse."""
FILES: Final = "files"
"""Among the options of a route whose answer is one of several kinds of files: their media types."""
_HEADERS: Final = (
    (
        KEY_HEADER,
        "Idempotent-Replayed",
        "`true`: the key was answered before, nothing new is done.",
    ),
    ("cursor", "Link", 'With `rel="next"`, the address of the next page; on the last one none.'),
)
"""What an operation with such a parameter may say in a header."""
_SCHEMES: Final[dict[str, Any]] = {
    "session": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a session, from `POST /v1/sessions`.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The same token, in pages of ours; refused when another site sends it.",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "The key of a till or a program, with the scope that the operation needs.",
    },
}
_NAMED_MAX: Final = 3
_PLACE: Final = "#/components/schemas/{model}"
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "Why the answer is no, and what to do next (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "Constant for a code and a language."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What to do next."},
        "code": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, or a parameter's name.",
                    },
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class _Named(Schema):
    """A schema that is described elsewhere; its title is the model's name."""

    def to_schema(self) -> dict[str, Any]:
        return {"$ref": _PLACE.format(model=self.title)}


class TruthfulSchemas(PydanticSchemaPlugin):
    """Refers to each pydantic model by name, and remembers which; pydantic describes them.

    Args:
        currencies: the codes an amount may have in this installation.
    """

    def __init__(self, currencies: tuple[str, ...]) -> None:
        super().__init__()
        self._currencies = currencies
        self.read: set[type[BaseModel]] = set()
        self.written: set[type[BaseModel]] = set()

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: SchemaCreator,  # noqa: ARG002  why: Litestar's signature
    ) -> Any:
        """A reference to the model's own description."""
        model = field_definition.annotation
        (self.read if field_definition.name == "data" else self.written).add(model)
        return _Named(title=model.__name__)

    def schemas(self) -> dict[str, Any]:
        """The description of every model met so far: as it is read, or as it is written."""
        wanted = [(model, "validation") for model in self.read]
        wanted += [(model, "serialization") for model in self.written]
        _, described = models_json_schema(
            sorted(wanted, key=lambda pair: pair[0].__name__),  # type: ignore[arg-type]  # why: the modes are literals
            ref_template=_PLACE,
        )
        schemas: dict[str, Any] = described.get("$defs", {})
        if "Amount" in schemas:  # the one shape whose values the settings bound
            schemas["Amount"]["properties"]["currency"]["enum"] = list(self._currencies)
        return schemas


def describe(app: Litestar, version: str) -> None:
    """Let an application be described, without the pages Litestar would offer at addresses of ours.

    Given to the constructor, the configuration would add three routes and a catch-all in HTML.
    """
    app.plugins.get(OpenAPIPlugin)._openapi_config = OpenAPIConfig(  # noqa: SLF001  why: as said
        title="Bou'Sol",
        version=version,
        description="The ledger and payment service of a local currency.",
        use_handler_docstrings=True,
    )


@cache
def document(app: Litestar) -> dict[str, Any]:
    """The whole description of an application."""
    described: dict[str, Any] = app.openapi_schema.to_schema()
    shapes = app.plugins.get(TruthfulSchemas).schemas()
    named = _handlers(app)
    responses: dict[str, Any] = {}
    for item in described["paths"].values():
        for method, operation in item.items():
            if method in _METHODS:
                opt = named[operation["operationId"]]
                rule: Rule = opt[OPT]
                operation["security"] = _security(rule)
                codes = (*([] if rule.public else SIGNED_IN), *_implied(operation, _named(opt)))
                _add_problems(operation, codes, responses)
                _add_headers(operation)
                _name_files(operation, opt)
    _add_links(described["paths"], shapes)
    described["components"] = {
        **described.get("components", {}),
        "schemas": shapes | {"Problem": _PROBLEM},
        "responses": responses,
        "securitySchemes": _SCHEMES,
    }
    return described


def _add_headers(operation: dict[str, Any]) -> None:
    """What `api.wire.replying` says in headers, where an operation has a key or a cursor."""
    names = {one["name"] for one in operation.get("parameters", ())}
    told = {header: text for name, header, text in _HEADERS if name in names}
    for status, response in operation["responses"].items():
        if told and status.startswith("2"):
            described = {
                n: {"schema": {"type": "string"}, "description": t} for n, t in told.items()
            }
            response.setdefault("headers", {}).update(described)


def _name_files(operation: dict[str, Any], opt: dict[str, Any]) -> None:
    """Litestar describes one media type a handler; an answer of ours may have several."""
    if FILES in opt:
        kinds = {kind: {"schema": {"type": "string"}} for kind in opt[FILES]}
        operation["responses"]["200"]["content"] = kinds


def _add_links(paths: dict[str, Any], shapes: dict[str, Any]) -> None:
    """What a POST has made is named in its answer: lead to the operations that take its name."""
    for path, item in paths.items():
        made = item.get("post", {}).get("responses", {}).get("201", {})
        field = _naming_field(path, made, shapes)
        targets = [
            (other, operation)
            for other, verbs in paths.items()
            if other.startswith(f"{path}/{{") and other.count("{") == path.count("{") + 1
            for method, operation in verbs.items()
            if method in _METHODS
        ]
        if field and "{" not in path and targets:
            made["links"] = {
                operation["operationId"]: {
                    "operationId": operation["operationId"],
                    "parameters": {_first_name(other): f"$response.body#/{field}"},
                }
                for other, operation in targets
            }


def _naming_field(path: str, made: dict[str, Any], shapes: dict[str, Any]) -> str | None:
    """The field of an answer that names what was made: `id`, or what the address ends with."""
    shape = made.get("content", {}).get("application/json", {}).get("schema", {})
    fields = shapes.get(shape.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    word = path.rpartition("/")[2].rpartition("-")[2].removesuffix("s")
    return next((name for name in ("id", word, "reference") if name in fields), None)


def _first_name(path: str) -> str:
    return path[path.index("{") + 1 : path.index("}")]


def printed(described: Mapping[str, Any]) -> str:
    """The description as it is frozen and served."""
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _implied(operation: Mapping[str, Any], named: Iterable[str]) -> Iterable[str]:
    """The codes an operation names, and those that come with an amount or a cursor."""
    yield from named
    if "malformed_amount" in named:
        yield "wrong_currency"
    if any(one["name"] == "cursor" for one in operation.get("parameters", ())):
        yield "cursor_unusable"


def _named(opt: dict[str, Any]) -> tuple[str, ...]:
    """The codes a route names, and those of its pace."""
    return (*opt["problems"], *(CODES if opt.get(PACED) else ()))


def _security(rule: Rule) -> list[dict[str, list[str]]]:
    """With which proof an operation is asked: none, a session, or also a till's key."""
    if rule.public:
        return [{}]
    names = ["session", "cookie", *(["key"] if rule.scope else [])]
    return [{name: []} for name in names]


def _handlers(app: Litestar) -> dict[str, dict[str, Any]]:
    """What each operation says of itself."""
    return {
        str(handler.operation_id): handler.opt
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if getattr(handler, "operation_id", None)
    }


def _add_problems(operation: dict[str, Any], named: Iterable[str], shared: dict[str, Any]) -> None:
    """Give an operation every problem it can answer with; equal answers are described once."""
    codes = [*EVERYWHERE, *named, *(WITH_BODY if "requestBody" in operation else ())]
    answers = {s: r for s, r in operation["responses"].items() if s.startswith("2")}
    for status in sorted({catalogue()[code].status for code in codes}):
        same = [code for code in dict.fromkeys(codes) if catalogue()[code].status == status]
        name = _name(same)
        shared.setdefault(name, _response(same))
        answers[str(status)] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"] = answers


def _name(codes: list[str]) -> str:
    """What a shared answer is called: its codes, or the first of many and how many."""
    if len(codes) <= _NAMED_MAX:
        return "_or_".join(codes)
    return f"{codes[0]}_to_{codes[-1]}_{len(codes)}"


def _response(codes: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": " or ".join(f"`{code}`" for code in codes),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": _PLACE.format(model="Problem")},
                "examples": {code: {"value": _example(code)} for code in codes},
            }
        },
    }
    if any(code in RETRY_AFTER_SECONDS for code in codes):
        seconds = {"type": "integer", "minimum": 0}
        told["headers"] = {"Retry-After": {"schema": seconds, "description": "When to come back."}}
    return told


def _example(code: str) -> dict[str, Any]:
    entry = catalogue()[code]
    words = entry.words[LANGUAGES[0]]
    return {
        "type": entry.type,
        "title": words.title,
        "status": entry.status,
        "detail": words.advice,
        "code": code,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }
