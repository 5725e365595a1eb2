"""The mirror's door: whoever has the log may bring it, and need not be asked for it.

Specification: C2SP tlog-mirror, text as of November 2026 (`add-checkpoint`, `add-entries`); the mathematics are in
`tlog.mirror`.

The pending checkpoint is the head that this flat has witnessed: one rule, and one state, for both. So nothing is ever
mirrored that the witness would not sign, and evidence of a fork is kept where all of it is. Entries are written as they
are proven, and counted only then; the mirrored checkpoint is the one in the folder, whichever way its entries came.
What was counted and is not under that checkpoint yet is forgotten by a restart, and is sent again: clients ask where to
go on.

Whoever brings the log need not say who he is, so what he can make this flat hold is bounded: some uploads at a time,
and of each no more than a package. Of tickets nothing is held; each lasts for an hour, and no longer than this process.
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
import secrets
from typing import Final

from . import tlog
from .clock import Clock
from .etp.cose import LARGEST
from .guard import Guard, WitnessMovedError
from .logfolder import LogFolder
from .mirror import Mirror

type Answer = tlog.Answer[tlog.MirroredLog]

MOST_UPLOADS: Final = 4
"""At a time. One of them writes: more would only wait, each with a megabyte in memory."""
_LARGEST_PACKAGE: Final = tlog.TILE_WIDTH * (2 + LARGEST) + 1 + 63 * tlog.HASH_BYTES
"""Bytes of 256 entries of this building's log and their proof: none of its entries is larger than `LARGEST`."""
LARGEST_UPLOAD: Final = 2**17 + tlog.MAX_PACKAGES * _LARGEST_PACKAGE
"""Bytes of a request: its header, and as many packages as a client should send at most."""

_FULL: Final = f"this mirror takes {MOST_UPLOADS} uploads at a time; try later"
_NOT_YET: Final = "this mirror has not met its building's coordinator yet, or does not sign for what it gives"


class MirrorDoor:
    """Takes a log in for one mirror."""

    def __init__(self, origin: str, guard: Guard, mirror: Mirror, clock: Clock) -> None:
        self.origin = origin
        self._guard = guard
        self._mirror = mirror
        self._clock = clock
        self._ticket_key = secrets.token_bytes(tlog.TICKET_KEY_BYTES)
        self._opened = clock.monotonic()
        self._uploads = 0
        self._next = 0
        """The first entry that is not held, where that is beyond the mirrored checkpoint."""

    @property
    def folder(self) -> LogFolder:
        """The files of the mirrored log."""
        return self._mirror.folder

    def _tickets(self) -> tlog.Tickets:
        return tlog.Tickets(self._ticket_key, int(self._clock.monotonic() - self._opened))

    def _log(self) -> tlog.MirroredLog | None:
        """Return what the mirror knows of its log; None while it signs nothing."""
        key, held, latest = self._guard.log_key, self._mirror.held, self._guard.head
        if key is None or self._mirror.cosigner is None or latest.size < held.size:
            return None
        self._next = min(max(self._next, held.size), latest.size)
        return tlog.MirroredLog(self.origin, (key,), latest, held, self._next, self._mirror.time)

    async def add_checkpoint(self, request: bytes) -> Answer:
        """Answer `add-checkpoint`: a checkpoint that has grown becomes the pending one, and is not signed.

        Raises StoreError.
        """
        log = self._log()
        if log is None:
            return tlog.refuse(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_YET)
        answer = tlog.add_pending_checkpoint({self.origin: log}, request)
        if not answer.evidence and answer.log is None:
            return answer
        asked = tlog.AddCheckpoint.parse(request)
        try:
            # The witness looks for itself, and keeps what contradicts it.
            await self._guard.follow(log.keys[0], asked.checkpoint, asked.path, since=asked.old, stranger=True)
        except tlog.TlogError, WitnessMovedError:
            if answer.evidence:
                return answer
            # Another head was witnessed meanwhile.
            return tlog.Answer(HTTPStatus.CONFLICT, b"%d\n" % self._guard.head.size, tlog.SIZE_TEXT)
        return answer

    async def add_entries(self, chunks: AsyncIterator[bytes]) -> Answer:
        """Answer `add-entries`, of which the bytes come as they come.

        Raises OSError when entries cannot be written, and what `chunks` raises; what was counted is.
        """
        if self._uploads >= MOST_UPLOADS:
            return tlog.refuse(HTTPStatus.SERVICE_UNAVAILABLE, _FULL)
        self._uploads += 1
        try:
            return await self._take(chunks)
        finally:
            self._uploads -= 1

    async def _take(self, chunks: AsyncIterator[bytes]) -> Answer:
        arrived = bytearray()

        async def more() -> bool:
            async for chunk in chunks:
                arrived.extend(chunk)
                return True
            return False

        try:
            while (header := tlog.take_header(arrived)) is None:
                if not await more():
                    return tlog.refuse_upload(tlog.FormatError("the request ends before its header does"))
            del arrived[: header[1]]
            log = self._log()
            if log is None:
                return tlog.refuse(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_YET)
            upload = tlog.begin_upload({self.origin: log}, header[0], self._tickets())
            if isinstance(upload, tlog.Answer):
                return upload
            while (span := upload.span) is not None:
                while (package := tlog.take_package(arrived, span)) is None:
                    if len(arrived) > _LARGEST_PACKAGE:
                        raise tlog.FormatError(f"a package has at most {_LARGEST_PACKAGE} bytes here")
                    if not await more():
                        return tlog.pause_upload(self._log() or log, upload, self._tickets())
                del arrived[: package[1]]
                upload = await self._keep(upload, span, package[0])
        except (tlog.FormatError, tlog.ProofError) as error:
            return tlog.refuse_upload(error)
        return await self._finish(upload)

    async def _keep(self, upload: tlog.Upload, span: tlog.Span, package: tlog.Package) -> tlog.Upload:
        """Prove a package, and write it beside what is there of its bundle.

        Raises ProofError; OSError.
        """
        folder = self._mirror.folder
        async with self._mirror.busy:

            def work() -> tlog.Upload:
                before = self._held_before(span)
                after = tlog.receive_package(upload, package, [tlog.leaf_hash(entry) for entry in before])
                entries = [*before, *package.entries]
                bundle = tlog.Bundle(span.begin // tlog.TILE_WIDTH, len(entries))
                folder.write([(bundle.path, tlog.encode_bundle(entries))])
                return after

            kept = await asyncio.to_thread(work)
            self._next = max(self._next, span.end)
        return kept

    def _held_before(self, span: tlog.Span) -> list[bytes]:
        """Return the entries of a span's bundle before it. Blocking.

        Raises ProofError when they are not there, so that the client asks again where to go on.
        """
        if span.start == span.begin:
            return []
        index = span.begin // tlog.TILE_WIDTH
        held = max(self._next, self._mirror.held.size) - span.begin
        widths = {min(held, tlog.TILE_WIDTH), span.start - span.begin, tlog.TILE_WIDTH}
        for width in sorted(width for width in widths if width >= span.start - span.begin):
            try:
                entries = tlog.read_bundle(self._mirror.folder, tlog.Bundle(index, width))
            except tlog.TlogError:
                continue
            return entries[: span.start - span.begin]
        raise tlog.ProofError(f"the entries before {span.start} are not held here: ask again where to go on")

    async def _finish(self, upload: tlog.Upload) -> Answer:
        async with self._mirror.busy:
            log, cosigner = self._log(), self._mirror.cosigner
            if log is None or cosigner is None:
                return tlog.refuse(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_YET)
            now = self._clock.wall_ms() // 1000
            answer = tlog.finish_upload(log, upload, now, [cosigner], self._tickets())
            if answer.log is None:
                return answer
            mirrored = answer.log.mirrored
            try:
                await self._mirror.adopt(tlog.Head(mirrored.size, mirrored.root), mirrored.note, answer.log.time)
            except tlog.TlogError as error:
                # What was proven when it came is not what lies there now: the copy is to be checked.
                return tlog.refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"the copy is damaged: {error}")
        return answer
