"""Another maker's integration in Home Assistant, stood in for: entities of an inverter that does not speak Modbus.

The entities are Home Assistant's own template sensors. What they show comes by a webhook, twice in five seconds, from
the simulator's own page, as a maker's program would bring what its cloud or its box says.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

import aiohttp

WEBHOOK: Final = "inverter-of-another-maker"
EVERY_S: Final = 2.0

ENTITIES: Final = {
    "pv_power": "sensor.inverter_solar_power",
    "pv_energy": "sensor.inverter_solar_energy",
}
"""What a device is made of, by the roles of the integration's form."""

CONFIGURATION: Final = (
    """\
webhook:
template:
  - triggers:
      - trigger: webhook
        webhook_id: """
    + WEBHOOK
    + """
        allowed_methods: [POST]
        local_only: true
    sensor:
      - name: Inverter solar power
        unique_id: pv_power
        device_class: power
        state_class: measurement
        unit_of_measurement: W
        state: "{{ trigger.json.pv_w }}"
      - name: Inverter solar energy
        unique_id: pv_energy
        device_class: energy
        state_class: total_increasing
        unit_of_measurement: Wh
        state: "{{ trigger.json.pv_wh }}"
"""
)


async def bring(session: aiohttp.ClientSession, simulator: str, home_assistant: str, flat: str) -> None:
    """Bring once what the inverter of a flat says."""
    async with session.get(f"{simulator}/api/state") as response:
        response.raise_for_status()
        told = await response.json()
    inverter: dict[str, Any] = next(each["inverter"] for each in told["flats"] if each["flat"] == flat)
    async with session.post(f"{home_assistant}/api/webhook/{WEBHOOK}", json=inverter) as response:
        response.raise_for_status()


async def bring_always(session: aiohttp.ClientSession, simulator: str, home_assistant: str, flat: str) -> None:
    """Bring it again and again until cancelled; who is away for a moment is asked again."""
    while True:
        with suppress(aiohttp.ClientError):  # Its entities get old meanwhile, and are unknown then.
            await bring(session, simulator, home_assistant, flat)
        await asyncio.sleep(EVERY_S)
