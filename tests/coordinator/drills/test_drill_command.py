"""`local-vpp coordinator drill` asks the running coordinator what its page asks."""

import asyncio
import json

import pytest

from ..test_cli import command
from .conftest import DrillHouse


async def test_a_drill_is_planned_started_ticked_off_shown_and_stopped_from_the_command_line(
    drilling: DrillHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    file, url = str(drilling.house.coordinator.config.file), drilling.house.url

    async def ask(*arguments: str) -> dict[str, object]:
        assert await asyncio.to_thread(command, "drill", file, "--url", url, *arguments) == 0
        told: dict[str, object] = json.loads(capsys.readouterr().out)
        return told

    capsys.readouterr()
    plan = await ask("plan", "--level", "l2", "--minutes", "7", "--notice", "1", "--seed", "spring")
    name = str(plan["drill"])
    assert (plan["stage"], plan["length_s"], plan["most"], plan["seed"]) == ("planned", 420, 1, "spring")
    assert (await ask("start", name))["stage"] == "announced"
    assert (await ask("tick", name, "103", "--who", "caretaker"))["acknowledged_by"] == "caretaker"
    shown = (await ask("show"))["drill"]
    assert isinstance(shown, dict)
    assert (shown["drill"], shown["acknowledged"]) == (name, 1)
    assert (await ask("stop", name))["ended"] == "stopped"
    assert await asyncio.to_thread(command, "drill", file, "--url", url, "start", name) == 1
    assert "this drill is over: plan another one" in capsys.readouterr().err
