"""A device that a flat should have and cannot read for a reason that only a person mends.

It has no line, or nobody has said which device it is. The flat runs without it, for link, witness and mirror serve the
whole building; what is shown of it is unknown, with the reason.
"""

from typing import Never

from .capability import Identity
from .errors import DeviceRefusedError


class Absent:
    """In the place of a device of any kind.

    Args:
        identity: who it is to be.
        reason: why it is not there and what to do, in a sentence.
    """

    controllable = False
    can_discharge = True
    """Of a V2H that does not say, nobody knows what its car does."""
    door = None
    """Nobody has to knock: it comes when its settings change."""

    def __init__(self, identity: Identity, reason: str) -> None:
        self.identity = identity
        self._reason = reason

    async def read(self) -> Never:
        """Raise DeviceRefusedError, as everything that asks for it does."""
        raise DeviceRefusedError(self._reason)

    async def set_power(self, watts: int, lease_s: int) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)

    async def release(self) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)

    async def command(self, closed: bool) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)

    async def limit(self, milliamperes: int, lease_s: int) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)

    async def pause(self, lease_s: int) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)

    async def discharge(self, watts: int, lease_s: int) -> Never:
        """Raise DeviceRefusedError."""
        raise DeviceRefusedError(self._reason)


NO_METER = Identity(manufacturer="no", model="meter")
"""Of a flat whose meter nobody has named."""
