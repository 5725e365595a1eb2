"""What the building's manager asks of the coordinator: its interface, with the manager's token."""

import json
from typing import Any, Final

import aiohttp

from ..errors import CommandError
from .building import Coordination

SLOTS: Final = "/slots?limit=2000"
"""All settled slots of a demonstration, newest first."""


class Manager:
    """Asks. All that does raises CommandError, with the coordinator's sentence, when it refuses."""

    def __init__(self, session: aiohttp.ClientSession, coordination: Coordination) -> None:
        self._session = session
        self._url = f"{coordination.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {coordination.token}"}

    async def ask(self, path: str, body: object = None) -> Any:
        """Get, or post a body; return the answer."""
        found = await self._answer(path, body)
        if found is None:
            raise CommandError(f"{path} of the coordinator is not there")
        return json.loads(found)

    async def find(self, path: str) -> Any:
        """Get what may not be there: then it is None."""
        found = await self._answer(path)
        return None if found is None else json.loads(found)

    async def file(self, path: str) -> bytes:
        """Get a file as it is."""
        found = await self._answer(path)
        if found is None:
            raise CommandError(f"{path} of the coordinator is not there")
        return found

    async def _answer(self, path: str, body: object = None) -> bytes | None:
        method = "GET" if body is None else "POST"
        async with self._session.request(method, self._url + path, json=body, headers=self._headers) as response:
            data = await response.read()
            if response.status == 404:
                return None
            if not response.ok:
                raise CommandError(f"{method} {path} of the coordinator: {data.decode(errors='replace').strip()}")
            return data
