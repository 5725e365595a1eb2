"""The log as anybody may read it: its checkpoint, who witnesses it, its tiles, and what is sealed beside them."""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from localvpp.logfolder import CHECKPOINT
from localvpp.tlog import TILE_WIDTH, Bundle, FormatError, MissingError, parse_path

from ..ledger import Ledger
from ..vault import Vault
from ..witnesses import KEPT_HEADS, Cosigning
from .errors import ApiError

TEXT: Final = "text/plain; charset=utf-8"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_BRIEFLY: Final = "public, max-age=2"


@dataclass(frozen=True, slots=True)
class PublicLog:
    """The handlers of what lies under `/log`."""

    ledger: Ledger
    cosigning: Cosigning
    vault: Vault

    async def checkpoint(self, _request: web.Request) -> web.Response:
        """Give the published checkpoint."""
        try:
            data = await asyncio.to_thread(self.ledger.folder.read, CHECKPOINT)
        except MissingError as error:
            raise ApiError(404, "not_found", str(error)) from error
        return web.Response(body=data, headers={"Content-Type": TEXT, "Cache-Control": _BRIEFLY})

    async def policy(self, _request: web.Request) -> web.Response:
        """Give the policy of the newest head: who witnesses, and how many are enough."""
        return web.Response(
            body=self.cosigning.policy.encode(), headers={"Content-Type": TEXT, "Cache-Control": _BRIEFLY}
        )

    async def cosignatures(self, request: web.Request) -> web.Response:
        """Give all signature lines of witnesses under a head; the published one has no more than a reader must take."""
        size = int(request.match_info["size"])
        lines = self.cosigning.lines(size)
        if lines is None:
            raise ApiError(
                404,
                "not_found",
                f"size: no signatures are kept under a head of {size} entries, only under the last {KEPT_HEADS} heads: "
                "see /log/checkpoint",
                "size",
            )
        return web.Response(body=lines, headers={"Content-Type": TEXT, "Cache-Control": _BRIEFLY})

    async def tile(self, request: web.Request) -> web.Response:
        """Give a tile or an entry bundle. Its path is parsed and written anew, so it names nothing else."""
        try:
            place = parse_path(f"tile/{request.match_info['place']}")
            data = await asyncio.to_thread(self.ledger.folder.read, place.path)
        except (FormatError, MissingError) as error:
            raise ApiError(404, "not_found", str(error)) from error
        return web.Response(
            body=data, headers={"Content-Type": "application/octet-stream", "Cache-Control": _IMMUTABLE}
        )

    async def sealed(self, request: web.Request) -> web.Response:
        """Give a part of the vault: the building's own, or the bodies of a bundle as wide as a head has it.

        Any other width would be work for nobody's use. Mirrors copy what their witness has signed a moment ago, while
        the log grows: the heads whose signatures are kept count, too.
        """
        place = request.match_info["place"]
        if not (self.vault.is_recoverable if place == "building" else self.vault.is_open):
            raise ApiError(
                404, "not_found", "this building has no recovery key: local-vpp ledger recovery-key makes it"
            )
        if place == "building":
            data = await self.vault.building()
        else:
            try:
                bundle = Bundle.parse(f"tile/entries/{place}")
            except FormatError as error:
                raise ApiError(404, "not_found", str(error)) from error
            end = bundle.index * TILE_WIDTH + bundle.width
            if end > self.ledger.size:
                raise ApiError(404, "not_found", f"{bundle.path} is beyond the {self.ledger.size} entries of the log")
            if bundle.width < TILE_WIDTH and end != self.ledger.size and self.cosigning.text(end) is None:
                raise ApiError(
                    404,
                    "not_found",
                    f"{bundle.path} ends where none of the last {KEPT_HEADS} heads does: ask for a full bundle, or for "
                    f"the newest head's, of {self.ledger.size} entries",
                )
            data = await self.vault.bodies(bundle)
        return web.Response(
            body=data, headers={"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}
        )
