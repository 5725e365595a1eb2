"""Putting a search's questions: one at a time over one link, within a bounded time, reading only.

What is asked and what the answers mean is decided in ``scan``. Units come from whoever owns the link: the command
line's own, or Home Assistant's shared one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    ModbusConnectionError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ModbusUnit,
)

from .asking import patience
from .errors import DeviceError, DeviceSilentError, device_error, stop_if_cancelled
from .mapping import RegisterMap, Space
from .polling import approach
from .probe import probe_sunspec
from .scan import MARKERS, Answers, LinkFound, Plan, Question, UnitFound, next_question, verdict
from .sunspec import Described

LOST_MOST: Final = 3
"""So often a link may be lost in one search: some devices close it on an address that they do not have, and one that is
opened again and again shuts others out."""

_KNOCKING_SHARE: Final = 0.5
"""Of the progress that is told: so much of it is the knocking at all units' doors."""

type Units = Callable[[int], Awaitable[ModbusUnit]]
"""Gives the unit of a number on the link that is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is."""

    share: float
    """From 0 to 1; it may jump when somebody is found."""
    unit: int
    asked: str
    """What is asked for, a family's name or SunSpec."""
    found: int
    """So many units have answered."""


async def scan_link(units: Units, plan: Plan, told: Callable[[Progress], None]) -> LinkFound:
    """Search all units of a plan over one link; see ``_Search``."""
    return await _Search(units, plan, told).run()


async def scan_unit(unit: ModbusUnit, number: int, plan: Plan) -> UnitFound:
    """Ask one unit, which answers, for all families.

    Raises:
        DeviceSilentError: the link was lost.
    """

    async def give(_: int) -> ModbusUnit:
        return unit

    found = await _Search(give, replace(plan, units=(number,)), lambda _: None).run()
    if not found.linked or found.reason:
        raise DeviceSilentError(found.reason)
    return next((each for each in found.units if each.unit == number), UnitFound(unit=number, base=None, candidates=()))


class _LinkLostError(Exception):
    """The link is not there, or was lost too often."""


class _Search:
    """One search over one link.

    First every unit is knocked at: the shortest question, to which whoever is there says something. Those that answer
    are asked for every family. Some devices keep silent about all but their own registers: a unit that does is asked
    for the families that leave the factory with its number.
    """

    def __init__(self, units: Units, plan: Plan, told: Callable[[Progress], None]) -> None:
        self._units = units
        self._plan = plan
        self._told = told
        self._answers: dict[int, Answers] = {}
        self._lost = 0
        self._linked = False
        self._last_at: float | None = None
        self._share = 0.0

    async def run(self) -> LinkFound:
        """Search."""
        end = asyncio.get_running_loop().time() + self._plan.whole_s
        reason = ""
        unasked: tuple[int, ...] = ()
        try:
            unasked = await self._knock_at_all(end)
            unasked += await self._ask_for_families(end)
        except _LinkLostError as error:
            reason = str(error)
        heard = [answers for answers in self._answers.values() if answers.heard]
        return LinkFound(
            linked=self._linked,
            reason=reason,
            units=tuple(verdict(self._plan.maps, answers) for answers in sorted(heard, key=lambda each: each.unit)),
            unasked=tuple(sorted(set(unasked))),
        )

    async def _knock_at_all(self, end: float) -> tuple[int, ...]:
        for number, unit in enumerate(self._plan.units):
            if self._over(end):
                return self._plan.units[number:]
            self._tell(_KNOCKING_SHARE * number / len(self._plan.units), unit, "SunSpec")
            self._answers[unit] = await self._ask(Answers(unit=unit), MARKERS[0])
        return ()

    async def _ask_for_families(self, end: float) -> tuple[int, ...]:
        there = [answers.unit for answers in self._answers.values() if not answers.absent]
        there.sort(key=lambda unit: not self._answers[unit].heard)
        for number, unit in enumerate(there):
            if self._answers[unit].heard or unit in self._plan.sunspec_units:
                self._answers[unit] = await self._describe_itself(self._answers[unit])
            for count, device in enumerate(self._plan.maps):
                if self._over(end):
                    return tuple(there[number:])
                done = (number + count / len(self._plan.maps)) / len(there)
                self._tell(_KNOCKING_SHARE + (1 - _KNOCKING_SHARE) * done, unit, device.name)
                self._answers[unit] = await self._ask_for(device, self._answers[unit])
        return ()

    async def _ask_for(self, device: RegisterMap, answers: Answers) -> Answers:
        if not answers.heard and answers.unit not in device.wiring.units:
            return answers
        while not answers.absent and (question := next_question(device, answers)) is not None:
            answers = await self._ask(answers, question)
        return answers

    async def _describe_itself(self, answers: Answers) -> Answers:
        """Look for SunSpec's marker, and have the device say who it is."""
        for marker in MARKERS:
            if not answers.shows(marker) and marker not in answers.refused and marker not in answers.silent:
                answers = await self._ask(answers, marker)
            if (described := await self._described(answers, marker)) is not None:
                return answers.describing(marker.address, described)
        return answers

    async def _described(self, answers: Answers, marker: Question) -> Described | None:
        if not answers.marked(marker):
            return None
        await self._pace()
        try:
            return await probe_sunspec(await self._units(answers.unit))
        except DeviceError:
            return None  # The letters alone make no SunSpec device; the families are asked for next.
        finally:
            self._last_at = asyncio.get_running_loop().time()

    async def _ask(self, answers: Answers, question: Question) -> Answers:
        """Put one question.

        Raises:
            _LinkLostError: there is no link, or it was lost too often.
        """
        unit = await self._units(answers.unit)
        approach(unit)
        if not unit.connected:
            unit.require_connect_delay(self._plan.connect_delay_s or None)
        await self._pace()
        try:
            async with patience(unit, self._plan.answer_s):
                values = await _read(unit, question)
        except (GatewayPathUnavailableError, GatewayTargetError) as error:
            stop_if_cancelled(error)
            self._linked = True
            return answers.missing()
        except ModbusExceptionError as error:
            stop_if_cancelled(error)
            self._linked = True
            return answers.refusing(question)
        except (ModbusConnectionError, ModbusTimeoutError, ModbusProtocolError, TimeoutError) as error:
            stop_if_cancelled(error)
            if unit.connected:
                self._linked = True
            elif isinstance(error, ModbusConnectionError) and not self._linked:
                raise _LinkLostError(str(device_error("the address", error))) from error
            else:
                self._lose(error)
            return answers.keeping_silent(question)
        finally:
            self._last_at = asyncio.get_running_loop().time()
        self._linked = True
        return answers.saying(question, values)

    def _lose(self, error: Exception) -> None:
        self._linked = True
        self._lost += 1
        if self._lost >= LOST_MOST:
            raise _LinkLostError(
                f"the link was lost {self._lost} times: the device may serve one program only; close the others"
            ) from error

    async def _pace(self) -> None:
        if self._last_at is not None:
            left = self._last_at + self._plan.pause_s - asyncio.get_running_loop().time()
            if left > 0:
                await asyncio.sleep(left)

    def _over(self, end: float) -> bool:
        return asyncio.get_running_loop().time() >= end

    def _tell(self, share: float, unit: int, asked: str) -> None:
        self._share = max(self._share, share)
        heard = sum(answers.heard for answers in self._answers.values())
        self._told(Progress(share=self._share, unit=unit, asked=asked, found=heard))


async def _read(unit: ModbusUnit, question: Question) -> Sequence[int]:
    match question.space:
        case Space.HOLDING:
            return await unit.read_holding_registers(question.address, question.count)
        case Space.INPUT:
            return await unit.read_input_registers(question.address, question.count)
        case Space.COIL:
            return await unit.read_coils(question.address, question.count)
        case Space.DISCRETE:
            return await unit.read_discrete_inputs(question.address, question.count)
