"""Small things that are told in passing and that a restart must not forget: kept in the flat's database, soon."""

import asyncio

from .store import FlatStore


class Notes:
    """Of one flat. What could not be kept waits for the next time."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store
        self._due: dict[str, bytes] = {}
        self._wake = asyncio.Event()

    def note(self, key: str, value: str) -> None:
        """Keep this over a restart, soon."""
        self._due[key] = value.encode()
        self._wake.set()

    async def run(self) -> None:
        """Keep until cancelled. Raises StoreError."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.save()

    async def save(self) -> None:
        """Keep all there is. Raises StoreError."""
        while self._due:
            key, value = next(iter(self._due.items()))
            await self._store.note(key, value)
            if self._due.get(key) is value:
                del self._due[key]
