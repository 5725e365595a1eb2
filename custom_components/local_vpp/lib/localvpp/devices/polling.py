"""Reading the blocks of a device so that one that fails leaves the others alive."""

from collections.abc import Mapping
from typing import Final, Protocol

from .errors import DeviceError, DeviceSilentError, device_border

REQUEST_TIMEOUT_S: Final = 3.0
"""A device on a serial line at 2400 baud answers the longest read in one second; the library's own 10 s would make a
silent block cost ten polls."""


class Block(Protocol):
    """What can be read as one: a ``Component`` or ``ManualComponent`` of ``modbus_connection``."""

    async def async_update(self, *, notify: bool = True) -> object:
        """Read and decode all fields, or raise and leave the old values standing."""


async def poll(what: str, blocks: Mapping[str, Block]) -> dict[str, DeviceError]:
    """Read blocks one after the other.

    A component whose read failed still holds its OLD values: the caller must not use those of a block named here.

    Args:
        what: the device, as it begins a sentence.
        blocks: by name.

    Returns:
        The errors of the blocks that failed; never of all of them.

    Raises:
        DeviceError: no block could be read. A device whose first two blocks are silent is not asked for the rest.
    """
    failed: dict[str, DeviceError] = {}
    for asked, (name, block) in enumerate(blocks.items(), start=1):
        try:
            with device_border(f"{what}, block {name}"):
                await block.async_update(notify=False)
        except DeviceError as error:
            failed[name] = error
            if asked == len(failed) == 2 and all(isinstance(each, DeviceSilentError) for each in failed.values()):
                raise
    if blocks and len(failed) == len(blocks):
        raise next(iter(failed.values()))
    return failed
