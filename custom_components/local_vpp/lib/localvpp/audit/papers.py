"""The documents of one round of a slot, as an auditor is given them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPapers:
    """What a round has left; None where it did not come so far."""

    number: int
    """Of the round."""
    log_size: int
    """Entries that the log had at its gate, as the coordinator says."""
    rules: bytes | None = None
    """Those that it was made by."""
    book: bytes | None = None
    result: bytes | None = None
    cleared: bytes | None = None
    orders: tuple[bytes, ...] = ()
    """The documents that flats have shown."""
    proposals: tuple[bytes, ...] = ()
    """Results that were proposed and taken, in the order of the log."""
    first: bytes | None = None
    """The result that was proposed for agreement before this one, which is without some offers of the book."""
    first_words: tuple[bytes, ...] = ()
    """The words that flats have given on that."""
    came_back: bool = False
    """Whether flats have given book and result back to a coordinator that had lost them: what flats had shown is gone,
    with the proposals that were beaten, and the rounds of the slot that nothing came of."""
    lost: bool = False
    """Whether the log holds its book, and the document is here no more: it is too old, or the coordinator was built
    anew and nobody has given it back."""

    def plain(self) -> dict[str, Any]:
        """Write the documents as the texts that they are."""
        return {
            "number": self.number,
            "log_size": self.log_size,
            "rules": _text(self.rules),
            "book": _text(self.book),
            "result": _text(self.result),
            "cleared": _text(self.cleared),
            "orders": [document.decode() for document in self.orders],
            "came_back": self.came_back,
            "lost": self.lost,
            "proposals": [document.decode() for document in self.proposals],
            "first": _text(self.first),
            "first_words": [word.hex() for word in self.first_words],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `plain` has written. Raises ValueError that names the field."""
        try:
            rules, book, result, cleared, first = (_data(plain[name]) for name in _NULLABLE)
            first_words = tuple(bytes.fromhex(word) for word in plain["first_words"])
            number, log_size = int(plain["number"]), int(plain["log_size"])
            orders, proposals = (tuple(text.encode() for text in plain[name]) for name in ("orders", "proposals"))
            came_back, lost = bool(plain["came_back"]), bool(plain["lost"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(
                "papers of a round are number, log_size, orders, proposals, first_words, came_back, lost, and the "
                f"texts, which may be null, {', '.join(_NULLABLE)}: {error!r}"
            ) from error
        return cls(
            number=number,
            log_size=log_size,
            rules=rules,
            book=book,
            result=result,
            cleared=cleared,
            orders=orders,
            came_back=came_back,
            lost=lost,
            proposals=proposals,
            first=first,
            first_words=first_words,
        )


_NULLABLE: Final = ("rules", "book", "result", "cleared", "first")


def _text(document: bytes | None) -> str | None:
    return None if document is None else document.decode()


def _data(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
