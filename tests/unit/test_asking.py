import pytest

from api.wire.asking import language


@pytest.mark.parametrize(
    ("accepted", "answered"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.4, fr;q=0.5", "fr"),
        ("de, en;q=0.5", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("fr;q=0, *", "en"),
        ("fr;q=0, en;q=0", "fr"),
        ("en;q=2", "fr"),
        (";;;,,,=", "fr"),
        ("x" * 10_000, "fr"),
    ],
)
def test_the_language_is_the_readers_best_of_ours(accepted, answered):
    assert language(accepted) == answered
