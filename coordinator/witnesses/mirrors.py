"""Who holds a whole copy of the log, and how far: what each mirror has signed for, verified.

Witnesses sign within milliseconds, and mirrors copy afterwards. Entries that a quorum has signed and no mirror has are
safe from being changed, and not from being lost: when the server burns then, nothing brings them back, and as the
witnesses sign nothing older, the log cannot go on. So it is told when that lasts.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import logging
from typing import Final

from localvpp import tlog
from localvpp.clock import Clock
from localvpp.etp import DeviceId, PublicKey
from localvpp.mirror import mirror_name

LATE_S: Final = 60.0
"""A mirror copies within seconds; when none has after so long, somebody should look."""
_MOST_WAITING: Final = 128

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A head that a quorum has signed, and that no mirror is known to have."""

    size: int
    since: float
    """By the monotonic clock."""
    since_ms: int


@dataclass(frozen=True, slots=True)
class Copy:
    """What one mirror holds for certain."""

    size: int
    signed_ms: int


class Mirrors:
    """The mirrors of one log."""

    def __init__(
        self,
        origin: str,
        keys: Callable[[], Mapping[DeviceId, PublicKey]],
        text: Callable[[int], bytes | None],
        clock: Clock,
    ) -> None:
        self._origin = origin
        self._keys = keys
        self._text = text
        self._clock = clock
        self._copies: dict[DeviceId, Copy] = {}
        self._waiting: deque[_Waiting] = deque()
        """Oldest first."""

    @property
    def copies(self) -> Mapping[DeviceId, Copy]:
        """The newest copy of each mirror."""
        return self._copies

    def must_hold(self, size: int) -> None:
        """Expect a mirror to have a head soon that a quorum has signed."""
        known = max(self._newest, self._waiting[-1].size if self._waiting else 0)
        if size > known and len(self._waiting) < _MOST_WAITING:
            self._waiting.append(_Waiting(size, self._clock.monotonic(), self._clock.wall_ms()))

    @property
    def _newest(self) -> int:
        return max((copy.size for copy in self._copies.values()), default=0)

    @property
    def unmirrored_ms(self) -> int | None:
        """Since when, in Unix time, a head has a quorum and no mirror; None when there is no such head."""
        return self._waiting[0].since_ms if self._waiting else None

    @property
    def trouble(self) -> str | None:
        """What a person should see to; None when there is nothing."""
        if not self._waiting or (late := self._clock.monotonic() - self._waiting[0].since) < LATE_S:
            return None
        return (
            f"no mirror has signed for the {self._waiting[0].size} entries that a quorum has signed {late:.0f} s ago "
            f"(the newest copy has {self._newest}): if the server is lost now, nothing brings the building back. See "
            "that a flat with a mirror is connected, and that its disk is not full"
        )

    def take(self, device: DeviceId, size: int, lines: bytes) -> str | None:
        """Count a mirror's signature under a head of the last hour; return what is wrong with it, if anything is."""
        key, text = self._keys().get(device), self._text(size)
        if text is None:
            return None  # Older than what is remembered here: the next head will do.
        if key is None:
            return "no mirror key is logged for this flat yet: send its MIRROR record first"
        named = tlog.VerifierKey(mirror_name(self._origin, device), tlog.SignatureType.COSIGNATURE, key.data)
        try:
            tlog.read_lines(lines, text, [tlog.make_verifier(named)])
        except tlog.TlogError as error:
            return f"the mirror's signature under {size} entries does not hold: {error}"
        self._copies[device] = Copy(size, self._clock.wall_ms())
        while self._waiting and self._waiting[0].size <= self._newest:
            self._waiting.popleft()
        return None
