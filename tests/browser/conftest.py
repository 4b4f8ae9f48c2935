import pytest

from api.app import create_app
from api.serve import listening
from tests.api.house import at_home, settings_of
from tests.api.town import Town
from tests.browser.chromium import launched, surfing
from tests.browser.offices import at_desk, ccas


@pytest.fixture(scope="session")
async def chromium():
    """One browser for the run; a test that needs a camera launches its own."""
    async with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
async def home(fresh_database):
    """The service as it is served, before a new ledger, at http://localhost."""
    door = listening("127.0.0.1", 0)
    url = f"http://localhost:{door.getsockname()[1]}"
    settings = settings_of(fresh_database, public_url=url)
    async with at_home(create_app(settings), settings, door) as running:
        yield running


@pytest.fixture(scope="module")
async def url(home):
    return home.services.settings.public_url


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


@pytest.fixture
async def surfer(chromium, url):
    """Somebody's phone, signed in as nobody."""
    async with surfing(chromium, url) as made:
        yield made


@pytest.fixture(scope="module")
async def office(town):
    """A CCAS of the town."""
    return await ccas(town)


@pytest.fixture
async def desk(chromium, url):
    """Somebody's browser on a desk."""
    async with at_desk(chromium, url) as made:
        yield made


@pytest.fixture
async def unhelped(chromium, url):
    """A desk whose pages no service worker helps: what asks past it is not always intercepted."""
    async with at_desk(chromium, url, service_workers="block") as made:
        yield made


@pytest.fixture
async def other(chromium, url):
    """Somebody else's browser on a desk."""
    async with at_desk(chromium, url) as made:
        yield made
