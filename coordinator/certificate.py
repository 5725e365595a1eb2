"""The certificate that the coordinator shows, taken anew when it is renewed.

Whoever renews certificates replaces the files, often one after the other. So the files are looked at every minute, and
when told to (SIGHUP); a pair that does not fit is told once, and the one in use stays in use. A whole new context
is made each time and every handshake is pointed at the newest: a context that is half loaded never answers.
"""

import asyncio
from datetime import UTC, datetime
import logging
import ssl
from typing import Final

from localvpp.clock import Clock

from .config.tls import ServerTls, TlsError, TlsFiles, load_tls
from .filestamp import Stamp, stamp_of

LOOK_S: Final = 60.0
"""Between two looks at the files: a renewed certificate is weeks early."""
SOON_MS: Final = 14 * 86400 * 1000
"""A certificate that ends within two weeks should have been renewed: 90-day ones are a month before."""

_log = logging.getLogger(__name__)

type _Stamps = tuple[Stamp, ...]


class Certificate:
    """A pair of files, and the context that answers with the newest of them."""

    def __init__(self, files: TlsFiles, tls: ServerTls, stamp: _Stamps, clock: Clock, look_s: float) -> None:
        self._files = files
        self._tls = tls
        self._stamp = stamp
        self._clock = clock
        self._look_s = look_s
        self._told = asyncio.Event()
        self._unfit: str | None = None
        self._age_told: str | None = None
        self.context = tls.context
        """For the listener: its handshakes are pointed at the newest."""
        self.context.sni_callback = self._point

    @classmethod
    async def load(cls, files: TlsFiles, clock: Clock, look_s: float = LOOK_S) -> Certificate:
        """Read the files.

        Raises TlsError.
        """
        stamp = await asyncio.to_thread(_stamp, files)
        certificate = cls(files, await asyncio.to_thread(load_tls, files), stamp, clock, look_s)
        certificate._tell_of_age()
        return certificate

    @property
    def trouble(self) -> str | None:
        """What somebody should see to; None when all is well."""
        return "; ".join(why for why in (self._unfit, self._age()) if why) or None

    def look(self) -> None:
        """Take the files anew, changed or not."""
        self._told.set()

    async def run(self) -> None:
        """Watch the files until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._look_s):
                    await self._told.wait()
            except TimeoutError:
                await self.renew(forced=False)
            else:
                self._told.clear()
                await self.renew(forced=True)

    async def renew(self, *, forced: bool) -> None:
        """Take the files anew if they have changed, or in any case."""
        await self._take(forced=forced)
        self._tell_of_age()

    async def _take(self, *, forced: bool) -> None:
        stamp = await asyncio.to_thread(_stamp, self._files)
        if stamp == self._stamp and not forced:
            if self._unfit is not None:
                self._unfit = None
                _log.warning("The files of the certificate in use are back")
            return
        try:
            tls = await asyncio.to_thread(load_tls, self._files)
        except TlsError as error:
            if self._unfit is None:
                _log.warning("The certificate in use stays in use, for the new one cannot be: %s", error)
            self._unfit = "the new certificate cannot be used: the log says why"
            return
        self._tls, self._stamp, self._unfit = tls, stamp, None
        _log.warning("A new certificate is in use, good until %s", _date(tls.ends_ms))

    def _point(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._tls.context

    def _age(self) -> str | None:
        now_ms = self._clock.wall_ms()
        if now_ms < self._tls.begins_ms:
            return f"the certificate is good from {_date(self._tls.begins_ms)} on: set this machine's clock, or wait"
        if now_ms >= self._tls.ends_ms:
            return f"the certificate has ended on {_date(self._tls.ends_ms)}, and flats refuse it: renew it"
        if now_ms >= self._tls.ends_ms - SOON_MS:
            return f"the certificate ends on {_date(self._tls.ends_ms)}: renew it"
        return None

    def _tell_of_age(self) -> None:
        age = self._age()
        if age is not None and age != self._age_told:
            _log.warning("%s: %s", self._files.certificate, age)
        self._age_told = age


def _stamp(files: TlsFiles) -> _Stamps:
    """Return what tells that one of them was changed. Blocking."""
    return tuple(stamp_of(path) for path in (files.certificate, files.key))


def _date(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()
