"""The unit number that may mean everybody: what it is asked is only ever read.

By the Modbus Messaging on TCP/IP Implementation Guide V1.0b a device that speaks Modbus TCP itself may be addressed as
0. A gateway may pass the same number on as the broadcast of its serial line, where all devices obey a writing and none
answers: which of the two is there, nobody tells.
"""

from typing import Any, Final, override

from .errors import DeviceRefusedError
from .wrapped import WrappedUnit

BROADCAST: Final = 0

_READS: Final = frozenset(
    {
        "read_holding_registers",
        "read_input_registers",
        "read_coils",
        "read_discrete_inputs",
        "read_device_identification",
        "report_server_id",
    }
)


class UnwrittenUnit(WrappedUnit):
    """A unit whose requests are refused unless they read."""

    @override
    async def _ask(self, function: str, *arguments: Any) -> Any:
        if function not in _READS:
            raise DeviceRefusedError(
                "unit 0 may be the broadcast of a gateway, which all devices behind it obey: nothing is written there; "
                "set the device up with its own unit number"
            )
        return await getattr(self._unit, function)(*arguments)
