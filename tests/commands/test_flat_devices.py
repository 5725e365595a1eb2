"""What the command line says of a flat's charger and gas meter, and what it refuses."""

import argparse
from fractions import Fraction

import pytest

from commands.errors import CommandError
from commands.flatdevices import add_arguments, charger_of, gas_meter_of
from localvpp.devices import Captures
from localvpp.devices.backend import ModbusLinks


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


async def test_without_an_address_there_is_neither() -> None:
    async with ModbusLinks() as links:
        assert await charger_of(links, Captures(), parsed()) is None
        assert await gas_meter_of(links, Captures(), parsed()) is None


async def test_both_are_described_by_their_maps() -> None:
    words = (
        "--charger",
        "tcp://127.0.0.1:1?unit=1",
        "--gas",
        "tcp://127.0.0.1:2?unit=1",
        "--gas-litres-per-pulse",
        "0.1",
    )
    arguments = parsed(*words, "--gas-channel", "3")
    async with ModbusLinks() as links:
        charger = await charger_of(links, Captures(), arguments)
        gas = await gas_meter_of(links, Captures(), arguments)
    assert charger is not None
    assert gas is not None
    assert (str(charger.identity), str(gas.identity)) == (
        "Alfen Eve (NG9xx)",
        "Moxa ioLogik E1210, input as a pulse counter",
    )
    assert Fraction(arguments.gas_litres_per_pulse) == Fraction(1, 10)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--gas-map", "relay"), "describes a relay: give a gas meter's map"),
        ((), "litres_per_pulse is None"),
        (("--gas-litres-per-pulse", "ten"), "Invalid literal for Fraction"),
        (("--gas-litres-per-pulse", "10", "--gas-channel", "16"), "has the channels 0 to 15"),
        (("--gas-litres-per-pulse", "10", "--gas-start-l", "-1"), "write what the dial shows"),
        (("--gas-litres-per-pulse", "10", "--gas-heating-value", "0"), "write 1 to 150000 kilojoules"),
    ],
)
async def test_a_gas_meter_that_cannot_be_is_refused(words: tuple[str, ...], told: str) -> None:
    async with ModbusLinks() as links:
        with pytest.raises(CommandError, match=told):
            await gas_meter_of(links, Captures(), parsed("--gas", "tcp://127.0.0.1:2?unit=1", *words))


async def test_a_charger_with_another_map_is_refused() -> None:
    async with ModbusLinks() as links:
        with pytest.raises(CommandError, match="describes a meter: give a charger's map"):
            await charger_of(
                links, Captures(), parsed("--charger", "tcp://127.0.0.1:2?unit=1", "--charger-map", "eastron_sdm120")
            )
