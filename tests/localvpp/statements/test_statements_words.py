"""The words of statements: both languages say the same, and Japanese has the words that residents know."""

from string import Formatter

import pytest

from localvpp.paper import Language
from localvpp.statements.words import _BOTH, Words


@pytest.mark.parametrize("key", _BOTH)
def test_both_languages_have_room_for_the_same(key: str) -> None:
    japanese, english = (_places(Words(language)[key]) for language in (Language.JAPANESE, Language.ENGLISH))
    assert japanese == english


@pytest.mark.parametrize("key", _BOTH)
def test_japanese_calls_things_as_home_assistant_and_the_building_s_page_do(key: str) -> None:
    """There a slot is コマ, a neighbour ほかの住戸, and what is shared is 融通 (電力融通)."""
    assert not [
        word for word in ("区間", "ご近所", "他の住戸", "共有", "自家の") if word in Words(Language.JAPANESE)[key]
    ]


def test_what_was_saved_stands_where_it_is_said() -> None:
    assert (
        Words(Language.JAPANESE)["saved"].format("1,234", "9,876") == "融通がない場合（9,876 円）より 1,234 円お得です"
    )
    assert (
        Words(Language.ENGLISH)["saved"].format("1,234", "9,876") == "1,234 yen less than without sharing (9,876 yen)"
    )


def _places(text: str) -> set[int]:
    """Return which values a text has places for, by their number."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return {number if name == "" else int(name) for number, name in enumerate(names)}
