"""The documents of one round of a slot, as an auditor is given them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPapers:
    """What a round has left; None where it did not come so far."""

    number: int
    """Of the round."""
    log_size: int
    """Entries that the log had at its gate, as the coordinator says."""
    book: bytes | None = None
    result: bytes | None = None
    cleared: bytes | None = None
    orders: tuple[bytes, ...] = ()
    """The documents that flats have shown."""
    proposals: tuple[bytes, ...] = ()
    """Results that were proposed and taken, in the order of the log."""
    came_back: bool = False
    """Whether flats have given book and result back to a coordinator that had lost them: what flats had shown is gone,
    with the proposals that were beaten, and the rounds of the slot that nothing came of."""

    def plain(self) -> dict[str, Any]:
        """Write the documents as the texts that they are."""
        return {
            "number": self.number,
            "log_size": self.log_size,
            "book": _text(self.book),
            "result": _text(self.result),
            "cleared": _text(self.cleared),
            "orders": [document.decode() for document in self.orders],
            "came_back": self.came_back,
            "proposals": [document.decode() for document in self.proposals],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `plain` has written. Raises ValueError that names the field."""
        try:
            book, result, cleared = (_data(plain[name]) for name in ("book", "result", "cleared"))
            number, log_size = int(plain["number"]), int(plain["log_size"])
            orders, proposals = (tuple(text.encode() for text in plain[name]) for name in ("orders", "proposals"))
            came_back = bool(plain.get("came_back", False))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                "papers of a round are number, log_size, book, result, cleared, orders, proposals; the texts of book, "
                f"result and cleared may be null: {error!r}"
            ) from error
        return cls(
            number=number,
            log_size=log_size,
            book=book,
            result=result,
            cleared=cleared,
            orders=orders,
            came_back=came_back,
            proposals=proposals,
        )


def _text(document: bytes | None) -> str | None:
    return None if document is None else document.decode()


def _data(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
