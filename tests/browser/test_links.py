"""Every link of every screen leads somewhere: followed from the front door as each who comes.

Addresses of another room are written down by hand in templates; one that is misspelt, or that the
asker may not open, is found here.
"""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from admin.roles import Role
from api.gate.asker import COOKIE
from tests.api.aid.sponsors import Sponsor
from tests.api.paying import shops

PAGES_MAX = 150
HTML = {"Accept": "text/html"}
WHO = ["nobody", "resident", "merchant", "cashier", "staff", "caseworker", "validator", "treasurer"]


@pytest.fixture(scope="module")
async def people(town):
    """Who comes, and a payment between two of them."""
    shop = await shops.shop(town)
    resident = await town.resident(80_00)
    paid = await resident.post(
        "/v1/payments", {"code": shop.code, "amount": {"amount": 12_60, "currency": "BSL"}}
    )
    assert paid.status_code == 201, paid.text
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    staff = await town.somebody(Role.AUDITOR)
    office = await Sponsor.meet(town)
    programme = await office.programme(funded=500_00)
    await office.given(programme, "D-104;Camille Lefèvre;90")
    return {
        "nobody": (None, ["/", f"/p/{shop.code}", "/nulle-part"]),
        "resident": (resident, ["/", f"/p/{shop.code}", f"/paye/{paid.json()['payment']}"]),
        "merchant": (shop.owner, ["/", f"/caisse/{shop.till}"]),
        "cashier": (cashier, ["/", f"/caisse/{shop.till}"]),
        "staff": (staff, ["/"]),
        "caseworker": (office.clerk, ["/"]),
        "validator": (office.validator, ["/"]),
        "treasurer": (office.treasurer, ["/"]),
    }


def links(page, at):
    """The addresses of ours that a page links to, without what follows a `#`."""
    page = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)  # a script fills those in
    for href in re.findall(r'<a\b[^>]*\shref="([^"]*)"', page):
        parts = urlsplit(urljoin(at, unescape(href)))
        if not parts.netloc and parts.scheme == "":
            yield parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("sort", WHO)
async def test_every_link_leads_somewhere(home, people, sort):
    who, begin = people[sort]
    headers = HTML | ({"Cookie": f"{COOKIE}={who.token}"} if who else {})
    waiting, seen, broken = [(path, "begin") for path in begin], set(begin), []
    while waiting and len(seen) < PAGES_MAX:
        path, source = waiting.pop(0)
        answer = await home.client.get(path, headers=headers, follow_redirects=False)
        if answer.status_code >= 400 and path != "/nulle-part":
            broken.append((path, answer.status_code, "linked from", source))
        found = list(links(answer.text, path)) if "html" in answer.headers["content-type"] else []
        found += [answer.headers["location"]] if answer.status_code == 303 else []
        for one in found:
            # A borrowed screen is left, a language chosen, a session ended: those change who asks.
            if one not in seen and not one.startswith(("/langue/", "/carte/fermee", "//")):
                seen.add(one)
                waiting.append((one, path))
    assert broken == []
    assert len(seen) > len(begin)
