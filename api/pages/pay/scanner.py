"""The scanner: reads a poster or a till's code with the camera, or the code as it is typed."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.params import QueryParameter

from api.gate.access import everybody, page
from api.pages.visit import GivenVisit
from merchants.codes import read_code
from merchants.refusals import CodeUnreadable

Code = Annotated[str, QueryParameter(name="code", max_length=40)]


@get("/scanner", opt=page(everybody()), include_in_schema=False)
async def scanner(visit: GivenVisit, code: Code = "") -> Response[bytes]:
    """Shows the camera; a code that was typed leads to its poster."""
    wrong = False
    if code:
        try:
            return visit.go(f"/p/{read_code(code)}")
        except CodeUnreadable:
            wrong = True
    host = visit.services.paying.realm.host
    return visit.show("pay/scanner.html", scans=True, host=host, code=code, wrong=wrong)


ROUTES: Final = (scanner,)
