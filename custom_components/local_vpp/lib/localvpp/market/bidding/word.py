"""The word that two residents agree on, to trade with each other before all others in their building's rounds.

It is theirs alone: `rounds.partner` makes of it what orders carry. Nothing that is shown, written into a log or said
of an error has it in it, which is why it is no plain text here.

Two people do not write one word alike: upper and lower case, full and half width, and spaces make no difference.

A word is no key: whoever sees what was made of it can try words. So it is asked to be of two or three, and no number
that neighbours know; its key is made of it slowly, and differs from building to building.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, repr=False)
class AgreedWord:
    """As it is counted with. Make it by `read`."""

    text: str

    @classmethod
    def read(cls, told: object) -> Self:
        """Read it as somebody has written it. Raises WishError, without the word."""
        if not isinstance(told, str):
            raise WishError(NEIGHBOUR, Unsaid("no text"), f"write it in quotes, and {_AGREE}")
        if len(told) > LONGEST_WORD:
            raise WishError(NEIGHBOUR, Unsaid(f"{len(told)} characters long"), f"write {LONGEST_WORD} at most")
        if not "".join(told.split()).isprintable():
            raise WishError(NEIGHBOUR, Unsaid("written with signs that cannot be seen"), "type it, and do not paste it")
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", told).casefold())
        text = "".join(folded.split())
        if sum(2 if sign >= _EAST_ASIAN else 1 for sign in text) < LEAST_WEIGHT:
            raise WishError(NEIGHBOUR, Unsaid("too short, and soon guessed"), _AGREE)
        if len(set(text)) < LEAST_DIFFERENT:
            raise WishError(NEIGHBOUR, Unsaid("the same few characters again and again, and soon guessed"), _AGREE)
        if not any(sign.isalpha() for sign in text):
            raise WishError(NEIGHBOUR, Unsaid("a number, as many know of you"), _AGREE)
        return cls(text)

    def key(self, origin: str) -> bytes:
        """Return the key that it has in a building. Slow: for a thread, and once."""
        salt, memory = _KEY + origin.encode(), 128 * _BLOCK * (_COST + _LANES + 2)
        return hashlib.scrypt(self.text.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=memory, dklen=32)

    def __repr__(self) -> str:
        """Show that there is one."""
        return "AgreedWord(…)"
