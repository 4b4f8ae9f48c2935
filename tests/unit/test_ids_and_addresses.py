"""Ids that follow from a key, and for whom tries are counted."""

from types import SimpleNamespace
from typing import Any

import pytest

from admin.pepper import Pepper
from api.address import address_of
from api.ids import derived_id

PEPPER = Pepper(bytes(range(32)))


def test_an_id_follows_from_its_facts_and_from_the_installations_secret():
    one = derived_id(PEPPER, "openAccount", 101, "user")
    assert one == derived_id(PEPPER, "openAccount", 101, "user")
    assert (one.version, one.variant) == (8, "specified in RFC 4122")
    others = [
        derived_id(PEPPER, "openAccount", 101, "person"),
        derived_id(PEPPER, "openAccount", 102, "user"),
        derived_id(Pepper(bytes(32)), "openAccount", 101, "user"),
    ]
    assert len({one, *others}) == 4


@pytest.mark.parametrize(
    ("host", "subject"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("no address", ""),
        (None, ""),
    ],
)
def test_tries_are_counted_by_household(host, subject):
    client = None if host is None else SimpleNamespace(host=host)
    request: Any = SimpleNamespace(client=client)
    assert address_of(request) == subject
