"""A cursor is a place in a list, and only this installation makes one."""

import pytest

from admin.pepper import Pepper
from api.wire import cursors
from api.wire.problems import Problem

PEPPER = Pepper(bytes(range(32)))
MADE = cursors.pack(PEPPER, "orders", 42)


def test_a_cursor_comes_back_as_it_was_packed():
    assert cursors.unpack(PEPPER, MADE, "orders", 1) == (42,)
    assert cursors.place(PEPPER, MADE, "orders", 0) == 42
    assert cursors.place(PEPPER, None, "orders", 7) == 7


@pytest.mark.parametrize("n", range(len(MADE)))
def test_a_cursor_with_one_altered_character_is_refused(n):
    other = "A" if MADE[n] != "A" else "B"
    altered = MADE[:n] + other + MADE[n + 1 :]
    with pytest.raises(Problem) as refused:
        cursors.unpack(PEPPER, altered, "orders", 1)
    assert refused.value.code == "cursor_unusable"


@pytest.mark.parametrize("text", ["", "é", "....", MADE[:8], MADE + "A", "A" * 400])
def test_what_was_not_made_here_is_refused(text):
    with pytest.raises(Problem):
        cursors.unpack(PEPPER, text, "orders", 1)


def test_the_cursor_of_another_list_or_another_installation_is_refused():
    with pytest.raises(Problem):
        cursors.place(PEPPER, MADE, "movements", 0)
    with pytest.raises(Problem):
        cursors.unpack(Pepper(bytes(32)), MADE, "orders", 1)
    with pytest.raises(Problem):
        cursors.unpack(PEPPER, MADE, "orders", 2)
