from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from admin.logins.credentials import Passwords
from api.routes import ROUTES
from tests.api.house import house
from tests.api.signin.doors import DOORS
from tests.api.town import Town


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service that hears from its proxy where requests come from; its hashes are quick."""
    routes = (*ROUTES, *DOORS)
    async with house(fresh_database, routes=routes, trusted_proxies="127.0.0.1") as running:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        passwords = Passwords(quick, waiting_max=512)
        running.app.state["services"] = replace(running.services, passwords=passwords)
        yield running


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)
