"""The tide line of a resident's home: where dates stand, what is told below, what is soon."""

from datetime import UTC, date, datetime, timedelta

from api.pages.resident.tide import WIDTH, tide
from api.routes.account import Dated
from api.wire.shapes import Sum

TODAY = date(2026, 11, 20)


def dated(day, cents=10_00):
    """Something that may be used until the end of a day in Paris."""
    midnight = datetime.fromisoformat(f"{day + timedelta(days=1)}T00:00:00+01:00")
    return Dated(amount=Sum(amount=cents, currency="BSL"), expires=midnight.astimezone(UTC))


def drawn(expiring, today=TODAY):
    """The line of somebody who has something with a date."""
    line = tide(expiring, today)
    assert line is not None
    return line


def test_nothing_with_a_date_has_no_line():
    assert tide([], TODAY) is None


def test_a_quarter_of_the_line_is_a_month_and_the_last_day_stands_at_its_end():
    line = drawn([dated(date(2026, 12, 31), 18_00), dated(date(2027, 1, 31), 12_00)])
    assert [buoy.x for buoy in line.buoys] == [WIDTH / 2, WIDTH * 3 / 4]
    assert [first for _, first in line.months] == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip
    assert (line.end_x, line.listed) == (WIDTH * 3 / 4, False)
    assert all(buoy.label_x is not None for buoy in line.buoys)


def test_what_ends_on_one_day_is_one_buoy():
    line = drawn([dated(date(2026, 12, 31), 18_00), dated(date(2026, 12, 31), 2_00)])
    assert [(buoy.cents, buoy.day) for buoy in line.buoys] == [(20_00, date(2026, 12, 31))]


def test_the_last_day_itself_is_told_and_today_counts():
    line = drawn([dated(TODAY), dated(TODAY + timedelta(days=21))])
    assert [(buoy.days, buoy.soon) for buoy in line.buoys] == [(1, True), (22, False)]


def test_dates_that_are_near_many_or_far_are_listed_below():
    near = drawn([dated(date(2026, 12, 30)), dated(date(2026, 12, 31))])
    assert [buoy.label_x is not None for buoy in near.buoys] == [True, False]
    far = drawn([dated(date(2027, 6, 30))])
    assert (far.buoys[0].x, far.end_x) == (None, WIDTH)
    many = drawn([dated(date(2026, 12, 1) + timedelta(days=15 * n)) for n in range(4)])
    assert (near.listed, far.listed, many.listed) == (True, True, True)


def test_labels_stay_inside_the_picture():
    line = drawn([dated(date(2027, 2, 28))], date(2026, 11, 1))
    assert line.buoys[0].x == WIDTH
    label = line.buoys[0].label_x
    assert label is not None
    assert label <= WIDTH - 30
    assert line.label_x >= 50  # half of "Aujourd’hui" in bold
