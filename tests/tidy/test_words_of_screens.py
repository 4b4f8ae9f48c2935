"""Each text of a screen has its English twin, each twin its text, and none is untranslated."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from io import BytesIO

import jinja2.ext
from jinja2 import Environment

from api.pages.words import catalogues
from tests.tidy.tree import text, tracked

TEMPLATES = "api/templates/"
NAMES = {"English", "Français", "Bou", "Sol", "Bou’Sol"}
"""Said in every language."""
HOLES = re.compile(r"%\((\w+)\)s|%%")


def templates():
    return [str(path) for path in tracked(f"{TEMPLATES}*.html")]


def room(path):
    """The catalogue of a template: that of its folder."""
    inside = path.removeprefix(TEMPLATES)
    return f"{inside.split('/')[0]}.po" if "/" in inside else "common.po"


def said():
    """The messages of each catalogue's templates: singular, or singular and plural."""
    found = defaultdict(set)
    for path in templates():
        options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false",
                   "trim_blocks": "true", "lstrip_blocks": "true"}  # fmt: skip
        messages = jinja2.ext.babel_extract(
            BytesIO(text(path).encode()), ("_", "gettext", "ngettext"), (), options
        )
        for _, _, message, _ in messages:
            parts = (message,) if isinstance(message, str) else tuple(m for m in message or () if m)
            one = parts[0] if len(parts) == 1 else parts
            found[room(path)].add(one)
    return found


def written():
    return {
        name: {message.id: message for message in catalogue if message.id}
        for name, catalogue in catalogues("en").items()
    }


def test_every_text_has_its_english_twin_and_every_twin_its_text():
    there, common = written(), set(written()["common.po"])
    for name, messages in said().items():
        twins = set(there.get(name, {}))
        known = twins | (common if name != "common.po" else set())
        assert messages - known == set(), f"missing in api/locale/en/{name}"
        assert twins - messages == set(), f"said nowhere, in api/locale/en/{name}"
    assert set(there) <= set(said())


def test_no_twin_is_empty_or_unsure_and_each_has_the_same_holes():
    for name, messages in written().items():
        for key, message in messages.items():
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            keys = key if isinstance(key, tuple) else (key,)
            assert all(texts), (name, key)
            assert not message.fuzzy, (name, key)
            holes = {hole for one in keys for hole in HOLES.findall(one)}
            assert {hole for one in texts for hole in HOLES.findall(one)} == holes, (name, key)


class Bare(HTMLParser):
    """Collects the text between tags, and the attributes that people read."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def handle_data(self, data):
        self.texts.append(data)

    def handle_starttag(self, _tag, attrs):
        read = {"aria-label", "placeholder", "title", "alt"}
        self.texts += [value for name, value in attrs if name in read and value]


def bare_words(path):
    """Words of a template that stand outside of what Jinja puts there."""
    data, depth = [], 0
    for _, kind, value in Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(
        text(path)
    ):
        if kind == "name" and value in {"trans", "endtrans"}:
            depth += 1 if value == "trans" else -1
        if kind == "data" and depth == 0:
            data.append(value)
        elif kind == "variable_begin":
            data.append("0")  # so that what stands around a value is no other tag
    reader = Bare()
    reader.feed("".join(data))
    words = re.findall(r"[^\W\d_]{2,}", " ".join(reader.texts).replace("Bou’Sol", ""))
    return [word for word in words if word not in NAMES]


def test_no_text_of_a_screen_is_said_untranslated():
    assert {path: bare_words(path) for path in templates() if bare_words(path)} == {}
