"""The devices of a headless flat beside meter and inverter: relays, a charger of an electric car, and a gas meter."""

import argparse
import asyncio
from fractions import Fraction

from localvpp.devices import (
    HIGHEST_HEATING_KJ_M3,
    Captures,
    DeviceClass,
    Identity,
    MapCharger,
    MapGasMeter,
    MapRelay,
    load_map,
    parse_address,
)
from localvpp.devices.backend import ModbusLinks

from .errors import CommandError


def add_arguments(work: argparse.ArgumentParser) -> None:
    """Describe what can be said of them."""
    work.add_argument("--charger", help="the charger of an electric car")
    work.add_argument("--charger-map", default="alfen_eve", help="its register map (default %(default)s)")
    work.add_argument("--gas", help="the gas meter, or the module that counts its pulses")
    work.add_argument("--gas-map", default="moxa_iologik_e1210", help="its register map (default %(default)s)")
    work.add_argument("--gas-channel", type=int, default=0, metavar="N", help="input of the module, the first is 0")
    work.add_argument(
        "--gas-litres-per-pulse", metavar="LITRES", help="what a pulse is, as the gas meter's plate says, e.g. 10"
    )
    work.add_argument(
        "--gas-start-l", type=int, metavar="LITRES", help="what the dial shows when the pulses begin to be counted"
    )
    work.add_argument(
        "--gas-heating-value", type=int, metavar="KJ", help="kilojoules in a cubic metre, as the gas company states"
    )


async def relays_of(
    links: ModbusLinks, captures: Captures, arguments: argparse.Namespace
) -> tuple[MapRelay | None, MapRelay | None]:
    """Return the living room's relay, and of a pair of contactors the second one, towards the inverter.

    Raises CommandError, AddressError, MapError.
    """
    if not arguments.relay:
        if arguments.island_relay:
            raise CommandError("--island-relay is one of two: give --relay, the main contactor, too")
        return None, None
    device = await asyncio.to_thread(load_map, arguments.relay_map)
    if device.device_class is not DeviceClass.RELAY:
        raise CommandError(f"--relay-map {arguments.relay_map} describes a {device.device_class}: give a relay's map")
    who = Identity(manufacturer=device.manufacturer, model=device.model)

    def made(role: str, place: str, channel: int) -> MapRelay:
        address = parse_address(place)
        unit = links.unit(address, captures.of(role, device.name))
        # Contactors with modules of their own have a map with one channel each.
        described = device.at_channel(channel if device.channels > 1 else 0)
        return MapRelay(unit, described, who, line=links.line(address))

    island = made("island relay", arguments.island_relay, 1) if arguments.island_relay else None
    return made("relay", arguments.relay, 0), island


async def charger_of(links: ModbusLinks, captures: Captures, arguments: argparse.Namespace) -> MapCharger | None:
    """Return the driver of the charger, if there is one.

    Raises CommandError, AddressError, MapError.
    """
    if arguments.charger is None:
        return None
    device = await asyncio.to_thread(load_map, arguments.charger_map)
    if device.device_class is not DeviceClass.EV_CHARGER:
        raise CommandError(
            f"--charger-map {arguments.charger_map} describes a {device.device_class}: give a charger's map"
        )
    who = Identity(manufacturer=device.manufacturer, model=device.model)
    address = parse_address(arguments.charger)
    unit = links.unit(address, captures.of("charger", device.name))
    return MapCharger(unit, device, who, line=links.line(address))


async def gas_meter_of(links: ModbusLinks, captures: Captures, arguments: argparse.Namespace) -> MapGasMeter | None:
    """Return the driver of the gas meter, if there is one.

    Raises CommandError, AddressError, MapError.
    """
    if arguments.gas is None:
        return None
    device = await asyncio.to_thread(load_map, arguments.gas_map)
    if device.device_class is not DeviceClass.GAS_METER:
        raise CommandError(f"--gas-map {arguments.gas_map} describes a {device.device_class}: give a gas meter's map")
    heating, start = arguments.gas_heating_value, arguments.gas_start_l
    if heating is not None and not 1 <= heating <= HIGHEST_HEATING_KJ_M3:
        raise CommandError(f"--gas-heating-value is {heating}: write 1 to {HIGHEST_HEATING_KJ_M3} kilojoules")
    if start is not None and start < 0:
        raise CommandError(f"--gas-start-l is {start}: write what the dial shows, in litres")
    who = Identity(manufacturer=device.manufacturer, model=device.model)
    address = parse_address(arguments.gas)
    try:
        litres = None if arguments.gas_litres_per_pulse is None else Fraction(arguments.gas_litres_per_pulse)
        unit = links.unit(address, captures.of("gas", device.name))
        channel = device.at_channel(arguments.gas_channel)
        return MapGasMeter(unit, channel, who, litres_per_pulse=litres, line=links.line(address))
    except ValueError as error:
        raise CommandError(f"--gas: {error}") from error
