"""What lies sealed beside a log: in a mirror's folder, for each recovery key a copy of its own.

    vault/KEY/building/SECONDS   the building's own part, as it was served then
    vault/KEY/000, 000.p/5 …     the sealed bodies of each entry bundle

KEY is the recovery key's id in hex, SECONDS Unix time by the mirror's clock. The building's server says for whom it
seals, and whoever has broken into it may name himself, or anybody. A mirror can open nothing and so cannot tell. What
it can do is never to give up what it has:

- What is sealed for another recovery key goes into another copy. Bodies that are here are not fetched again.
- There are at most MOST_COPIES of them, as each is as large as the log. A further one is refused, and the mirror signs
  no more until a person at the mirror has said which copy nobody needs (`local-vpp ledger copies`): no word of the
  server's drops one, or it would say so until the good one is gone.
- The building's own part is replaced within a day at most; of each day before it the last one stays, at most MOST_PARTS
  of them, and the first for good. It takes a year of bad ones to leave no other than that.
- Erasing wins: when the log says that a device's bodies were erased, no copy keeps them. What cannot be had anew, as it
  was sealed for a key that is no more in use, goes with all that its bundle held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
import re
import shutil
from typing import Final, Protocol

from . import tlog
from .etp.record import commitment
from .logfolder import LogFolder
from .logreader import HttpReader
from .vault import Opening, SealError, SecretKey, open_bodies, sealed_for

BUILDING_VAULT: Final = "vault/building"
"""Where a server has what a building needs besides its records to come back: its keys and its prices, sealed."""
LARGEST_SEALED: Final = tlog.TILE_WIDTH * 32 * 1024
"""Bytes of a bundle's sealed bodies at most: a record has 16 KiB."""
MOST_COPIES: Final = 3
"""The key of today, one that was replaced, and one more before a person must look."""
MOST_PARTS: Final = 366
_DAY: Final = 86400
_KEY: Final = re.compile(r"[0-9a-f]{16}")


class VaultRefusedError(Exception):
    """What the building seals now cannot be kept beside what was sealed before; says what a person can do."""


class VaultFullError(VaultRefusedError):
    """There is no room for a copy for yet another key."""


class VaultGoneError(VaultRefusedError):
    """The building has given a vault before, and gives none any more."""


def vault_path(bundle: tlog.Bundle) -> str:
    """Where a server has the sealed bodies of a bundle, beside the log."""
    return bundle.path.replace("tile/entries/", "vault/", 1)


@dataclass(frozen=True, slots=True)
class VaultCopy:
    """All that is sealed for one recovery key. Blocking."""

    folder: LogFolder
    key: str
    """The recovery key's id, in hex."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder.path / "vault" / self.key

    def _inside(self, bundle: tlog.Bundle) -> str:
        return vault_path(bundle).replace("vault/", f"vault/{self.key}/", 1)

    def has(self, bundle: tlog.Bundle) -> bool:
        """Whether the bodies of a bundle are here, of just this width."""
        return (self.folder.path / self._inside(bundle)).is_file()

    def whole_up_to(self, size: int) -> int:
        """Return up to which entry the bodies are here without a hole, at the begin of a bundle."""
        for bundle in tlog.bundles_to_write(0, size):
            if not self.has(bundle):
                return bundle.index * tlog.TILE_WIDTH
        return size

    def parts(self, index: int) -> list[tlog.Bundle]:
        """Return what is here of the bundle at a place, widest first."""
        full = tlog.Bundle(index)
        place = self.folder.path / f"{self._inside(full)}.p"
        widths = [int(name) for name in _names(place) if name.isascii() and name.isdecimal()]
        partial = [tlog.Bundle(index, width) for width in sorted(widths, reverse=True) if 0 < width < tlog.TILE_WIDTH]
        return [full, *partial] if self.has(full) else partial

    def read(self, bundle: tlog.Bundle) -> bytes:
        """Give the sealed bodies of a bundle. Raises MissingError."""
        return self.folder.read(self._inside(bundle))

    def write(self, bundle: tlog.Bundle, data: bytes) -> None:
        """Keep the sealed bodies of a bundle."""
        self.folder.write([(self._inside(bundle), data)])

    def forget(self, index: int, *, but: tlog.Bundle | None = None, beyond: int = 0) -> None:
        """Drop what reaches beyond so many entries of the bundle at a place, but for one width.

        Bodies may be in it that were erased since.
        """
        for part in self.parts(index):
            if part != but and part.width > beyond:
                (self.folder.path / self._inside(part)).unlink(missing_ok=True)

    def building_parts(self) -> list[int]:
        """Return when each kept part of the building's own was served, newest first."""
        return sorted((int(name) for name in _names(self.path / "building") if name.isdecimal()), reverse=True)

    def read_building(self, at: int) -> bytes:
        """Give a part of the building's own. Raises MissingError."""
        return self.folder.read(f"vault/{self.key}/building/{at}")

    def write_building(self, data: bytes, now_s: int) -> None:
        """Keep the building's own part; see above for which others stay."""
        kept = self.building_parts()
        if kept and self.read_building(kept[0]) == data:
            return
        at = max(now_s, kept[0] + 1 if kept else 0)
        self.folder.write([(f"vault/{self.key}/building/{at}", data)])
        drop = kept[MOST_PARTS - 2 : -1]
        if len(kept) > 1 and kept[0] // _DAY == at // _DAY:
            drop = [kept[0]]
        for old in drop:
            (self.path / "building" / str(old)).unlink()

    def count(self) -> int:
        """Return how many full bundles' bodies are here."""
        files = (path for path in self.path.rglob("[0-9][0-9][0-9]") if path.parent.name != "building")
        return sum(path.is_file() for path in files if not path.parent.name.endswith(".p"))

    def drop(self) -> None:
        """Drop all of it. For a person to decide."""
        shutil.rmtree(self.path)


@dataclass(frozen=True, slots=True)
class VaultCopies:
    """The copies in a mirror's folder. Blocking."""

    folder: LogFolder

    def all(self) -> list[VaultCopy]:
        """Return every copy, that of the newest building's part first."""
        names = filter(_KEY.fullmatch, _names(self.folder.path / "vault"))
        copies = [VaultCopy(self.folder, name) for name in sorted(names)]
        return sorted(copies, key=lambda copy: copy.building_parts()[:1], reverse=True)

    def gone(self) -> None:
        """Take note that the building gives no vault. Raises VaultGoneError when it has given one before."""
        if here := self.all():
            kept = ", ".join(each.key for each in here)
            raise VaultGoneError(
                f"the building gives no sealed bodies any more, and copies for {kept} are here: without them it could "
                "not come back from this mirror. Ask its manager what became of its recovery key; if it is to have "
                "none from now on, drop the copies, with `local-vpp ledger copies MIRROR --drop KEY` or by deleting "
                "their folders below vault/"
            )

    def begin(self, building: bytes) -> VaultCopy:
        """Return the copy that the building's own part, as it is served, belongs to.

        Raises SealError when it is no such part, VaultFullError.
        """
        recipients = sealed_for(building)
        if len(recipients) != 1:
            raise SealError(
                f"the building's own part is sealed for {len(recipients)} keys, and it has one recovery key"
            )
        copy = VaultCopy(self.folder, next(iter(recipients)).hex())
        here = self.all()
        if copy not in here and len(here) >= MOST_COPIES:
            kept = ", ".join(each.key for each in here)
            raise VaultFullError(
                f"the building seals for the recovery key {copy.key} now, and copies for {kept} are here "
                "already: ask its manager which sheets he has, and drop a copy that none of them opens, with "
                "`local-vpp ledger copies MIRROR --drop KEY` or by deleting its folder below vault/"
            )
        return copy

    def served(self, bundle: tlog.Bundle) -> Iterator[tuple[tlog.Bundle, bytes]]:
        """Give what may hold the bodies of a bundle, the likeliest first."""
        for copy in self.all():
            for part in copy.parts(bundle.index):
                yield part, copy.read(part)


@dataclass(frozen=True, slots=True)
class ServedVault:
    """The vault as the building's server has it. Blocking."""

    reader: HttpReader

    def served(self, bundle: tlog.Bundle) -> Iterator[tuple[tlog.Bundle, bytes]]:
        """Give what may hold the bodies of a bundle. Raises UnreachableError."""
        try:
            yield bundle, self.reader.read_beside(vault_path(bundle), LARGEST_SEALED)
        except tlog.MissingError:
            return


class VaultReader(Protocol):
    """Where sealed bodies are. What it gives is not trusted."""

    def served(self, bundle: tlog.Bundle) -> Iterator[tuple[tlog.Bundle, bytes]]:
        """Give what may hold the bodies of a bundle, and how wide each is."""
        ...


@dataclass(slots=True)
class Offer:
    """What the parts that opened say of one entry."""

    covered: bool = False
    """Whether any of them reaches to this entry: if so, and without an opening, its body was left out."""
    openings: list[Opening] = field(default_factory=list)
    """Different ones, where a server has sealed different ones; the entry's commitment tells."""

    def opening(self, committed: bytes) -> Opening | None:
        """Return the one that an envelope commits to; None where it is not among them."""
        return next((each for each in self.openings if commitment(each.salt, each.body) == committed), None)


def open_bundle(
    vault: VaultReader, secrets: Sequence[SecretKey], origin: str, bundle: tlog.Bundle
) -> tuple[list[Offer], list[str]]:
    """Return what is offered for each entry of a bundle by the parts that open, and why others did not.

    All parts are tried that can add anything: one that was sealed for a key before it was replaced, and one after.
    """
    offers = [Offer() for _ in range(bundle.width)]
    reasons: list[str] = []
    for part, data in vault.served(bundle):
        try:
            bodies = _open(secrets, origin, part, data)
        except SealError as error:
            reasons.append(f"{vault_path(part)}: {error}")
            continue
        for offer, opening in zip(offers, bodies, strict=False):
            offer.covered = True
            if opening is not None and opening not in offer.openings:
                offer.openings.append(opening)
    return offers, reasons


def _open(secrets: Sequence[SecretKey], origin: str, bundle: tlog.Bundle, data: bytes) -> list[Opening | None]:
    """Open with whichever key it is sealed for. Raises SealError."""
    recipients = sealed_for(data)
    secret = next((each for each in secrets if each.public.id in recipients), secrets[0])
    return open_bodies(secret, origin, bundle.index * tlog.TILE_WIDTH, bundle.width, data)


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
