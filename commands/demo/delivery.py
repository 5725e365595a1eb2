"""What of the trades was delivered, and by which batteries: by the log, and by what the simulator saw asked of them.

A battery is asked by set-points with a lease: whoever asks it renews them, and when he dies they end by themselves, in
the device. The simulator tells of them apart from all that ours say, second by second; the log, of each trade, what its
two sides bore by their own meters.
"""

import asyncio
from collections.abc import Mapping, Sequence
import time
from typing import Final

import aiohttp

from .again import transfers_of
from .auction import Auctions
from .building import SLOT_SECONDS, SimulatedFlat
from .deal import parts_of
from .evidence import Evidence
from .findings import Finding

type Seconds = Mapping[str, Sequence[int]]
"""By flat: the seconds of Unix time in which its battery was held to a set-point that ends by itself."""

_AFTER_S: Final = SLOT_SECONDS // 2
"""So far into a slot a set-point of the one before may last: withdrawn at once, unless a line was busy; then its lease
ends it."""
_BORNE_PERCENT: Final = 80
"""So much of what was traded is borne at least: a few Wh a minute are traded, of which meters count whole ones."""


class SetPointWatch:
    """Looks each second which batteries are held to set-points with a lease."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/api/state"
        self.seen: dict[str, list[int]] = {}

    async def run(self) -> None:
        """Look once a second until cancelled; a simulator that is late with its answer is asked again."""
        while True:
            try:
                async with self._session.get(self._url) as response:
                    response.raise_for_status()
                    flats = (await response.json())["flats"]
            except aiohttp.ClientError:
                flats = []
            now_s = int(time.time())
            for flat in flats:
                if flat["inverter"] is not None and flat["inverter"]["leased"] is not None:
                    self.seen.setdefault(flat["flat"], []).append(now_s)
            await asyncio.sleep(1)


def check_delivery(
    evidence: Evidence, auctions: Auctions, flats: Sequence[SimulatedFlat], steered: Seconds
) -> list[Finding]:
    """Return a finding for each claim about what was delivered."""
    batteries = [flat.flat for flat in flats if flat.battery]
    return [_check_borne(evidence, batteries, steered), _check_leases(evidence, auctions, batteries, steered)]


def _check_borne(evidence: Evidence, batteries: Sequence[str], steered: Seconds) -> Finding:
    """What flats have traded is told with what came of it; who has a battery has it make that good."""
    claim = "what was traded is delivered, by batteries that are asked to"
    parts = [part for slot in evidence.slots for part in parts_of(transfers_of(evidence, slot["slot"]))]
    bought = [part for part in parts if part.buys]
    traded_wh, delivered_wh = sum(part.traded_wh for part in bought), sum(part.delivered_wh for part in bought)
    told = f"of {traded_wh} Wh traded {delivered_wh} Wh delivered"
    own = [part for part in parts if evidence.names[part.device] in batteries]
    if not own:
        return Finding(claim, True, f"{told}; no flat whose battery delivers has traded")
    names = sorted({evidence.names[part.device] for part in own})
    if idle := [name for name in names if not steered.get(name)]:
        return Finding(claim, False, f"{told}; the battery of flat {idle[0]} was asked for nothing")
    owed, kept = sum(part.traded_wh for part in own), sum(part.borne_wh for part in own)
    return Finding(
        claim,
        kept * 100 >= owed * _BORNE_PERCENT,
        f"{told}; by flats with batteries that deliver ({', '.join(names)}) {kept} of {owed} Wh",
    )


def _check_leases(evidence: Evidence, auctions: Auctions, batteries: Sequence[str], steered: Seconds) -> Finding:
    """A battery is held to nothing but set-points that end by themselves, and to none where nothing was traded."""
    claim = "batteries are held by leases, and only where their flats have traded"
    seconds = 0
    slots = {slot["slot"] for slot in evidence.slots}
    for flat, held in sorted(steered.items()):
        traded = {slot for slot, trades in auctions.own.get(flat, {}).items() if trades}
        for moment in held:
            slot, into_s = moment - moment % SLOT_SECONDS, moment % SLOT_SECONDS
            if slot not in slots:
                continue
            if flat not in batteries:
                return Finding(
                    claim, False, f"flat {flat} lets nothing deliver, and its battery is held in slot {slot}"
                )
            if slot not in traded and (into_s >= _AFTER_S or slot - SLOT_SECONDS not in traded):
                told = (
                    f"flat {flat} has traded nothing in slot {slot}, and its battery is held {into_s} s after its begin"
                )
                return Finding(claim, False, told)
            seconds += 1
    return Finding(claim, True, f"seen at the devices: {seconds} s of set-points that end by themselves")
