"""A traded slot that flats live through: their meters count second by second, and the building settles it."""

import asyncio
from collections.abc import Collection, Mapping

from coordinator.store import entries as entry_store, slots as slot_store
from coordinator.store.slots import SettledSlot
from localvpp.devices import InverterReading
from localvpp.etp import Kind, Record
from localvpp.rounds import FlatDevices
from localvpp.settlement import Share
from localvpp.wire import SlotResult
from localvpp.wordbook import WordBook

from ...localvpp.scripted_devices import ScriptedInverter
from ..agent import Agent
from ..flat import WAIT_S
from .conftest import FLATS, TRADED, Trade

SECONDS = 60
WHOLE = {"101": (0, 15), "102": (0, 8), "103": (7, 0), "104": (7, 0), "105": (9, 0)}
"""Wh of each second, in and out, by which every trade can be delivered, with something left of each flat."""


def sunny(agent: Agent) -> FlatDevices:
    """An inverter that has made three times what went out; 105 has none."""
    if agent.membership.flat == "105":
        return FlatDevices(meter=agent.meter)
    inverter = ScriptedInverter()
    inverter.act = lambda: InverterReading(pv_power_w=900.0, pv_wh=3 * agent.meter.exported, grid_connected=True)
    return FlatDevices(meter=agent.meter, inverter=inverter)


async def all_agree(trade: Trade) -> None:
    """Have five flats order for the slot, and agree to what comes of it; the building has not looked since."""
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()


async def traded(trade: Trade) -> None:
    """Have five flats trade the slot."""
    await all_agree(trade)
    await trade.ended()


async def lived(trade: Trade, counts: Mapping[str, tuple[int, int]] | None = None) -> None:
    """Let the slot pass; whoever still runs tells the log what its meter counted."""
    counted = WHOLE | dict(counts or {})
    for name, agent in trade.flats.items():
        agent.meter.step = counted[name]
    while trade.clock.wall_ms() < (TRADED + SECONDS + 2) * 1000:
        await trade.second_of_flats()
    for agent in trade.running():
        await agent.until(lambda state: not state.pending)


async def settled(trade: Trade, *, late: bool = False) -> SettledSlot:
    """Have the building settle the slot; `late`: though it waits for somebody."""
    if late:
        trade.clock.pass_ms(trade.config.settle_after * 1000)
    await trade.house.coordinator.settler.settle_ripe()
    async with trade.house.coordinator.engine.connect() as connection:
        found = await slot_store.one(connection, TRADED)
    assert found is not None
    return found


def shares(trade: Trade, slot: SettledSlot) -> dict[str, Share]:
    """The shares by flat."""
    names = {agent.membership.device: name for name, agent in trade.flats.items()}
    return {names[device]: share for device, share in slot.shares.items()}


async def records(trade: Trade, kind: Kind) -> list[Record]:
    """The slot's records of a kind."""
    async with trade.house.coordinator.engine.connect() as connection:
        found = await entry_store.of_kind(connection, TRADED, kind)
    return [Record.decode(entry.sealed) for entry in found if entry.sealed is not None]


async def believed(trade: Trade, names: Collection[str] = FLATS) -> dict[str, SlotResult]:
    """Wait until flats have checked and stored how the slot was settled for them."""
    found = {}
    for name in names:
        async with asyncio.timeout(WAIT_S):
            while (result := await WordBook(trade.flats[name].store).result(TRADED)) is None:
                assert await trade.evidence(name) == []
                await asyncio.sleep(0.01)
        found[name] = result
    return found
