"""The word that two residents agree on: the same however they write it, refused when it is guessed, shown nowhere."""

import traceback
from typing import Any
import unicodedata

from hypothesis import given, strategies as st
import pytest

from localvpp.bidder import MarketSettings
from localvpp.market.bidding import AgreedWord, WishError, Wishes, read_wishes

from ...bidder.flat import TOKYO

ORIGIN = "vpp.example/test"
SECRET = "blue heron kettle"


@pytest.mark.parametrize(
    "other",
    ["Blue Heron Kettle", "BLUEHERONKETTLE", " blue  heron\u3000kettle ", "ｂｌｕｅ　ｈｅｒｏｎ　ｋｅｔｔｌｅ"],
)
def test_it_is_the_same_however_it_is_written(other: str) -> None:
    assert AgreedWord.read(other) == AgreedWord.read(SECRET)


def test_half_width_kana_are_kana() -> None:
    assert AgreedWord.read("ｻｷﾞﾔｶﾝﾁｬﾂﾎﾞ") == AgreedWord.read("サギ ヤカン チャツボ")


@given(st.text(st.characters(codec="utf-8"), max_size=120), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_whatever_is_written_is_taken_as_one_word_or_refused_without_it(told: str, form: Any) -> None:
    refused = None
    try:
        word = AgreedWord.read(told)
    except WishError as error:
        refused = error
    if refused is not None:
        assert refused.field == "my neighbour first"
        assert refused.remedy
        assert len(told) < 12 or told not in str(refused)
        return
    assert told not in repr(word)
    assert unicodedata.is_normalized("NFKC", word.text)
    other = unicodedata.normalize(form, told)
    assert len(other) > 100 or AgreedWord.read(other) == word


@pytest.mark.parametrize(
    ("told", "wrong", "remedy"),
    [
        ("", "too short", "12 letters at least, or 6 kana or kanji"),
        ("cherry tree", "too short", "12 letters at least"),
        ("さくらの木", "too short", "6 kana or kanji"),
        ("abababababababab", "the same few characters", "agree with your neighbour"),
        ("090-1234-5678", "a number", "nothing to do with you"),
        ("x" * 101, "too long", "write 100 characters at most"),
        ("blue heron\u200bkettle", "signs that cannot be seen", "type it"),
        ("blue heron\ud800kettle", "signs that cannot be seen", "type it"),
        (102, "no text", "write it in quotes"),
        (["blue heron kettle"], "no text", "write it in quotes"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_what_to_do(told: object, wrong: str, remedy: str) -> None:
    with pytest.raises(WishError, match="wish 'my neighbour first' is ") as refused:
        read_wishes({"my neighbour first": told})
    assert wrong in str(refused.value)
    assert remedy in str(refused.value)
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value) + repr(vars(refused.value))
    assert not isinstance(told, str) or not told or told not in shown


def test_it_is_shown_nowhere() -> None:
    wishes = Wishes(neighbour=AgreedWord.read(SECRET))
    for each in (wishes, wishes.neighbour, MarketSettings(zone=TOKYO, wishes=wishes)):
        for shown in (repr(each), str(each), f"{each}"):
            assert "AgreedWord(…)" in shown
            assert "heron" not in shown


def test_its_key_is_of_a_building() -> None:
    """The value is what `openssl kdf` makes of it: two versions of this program make the same tags."""
    key = AgreedWord.read(SECRET).key(ORIGIN)
    assert key == AgreedWord.read(SECRET.upper()).key(ORIGIN)
    assert key.hex() == "90c20d935697ffa3f178089a2ab2798c66329c7d7779a1253bb7bf645ffe8dd5"
    assert AgreedWord.read(SECRET).key("vpp.example/other") != key
