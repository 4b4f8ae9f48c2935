"""Ids that follow from a key."""

from admin.pepper import Pepper
from api.wire.ids import derived_id

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
