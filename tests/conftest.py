import os

from hypothesis import settings

pytest_plugins = ["tests.databases"]

# Database examples wait for a disk that others use too, so no example has a deadline of its own.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.register_profile("night", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))
