"""The word that two residents agree on, to trade with each other before all others in their building's rounds.

It is theirs alone: `rounds.partner` makes of it what orders carry. Nothing that is shown, written into a log or said
of an error has it in it, which is why it is no plain text here.

Two people do not write one word alike: upper and lower case, full and half width, and spaces make no difference.

A word is no key: whoever sees what was made of it can try words. So it is asked to be of two or three, and no number
that neighbours know; its key is made of it slowly, and differs from building to building.
"""

from dataclasses import dataclass
from enum import StrEnum
import hashlib
from typing import Final, Self
import unicodedata

from .errors import Unsaid, WishError

NEIGHBOUR: Final = "my neighbour first"
LONGEST_WORD: Final = 100
LEAST_WEIGHT: Final = 12
"""Two words of a language, or three: twelve letters; kana, kanji and hangul, of which words have fewer, count twice."""
LEAST_DIFFERENT: Final = 5
_KEY: Final = b"local-vpp neighbour\0"
_COST, _BLOCK, _LANES = 2**15, 8, 3
"""Of scrypt (RFC 7914): 32 MiB and some tenths of a second, for each word that somebody tries."""
_EAST_ASIAN: Final = "\u2e80"
_LETTERS: Final = f"{LEAST_WEIGHT} letters at least, or {LEAST_WEIGHT // 2} kana or kanji"
_AGREE: Final = f"agree with your neighbour on two or three words that have nothing to do with you, {_LETTERS}"


class WordProblem(StrEnum):
    """What is wrong with a word: residents are told so in their language."""

    NO_TEXT = "no_text"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    """Signs that nobody sees, which came with a text that was pasted."""
    TOO_SHORT = "too_short"
    FEW_SIGNS = "few_signs"
    NUMBER = "number"


_PROBLEMS: Final = {
    WordProblem.NO_TEXT: ("no text", f"write it in quotes, and {_AGREE}"),
    WordProblem.TOO_LONG: ("too long", f"write {LONGEST_WORD} characters at most"),
    WordProblem.UNSEEN: ("written with signs that cannot be seen", "type it, and do not paste it"),
    WordProblem.TOO_SHORT: ("too short, and soon guessed", _AGREE),
    WordProblem.FEW_SIGNS: ("the same few characters again and again, and soon guessed", _AGREE),
    WordProblem.NUMBER: ("a number, as many know of you", _AGREE),
}


class WordError(WishError):
    """A word cannot be taken; says why, without it."""

    def __init__(self, problem: WordProblem) -> None:
        said, remedy = _PROBLEMS[problem]
        super().__init__(NEIGHBOUR, Unsaid(said), remedy)
        self.problem = problem


@dataclass(frozen=True, slots=True, repr=False)
class AgreedWord:
    """As it is counted with. Make it by `read`."""

    text: str

    @classmethod
    def read(cls, told: object) -> Self:
        """Read it as somebody has written it. Raises WordError."""
        if not isinstance(told, str):
            raise WordError(WordProblem.NO_TEXT)
        if len(told) > LONGEST_WORD:
            raise WordError(WordProblem.TOO_LONG)
        if not "".join(told.split()).isprintable():
            raise WordError(WordProblem.UNSEEN)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", told).casefold())
        text = "".join(folded.split())
        if sum(2 if sign >= _EAST_ASIAN else 1 for sign in text) < LEAST_WEIGHT:
            raise WordError(WordProblem.TOO_SHORT)
        if len(set(text)) < LEAST_DIFFERENT:
            raise WordError(WordProblem.FEW_SIGNS)
        if not any(sign.isalpha() for sign in text):
            raise WordError(WordProblem.NUMBER)
        return cls(text)

    def key(self, origin: str) -> bytes:
        """Return the key that it has in a building. Slow: for a thread, and once."""
        salt, memory = _KEY + origin.encode(), 128 * _BLOCK * (_COST + _LANES + 2)
        return hashlib.scrypt(self.text.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=memory, dklen=32)

    def __repr__(self) -> str:
        """Show that there is one."""
        return "AgreedWord(…)"
