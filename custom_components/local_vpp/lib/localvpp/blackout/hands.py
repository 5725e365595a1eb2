"""What gives the blackout logic's commands to the devices, one at a time, and renews what they were asked for a while.

A device that is slow or silent holds up nothing but this. Whether it did what it was asked only its feedback tells, so
a command that fails is told of and not repeated here: that is for the logic, which waits for the feedback.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging
from typing import Final

from ..devices import DeviceError, Relay, Separable
from ..islanding import Command, Wiring
from ..rounds import FlatDevices
from .settings import BlackoutSettings, SettingsError

_LOGGER = logging.getLogger(__name__)

COMMAND_S: Final = 5.0
"""So long a device may take to take a command; its feedback is waited for longer."""


class Hands:
    """Commands one flat's devices.

    Args:
        settings: how the flat is set up.
        flat: its name, for the log.
        devices: gives its devices, as they are known by now.
    """

    def __init__(self, settings: BlackoutSettings, flat: str, devices: Callable[[], FlatDevices]) -> None:
        self._settings = settings
        self._flat = flat
        self._devices = devices
        self._due: Command | None = None
        self._holds = False
        self._asked = False
        """Whether the device was asked, by this program, to leave the grid for a while."""
        self._doing = False
        self._wake = asyncio.Event()
        self.problem: str | None = None
        """Why the last command was not taken, as a sentence."""

    @property
    def busy(self) -> bool:
        """Whether something is due or being done."""
        return self._wake.is_set() or self._doing

    @property
    def able(self) -> bool:
        """Whether the devices can be asked to separate, as far as they are known by now."""
        output = self._devices().output
        return self._settings.policy.may_separate and output is not None and output.separable

    def give(self, command: Command) -> None:
        """Give a command; one that was not begun yet gives way."""
        self._due = command
        self._wake.set()

    def hold(self, holds: bool, *, proven: bool) -> None:
        """Take down each second whether the inverter is to stay off the grid; it is asked again while that is so.

        It is asked only if this program has asked it before: what it does for an outage is its own affair, and what
        another program asked ends with that one's lease. Of a pair it is asked also when a drill has `proven` that it
        feeds the living room when it is asked: there are inverters that just stop, and one that feeds it by itself is
        not to be stopped.
        """
        asked = self._asked or (proven and self._settings.policy.wiring is Wiring.PAIR)
        self._holds = holds and self.able and asked
        if self._holds:
            self._wake.set()

    def home(self) -> None:
        """Take down that the flat hangs on the grid: a leave that still runs is ended."""
        if self._asked and self._due is None:
            self.give(Command.FOLLOW)

    async def run(self) -> None:
        """Do what is due until cancelled. What was asked for a while then ends by itself, in the device (I7)."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            command, self._due = self._due, None
            if command is not None:
                await self._do(str(command), partial(self._command, command))
            elif self._holds:
                await self._do("stay off the grid", self._stay)

    async def _do(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        self._doing = True
        try:
            async with asyncio.timeout(COMMAND_S):
                await work()
        except TimeoutError:
            self._failed(what, f"no answer within {COMMAND_S:g} s")
        except (DeviceError, ValueError) as error:
            self._failed(what, str(error))
        except Exception as error:
            # Whatever a driver does not foresee: the other contact, and the logic itself, hang on the same program.
            why = f"this program is at fault: {error!r}"
            if self.problem is None or not self.problem.endswith(why):
                _LOGGER.exception("Flat %s: what commands its devices is at fault", self._flat)
            self._failed(what, why)
        else:
            if self.problem is not None:
                _LOGGER.info("Flat %s: its devices take commands again", self._flat)
            self.problem = None
        finally:
            self._doing = False

    def _failed(self, what: str, why: str) -> None:
        if self.problem is None:
            _LOGGER.warning("Flat %s: the command %s was not taken: %s", self._flat, what, why)
        self.problem = f"the command {what} was not taken: {why}"

    async def _command(self, command: Command) -> None:
        _LOGGER.info("Flat %s: %s", self._flat, command)
        devices = self._devices()
        match command:
            case Command.OPEN_MAIN | Command.CLOSE_MAIN:
                await _relay(devices.relay, "main contact").command(command is Command.CLOSE_MAIN)
            case Command.OPEN_ISLAND | Command.CLOSE_ISLAND:
                await _relay(devices.island_relay, "island contact").command(command is Command.CLOSE_ISLAND)
            case Command.GO_OFF_GRID | Command.FORM:
                await self._stay()
            case Command.RECONNECT | Command.FOLLOW:
                await self._return()
            case Command.RELEASE if self._settings.policy.wiring is not Wiring.PAIR:
                await self._return()
            case Command.RELEASE:
                # The contacts of a pair stay where the living room is fed until a person has looked.
                pass

    async def _stay(self) -> None:
        output = self._devices().output
        if output is None:
            raise SettingsError("there is no inverter that can be asked to leave the grid")
        self._asked = True  # Of a command that is not acknowledged nobody knows whether it was taken.
        await output.go_off_grid(self._settings.lease_s)

    async def _return(self) -> None:
        """Let it return; one that has no such command returns when what it was asked ends, in the device."""
        output: Separable | None = self._devices().output
        self._holds = False
        if output is not None and output.reconnectable:
            await output.reconnect()
        self._asked = False


def _relay(relay: Relay | None, what: str) -> Relay:
    if relay is None:
        raise SettingsError(f"there is no {what} that can be commanded")
    return relay
