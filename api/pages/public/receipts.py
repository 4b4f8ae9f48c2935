"""Is this receipt true? Asked by anybody, with the signed text of a receipt."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from api.gate.access import everybody, page
from api.pages.account.typed import wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.taken_payments import ReceiptShown, check
from api.wire.problems import Problem
from api.wire.shapes import Sum, read_body

_BYTES_MAX: Final = 8_192


@get("/verifier-recu", opt=page(everybody()), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Shows where a receipt's text goes."""
    return _form(visit, "")


def _form(visit: Visit, text: str, **found: Any) -> Response[bytes]:
    facts: dict[str, Any] = {"receipt": None, "genuine": None, "wrong": None} | found
    status = 200 if facts["wrong"] is None else facts["wrong"]["status"]
    return visit.show("public/receipt.html", status=status, text=text, **facts)


@post("/verifier-recu", opt=page(everybody()), include_in_schema=False)
async def checked(visit: GivenVisit) -> Response[bytes]:
    """Tells whether the receipt was signed here, word for word."""
    text = await _text(visit)
    try:
        data: Any = read_body(ReceiptShown, text.encode())
    except Problem as error:
        return _form(visit, text, wrong=wrong_of(visit, error))
    told = await visit.through(check, data=data)
    amount = Sum(amount=data.amount, currency=data.currency)
    return _form(visit, text, receipt=data, amount=amount, genuine=told.genuine)


async def _text(visit: Visit) -> str:
    """What was pasted, or the file that was given."""
    sent = await visit.request.form()
    file = sent.get("fichier")
    if isinstance(file, UploadFile) and file.filename:
        return (await file.read(_BYTES_MAX)).decode("utf-8", "replace")
    return str(sent.get("recu", ""))[:_BYTES_MAX].strip()


ROUTES: Final = (ask, checked)
