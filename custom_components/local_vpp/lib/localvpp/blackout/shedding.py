"""The loads of one flat at work: what `shed_or_restore` decides is asked of the switches, and outlives the program.

Which loads are off for the battery's sake is kept: a program that starts again in an outage, or after it, is to give
back what it took. A switch that does not move is asked again for a while; one that was seen to move, and is moved back
by somebody, is theirs (I12).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
import json
import logging
from typing import Final

from ..islanding import LoadsSeen, LoadsState, Switch, shed_or_restore
from .loads import Switchboard, SwitchError
from .settings import BlackoutSettings

_LOGGER = logging.getLogger(__name__)

SWITCH_S: Final = 10.0
"""So long a switch may take to take what it is asked."""
AGAIN_S: Final = 30.0
"""A switch that was not seen to move is asked again after so long."""
_TRIES: Final = 5
_NOTE: Final = "shed loads"


class Shedding:
    """Sheds and restores one flat's loads."""

    def __init__(
        self,
        settings: BlackoutSettings,
        flat: str,
        switchboard: Switchboard,
        noted: Callable[[str], Awaitable[bytes | None]],
        note: Callable[[str, bytes], None],
    ) -> None:
        self._settings = settings
        self._flat = flat
        self._switchboard = switchboard
        self._noted = noted
        self._note = note
        self.state = LoadsState()
        self._forgiven: str | None = None
        self._waits: dict[str, tuple[bool, float, int]] = {}
        """What was asked of a switch and not seen yet: whether it is to be on, when it was asked, how often."""
        self._due: list[Switch] = []
        self._wake = asyncio.Event()
        self._stuck: dict[str, str] = {}

    @property
    def locked_out(self) -> frozenset[str]:
        """Loads that stay off until a person has looked."""
        return self.state.locked(self._settings.load_policy)

    @property
    def problems(self) -> list[str]:
        """Switches that do not move, as sentences."""
        return [f"the switch of {name} does not move: {why}" for name, why in sorted(self._stuck.items())]

    async def restore(self) -> None:
        """Go on from what was kept, beside what was shed since. Raises StoreError."""
        noted = await self._noted(_NOTE)
        if noted is None:
            return
        kept, now = json.loads(noted), self.state
        names = {load.name for load in self._settings.loads}
        shed = tuple(name for name in kept["shed"] if name in names and name not in now.shed)
        collapses = {name: count for name, count in kept["collapses"].items() if name in names}
        self.state = replace(now, shed=(*shed, *now.shed), collapses={**collapses, **now.collapses})

    def forgive(self, load: str) -> None:
        """Let a load come back that was locked out."""
        self._forgiven = load

    def second(self, seen: LoadsSeen, now: float) -> frozenset[str]:
        """Decide for a second; return the loads that were locked out by it."""
        if not self._settings.loads:
            return frozenset()
        locked = self.locked_out
        before, seen = self._kept(), replace(seen, on=self._switchboard.on(), forgiven=self._forgiven)
        self._forgiven = None
        self.state, switch = shed_or_restore(self.state, self._settings.loads, seen, now, self._settings.load_policy)
        if switch is not None:
            _LOGGER.info(
                "Flat %s: %s goes %s, for %s", self._flat, switch.name, "on" if switch.on else "off", switch.why
            )
            self._ask(switch, now, 1)
        if (kept := self._kept()) != before:
            # An inverter that is overloaded does not wait for a disk: this is written soon.
            self._note(_NOTE, kept)
        self._look_after(seen, now)
        return self.locked_out - locked

    def _ask(self, switch: Switch, now: float, times: int) -> None:
        self._waits[switch.name] = (switch.on, now, times)
        self._due.append(switch)
        self._wake.set()

    def _look_after(self, seen: LoadsSeen, now: float) -> None:
        for name, (on, at, times) in tuple(self._waits.items()):
            if seen.on.get(name) is on:
                del self._waits[name]
                self._stuck.pop(name, None)
            elif now - at >= AGAIN_S:
                if times < _TRIES:
                    self._ask(Switch(name, on, "again"), now, times + 1)
                else:
                    del self._waits[name]
                    self._stuck.setdefault(name, f"it was asked {_TRIES} times to go {'on' if on else 'off'}")

    async def run(self, told: Callable[[], None]) -> None:
        """Ask the switches until cancelled; `told` is called when something became known."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                await self._switch(self._due.pop(0))
                told()

    async def _switch(self, switch: Switch) -> None:
        try:
            async with asyncio.timeout(SWITCH_S):
                await self._switchboard.switch(switch.name, switch.on)
        except TimeoutError:
            self._failed(switch.name, f"no answer within {SWITCH_S:g} s")
        except SwitchError as error:
            self._failed(switch.name, str(error))

    def _failed(self, name: str, why: str) -> None:
        if name not in self._stuck:
            _LOGGER.warning("Flat %s: the switch of %s does not move: %s", self._flat, name, why)
        self._stuck[name] = why

    def _kept(self) -> bytes:
        return json.dumps({"shed": list(self.state.shed), "collapses": dict(self.state.collapses)}).encode()
