"""What the tests of a blackout share: how a flat is set up for one, and a building whose grid fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import CONF_BLACKOUT
from simulator.building import plan
from simulator.plant import Plant
from simulator.profiles import load as load_profile
from simulator.settings import FlatWiring
from simulator.site import Site, build

from .conftest import state_of, until
from .quick_clock import QuickClock

FORM: Final[dict[str, dict[str, Any]]] = {
    "circuit": {"wiring": "autonomous", "sources": ["inverter"]},
    "grid": {"hertz": "60", "nominal_v": "200", "hold_s": 300},
    "reserve": {"usual_percent": 30, "warned_percent": 100, "warnings": []},
    "people": {"people": [], "attended": False, "medical": False, "overdue_days": 180},
}
"""The form of the options, as a resident fills it in."""


def form(**changes: Any) -> dict[str, dict[str, Any]]:
    """Return the form with other values in it."""
    parts = {"watchdog_s": "circuit", "living_rated_w": "people"}
    parts |= {name: part for part, fields in FORM.items() for name in fields}
    filled = {part: dict(fields) for part, fields in FORM.items()}
    for name, value in changes.items():
        filled[parts[name]][name] = value
    return filled


def options(**changes: Any) -> dict[str, dict[str, Any]]:
    """Return an entry's options as the form would have left them."""
    return {CONF_BLACKOUT: {key: value for part in form(**changes).values() for key, value in part.items()}}


async def asked(hass: HomeAssistant, entry: MockConfigEntry, filled: dict[str, dict[str, Any]]) -> Any:
    """Fill in the form."""
    flow = await opened(hass, entry)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "blackout")
    return await hass.config_entries.options.async_configure(flow["flow_id"], filled)


async def opened(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "init")
    return await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "blackout"})


async def ready_for_a_drill(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until a flat is on the grid and knows what was before it started: it begins no drill sooner."""
    await until(
        lambda: (
            state_of(hass, "_backup", entry) == "connected"
            and state_of(hass, "_next_drill", entry) not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
        )
    )


@asynccontextmanager
async def moving(home: Path, clock: QuickClock, wiring: FlatWiring | None = None) -> AsyncIterator[Site]:
    """A simulated building whose seconds pass with the clock of the test; flat 101 may be wired in a way of its own."""
    wirings = None if wiring is None else {"101": wiring}
    building = plan(4, (load_profile(home),), seed=1, reconnect_delay_s=300, nominal_hz=60, wirings=wirings)
    began = clock.monotonic()
    plant = Plant(
        building,
        datetime(2026, 7, 15, 11),  # noqa: DTZ001 - profiles run on a clock without a zone
        0.0,
        lambda: int((clock.monotonic() - began) * 1000),
        clock.wall_ms,
    )
    site = build(plant, "test", "127.0.0.1", 0)
    await site.open()

    async def tick() -> None:
        while True:
            await clock.sleep(max(0.0, plant.ticks - (clock.monotonic() - began)))
            if clock.monotonic() - began >= plant.ticks:
                plant.tick()

    ticking = asyncio.create_task(tick())
    try:
        yield site
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})
        await site.close()
