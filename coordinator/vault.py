"""The vault of a building: what it takes to come back after its server is lost, sealed for those who may read it.

Mirrors fetch it beside the log. The bodies of each entry bundle, and the building's own keys and prices, are sealed to
its recovery key, whose secret half is on paper, and the bodies to its auditors, if there are any. What was erased is
not in it. Nothing is stored here: parts are sealed when they are asked for, one at a time, and what was sealed a moment
ago is given to the next who asks, as all mirrors ask for the same.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import EtpError, cbor
from localvpp.settlement import PriceList, plain_prices, read_prices, read_rule
from localvpp.tlog import TILE_WIDTH, Bundle
from localvpp.vault import Opening, Recipient, SealError, SecretKey, SecretKeyError, open_sealed, seal, seal_bodies

from .keys import KEY_FILES, replace_private
from .store import entries as entry_store

RECOVERY_FILE: Final = "recovery.pub"
"""The public half of the recovery key, in hex, beside the building's other keys."""
KEPT_BYTES: Final = 16 * 1024 * 1024
"""Of sealed parts: some 160 bundles, more than mirrors that follow the log are ever apart."""


def recovery_recipient(keys: Path) -> Recipient | None:
    """Return the recovery key that things are sealed to; None where none was made. Blocking.

    Raises SecretKeyError for a file that holds no public key.
    """
    path = keys / RECOVERY_FILE
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    try:
        return Recipient(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise SecretKeyError(f"{path} holds no public key (64 hex digits): make a new recovery key") from error


def make_recovery_key(keys: Path, secret: SecretKey) -> None:
    """Seal to a fresh recovery key from now on, and to one that was there no more. Blocking; raises OSError."""
    replace_private(keys / RECOVERY_FILE, secret.public.data.hex())


class Vault:
    """Seals for a building's recovery key and auditors."""

    def __init__(
        self,
        engine: AsyncEngine,
        origin: str,
        keys: Path,
        prices: PriceList,
        recovery: Recipient | None,
        auditors: Sequence[Recipient] = (),
    ) -> None:
        self._engine = engine
        self._origin = origin
        self._keys = keys
        self._prices = prices
        self._recovery = recovery
        self._readers = list(dict.fromkeys([*([recovery] if recovery else []), *auditors]))
        self._busy = asyncio.Lock()
        self._kept: OrderedDict[Bundle, bytes] = OrderedDict()
        self._building: bytes | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is anybody who can open bodies."""
        return bool(self._readers)

    @property
    def is_recoverable(self) -> bool:
        """Whether there is a recovery key, for which the building's own part is sealed."""
        return self._recovery is not None

    async def bodies(self, bundle: Bundle) -> bytes:
        """Return the sealed bodies of a bundle's entries, which must be published."""
        assert self.is_open, "asked only when it is open"
        async with self._busy:
            if bundle in self._kept:
                self._kept.move_to_end(bundle)
                return self._kept[bundle]
            data = await self._seal(bundle)
            self._kept[bundle] = data
            size = sum(map(len, self._kept.values()))
            while size > KEPT_BYTES:
                size -= len(self._kept.popitem(last=False)[1])
            return data

    async def _seal(self, bundle: Bundle) -> bytes:
        first = bundle.index * TILE_WIDTH
        async with self._engine.connect() as connection:
            entries = await entry_store.span(connection, first, first + bundle.width)
        openings = [
            None if entry.salt is None or entry.body is None else Opening(entry.salt, entry.body) for entry in entries
        ]
        return await asyncio.to_thread(seal_bodies, self._readers, self._origin, first, openings)

    @asynccontextmanager
    async def erasing(self) -> AsyncIterator[None]:
        """Seal nothing while bodies are erased, and give nothing afterwards that was sealed before.

        Whoever has seen the log's word of it, and asks then, must get parts without them.
        """
        async with self._busy:
            try:
                yield
            finally:
                self._kept.clear()

    async def building(self) -> bytes:
        """Return the building's own sealed part: its private keys, prices and sharing keys, which stay."""
        assert self._recovery is not None, "asked only when it is recoverable"
        recovery = self._recovery

        def work() -> bytes:
            files: list[cbor.Value] = [
                [name, (self._keys / name).read_text(encoding="ascii").strip()]
                for name in KEY_FILES
                if (self._keys / name).exists()
            ]
            periods: list[cbor.Value] = [list[cbor.Value](period) for period in plain_prices(self._prices)]
            keys: list[cbor.Value] = [rule.document for _, rule in sorted(self._prices.rules.items())]
            return seal([recovery], _context(self._origin), cbor.encode([files, periods, keys]))

        async with self._busy:
            if self._building is None:
                self._building = await asyncio.to_thread(work)
            return self._building


def open_building(secret: SecretKey, origin: str, sealed: bytes) -> tuple[dict[str, str], PriceList]:
    """Return the building's key files (name → content) and its prices.

    Raises SealError.
    """
    try:
        plain = cbor.decode(open_sealed(secret, _context(origin), sealed), "the building's sealed part")
        match plain:
            case [list() as files, list() as periods, *more] if all(isinstance(each, list) for each in more):
                keys = {str(name): str(text) for name, text in files}
                documents = [document for each in more if isinstance(each, list) for document in each]
                rules = [read_rule(str(document)) for document in documents]
                return keys, read_prices(periods, {rule.word: rule for rule in rules})
    except (EtpError, ValueError, TypeError) as error:
        raise SealError(f"the building's sealed part is damaged: {error}") from error
    raise SealError("the building's sealed part is not its keys and prices")


def _context(origin: str) -> bytes:
    return cbor.encode(["local-vpp building", origin])
