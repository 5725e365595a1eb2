"""A program that is killed with SIGKILL at each step of a drill: the flat is led back, and nothing was ever bridged.

Each run takes one twelfth of the steps, spread over all of the drill: another one from run to run. Its number stands in
the test's name, and `LOCAL_VPP_KILL_OFFSET` takes that one again.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import json
import os
from pathlib import Path
import secrets
import signal
import sys
from typing import Any

import pytest

from localvpp.islanding import Wiring
from simulator.physics import Pair
from simulator.site import Site

from ..devices.simulated_building import write_home
from ..place import HandClock
from .simulated_room import FLATS, simulated_site

PATIENCE_S = 120.0
STRIDE = 12
EVERY_STEP = "LOCAL_VPP_EVERY_STEP"
"""Set it, and every step of a drill has its turn: some minutes."""
OFFSET = "LOCAL_VPP_KILL_OFFSET"
"""Set it to 0 to 11, and that twelfth of the steps has its turn."""
RUN_ID = "PYTEST_XDIST_TESTRUNUID"
"""The same in each process of one run of the tests, and another one in the next."""


def offsets(environ: Mapping[str, str]) -> Sequence[int]:
    """Which twelfths of a drill's steps have their turn."""
    if EVERY_STEP in environ:
        return range(STRIDE)
    if chosen := environ.get(OFFSET):
        assert chosen.isdecimal(), f"{OFFSET}={chosen}: write 0 to {STRIDE - 1}"
        assert int(chosen) < STRIDE, f"{OFFSET}={chosen}: write 0 to {STRIDE - 1}"
        return (int(chosen),)
    if run := environ.get(RUN_ID):
        return (int(run, 16) % STRIDE,)
    return (secrets.randbelow(STRIDE),)


OFFSETS = offsets(os.environ)
DEAD_S = 3
"""So long nobody watches before the program is started again."""


@dataclass
class Death:
    """What became of one program."""

    told: dict[str, Any] | None
    code: int


class Stage:
    """A simulated flat that lives on whatever becomes of its programs."""

    def __init__(self, site: Site, clock: HandClock, folder: Path, wiring: Wiring) -> None:
        self.site, self.clock, self.folder, self.wiring = site, clock, folder, wiring

    def second(self) -> None:
        self.clock.move(1.0)
        self.site.plant.tick()
        switch = self.site.plant.household(FLATS[self.wiring]).state.switch
        assert not isinstance(switch, Pair) or not (switch.main.contact and switch.island.contact)

    async def live(self, plot: str, step: int) -> Death:
        """Run a program to its end."""
        line = self.site.flats[FLATS[self.wiring]]
        words = (str(self.folder), line.host, str(line.port), self.wiring.value, plot, str(step))
        module = ("-m", "tests.localvpp.blackout.dying")
        process = await asyncio.create_subprocess_exec(sys.executable, *module, *words, stdin=PIPE, stdout=PIPE)
        told: dict[str, Any] | None = None
        async with asyncio.timeout(PATIENCE_S):
            while word := await self._word(process):
                if word != "tick":
                    told = json.loads(word)
                    continue
                self.second()
                assert process.stdin is not None
                process.stdin.write(f"{self.clock.monotonic()}\n".encode())
            return Death(told, await process.wait())

    @staticmethod
    async def _word(process: Process) -> str:
        assert process.stdout is not None
        return (await process.stdout.readline()).decode().strip()


def test_the_runs_take_each_step_in_the_end_and_each_can_be_had_again() -> None:
    assert offsets({RUN_ID: "3e6f" * 8, OFFSET: "7"}) == (7,)
    assert {offsets({}) for _ in range(1000)} == {(each,) for each in range(STRIDE)}
    runs = [offsets({RUN_ID: f"{number:032x}"}) for number in range(100)]
    assert set(runs) == {(each,) for each in range(STRIDE)}
    assert offsets({RUN_ID: "3e6f" * 8}) == offsets({RUN_ID: "3e6f" * 8}), "of one run all processes take the same"
    assert list(offsets({EVERY_STEP: "1", OFFSET: "7"})) == list(range(STRIDE))


@pytest.mark.slow
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("offset", OFFSETS, ids=lambda offset: f"{OFFSET}={offset}")
@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_program_that_is_killed_at_a_step_of_a_drill_leads_the_flat_back_when_it_starts_again(
    tmp_path: Path, wiring: Wiring, offset: int, record_property: Callable[[str, object], None]
) -> None:
    home = write_home(tmp_path / "home.csv")
    step, deaths = 1 + offset, 0
    while True:
        folder, clock = tmp_path / f"step {step}", HandClock()
        folder.mkdir()
        async with simulated_site(home, clock) as site:
            stage = Stage(site, clock, folder, wiring)
            death = await stage.live("drill", step)
            if death.code == 0:
                assert death.told is not None
                assert (death.told["phase"], death.told["aborted"], step > death.told["steps"]) == (
                    "connected",
                    None,
                    True,
                )
                break
            assert death.code == -signal.SIGKILL
            deaths += 1
            for _ in range(DEAD_S):
                stage.second()
            after = await stage.live("home", 0)
            state = site.plant.household(FLATS[wiring]).state
            assert after.told is not None, f"step {step}"
            assert (after.told["phase"], after.told["owner"]) == ("connected", "none"), f"step {step}: {after.told}"
            assert (state.energised, state.islanded) == (True, False), f"step {step}"
        step += STRIDE
    record_property("killed", f"{wiring}, from step {1 + offset} on: {deaths} of {step - 1} steps")
    assert deaths >= 5
