"""Signs of the day: words that ears tell apart, flags that eyes do, and a draw nobody foresees."""

import re
from collections import Counter
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from merchants import signals
from merchants.signals import COLOURS, FLAGS, WORDS, of_day
from tests.unit.ear import distance, heard

KEY, OTHER = b"k" * 32, b"l" * 32
DAY = date(2027, 3, 1)
NEIGHBOURS = 200


def test_there_are_400_words_of_four_to_eight_plain_letters_and_none_is_there_twice():
    assert len(WORDS) == len(set(WORDS)) == 400
    assert [word for word in WORDS if not re.fullmatch("[A-Z]{4,8}", word)] == []


def test_no_word_sounds_like_another():
    sounds = {word: heard(word) for word in WORDS}
    alike = [
        (one, two)
        for (one, first), (two, second) in combinations(sounds.items(), 2)
        if max((Counter(first) - Counter(second)).total(), abs(len(first) - len(second))) < 3
        and distance(first, second) < 1.5
    ]
    assert alike == []


@pytest.mark.parametrize(
    ("one", "two"),
    [("MOULE", "POULE"), ("TAPIS", "TAMIS"), ("BALISE", "VALISE"), ("PHARE", "PHARES"),
     ("TAPIS", "TABIS"), ("SEAU", "SOT"), ("CEDRE", "CIDRE"), ("CANAL", "CANNELLE")],
)  # fmt: skip
def test_the_ear_of_this_test_hears_what_is_alike(one, two):
    assert distance(heard(one), heard(two)) < 1.5


@pytest.mark.parametrize("word", ["MORUE", "BOUDIN", "BALEINE", "NOYADE", "EPAVE", "PASSEUR"])
def test_words_that_could_hurt_are_not_among_them(word):
    assert word not in WORDS


def test_on_one_day_no_two_shops_of_a_neighbourhood_share_a_word_or_a_flag():
    for first in (1, 2, 57, 199, 200, 12_345):
        shown = [of_day(KEY, first + step, DAY) for step in range(NEIGHBOURS)]
        assert len({sign.word for sign in shown}) == NEIGHBOURS
        assert len({sign.flag for sign in shown}) == NEIGHBOURS


def test_no_shop_has_a_word_or_a_flag_on_two_days_running():
    days = [[of_day(KEY, shop, DAY + timedelta(days=step)) for shop in range(400)]
            for step in range(60)]  # fmt: skip
    for before, after in pairwise(days):
        for one, two in zip(before, after, strict=True):
            assert one.word != two.word
            assert one.flag != two.flag


def test_a_shop_sees_many_words_in_a_year_and_none_much_more_often_than_others():
    seen = Counter(of_day(KEY, 7, DAY + timedelta(days=step)).word for step in range(730))
    assert len(seen) > 300
    assert max(seen.values()) <= 10


def test_another_key_draws_other_words_and_other_flags():
    days = [DAY + timedelta(days=step) for step in range(60)]
    same = [day for day in days if of_day(KEY, 3, day).word == of_day(OTHER, 3, day).word]
    assert len(same) <= 3
    flags = [day for day in days if of_day(KEY, 3, day).flag == of_day(OTHER, 3, day).flag]
    assert len(flags) <= 2


@pytest.mark.parametrize(
    ("shop", "day", "word", "said"),
    [
        (1, date(2027, 3, 1), "SAVON", "vert et jaune, disque blanc, pointe bleue"),
        (1, date(2027, 3, 2), "ANANAS", "jaune et vert, disque bleu, pointe verte"),
        (2, date(2027, 3, 1), "POMME", "jaune et vert, disque rouge, bande bleue"),
        (999, date(2028, 2, 29), "ARGILE", "jaune et vert, losange rouge, pointe bleue"),
    ],
)
def test_known_answers_stay(shop, day, word, said):
    """A month's sheet that hangs in a shop is still true after a release."""
    sign = of_day(KEY, shop, day)
    assert (sign.word, sign.flag.said("fr")) == (word, said)


def test_every_flag_is_drawn_and_said_like_no_other():
    assert len({drawn(flag) for flag in FLAGS}) == len(FLAGS) == 1440
    for language in ("fr", "en"):
        assert len({flag.said(language) for flag in FLAGS}) == len(FLAGS)


def drawn(flag, wide=42, high=30):
    """The flag as a small picture: what stands at each place, as parts.html and the papers draw."""
    cells = []
    for y in range(high):
        for x in range(wide):
            colour = flag.ground[x >= wide / 2]
            across, up = abs(x - wide * 0.62), abs(y - high / 2)
            if (
                (flag.charge == "disc" and across**2 + up**2 <= (high * 0.283) ** 2)
                or (flag.charge == "lozenge" and across + up <= high * 0.283)
                or (flag.charge == "bar" and up <= high / 9)
            ):
                colour = flag.charge_colour
            if (flag.hoist == "band" and x < wide * 0.16) or (
                flag.hoist == "point" and x < high - 2 * up
            ):
                colour = flag.hoist_colour
            cells.append(colour.hex)
    return "".join(cells)


SEEN_AS = {  # what eyes without one sort of cones see, in linear light (Viénot 1999)
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "without red": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "without green": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


@pytest.mark.parametrize("eyes", SEEN_AS)
def test_colours_of_flags_are_told_apart_by_everybody(eyes):
    for one, two in combinations(COLOURS, 2):
        apart = sum((a - b) ** 2 for a, b in zip(lab(one, eyes), lab(two, eyes), strict=True))
        assert apart**0.5 > 20, (one.en, two.en)


def lab(colour, eyes):
    """Where a colour stands among all, by how different people see it (CIELAB)."""
    parts = [int(colour.hex[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    seen = [max(0.0, sum(m * v for m, v in zip(row, light, strict=True))) for row in SEEN_AS[eyes]]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = [sum(m * v for m, v in zip(row, seen, strict=True)) for row in rows]
    x, y, z = (
        ratio ** (1 / 3) if ratio > 0.008856 else 7.787 * ratio + 16 / 116
        for ratio in (value / whole for value, whole in zip(xyz, white, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_a_flag_is_said_in_words_that_agree():
    flag = next(
        one
        for one in FLAGS
        if one.ground == (signals.YELLOW, signals.BLUE)
        and (one.hoist, one.hoist_colour) == ("band", signals.GREEN)
        and (one.charge, one.charge_colour) == ("disc", signals.WHITE)
    )
    assert flag.said("fr") == "jaune et bleu, disque blanc, bande verte"
    assert flag.said("en") == "yellow and blue, white disc, green band"
