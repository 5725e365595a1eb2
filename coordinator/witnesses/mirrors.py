"""Who holds a whole copy of the log, and how far: what each mirror has signed for, verified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import logging

from localvpp import tlog
from localvpp.clock import Clock
from localvpp.etp import DeviceId, PublicKey
from localvpp.mirror import mirror_name

_log = logging.getLogger(__name__)


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

    @property
    def copies(self) -> Mapping[DeviceId, Copy]:
        """The newest copy of each mirror."""
        return self._copies

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
        return None
