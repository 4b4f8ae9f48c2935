"""The product's import names are generic, so nobody else may own one in its environment."""

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT


@pytest.mark.parametrize("name", ["ledger", "merchants", "admin", "api", "migrations"])
def test_the_name_is_ours_alone(name):
    assert set(packages_distributions().get(name, ())) <= {"bousol"}
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None, "a folder without __init__.py would be anybody's"
    assert Path(spec.origin) == ROOT / name / "__init__.py"
