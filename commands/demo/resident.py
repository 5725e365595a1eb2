"""Flat 101 as its resident sees it: the integration set up through Home Assistant's own forms, and read back."""

from typing import Any, Final

import aiohttp

from ..errors import CommandError
from .building import Building, SimulatedFlat, invite
from .evidence import Evidence
from .findings import Finding
from .home_assistant import HomeAssistant, call

DOMAIN: Final = "local_vpp"


async def configure(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, flat: SimulatedFlat
) -> None:
    """Add the integration as a resident does: coordinator, invite, fingerprint, meter; then the inverter."""
    raise CommandError("not yet")


async def check_home_assistant(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, evidence: Evidence
) -> Finding:
    """Home Assistant shows what the log and the settlement say."""
    raise CommandError("not yet")
