"""`local-vpp flat`: the agent of a flat without Home Assistant, on a small computer of its own.

    local-vpp flat enrol http://coordinator:8470 --invite 101-ABCD-… --data DIR
    local-vpp flat run --data DIR --meter tcp://… [--inverter tcp://…] [--relay tcp://…]

DIR holds the key (0600), the membership and the database. Devices that do not answer at the start are tried again
until they do: the agent must come up in whatever order a building's power comes back.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from importlib.metadata import version
import json
import logging
from pathlib import Path
import signal
from typing import Final

import aiohttp

from localvpp.devices import (
    AddressError,
    DeviceError,
    MapError,
    MapMeter,
    MapRelay,
    SunSpecDevice,
    available_maps,
    load_map,
    parse_address,
    probe_meter,
    probe_relay,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.enrol import EnrolmentError, enrol
from localvpp.etp import BadKeyError, EtpError, load_or_create
from localvpp.flat import Flat, FlatDevices
from localvpp.membership import MembershipError, read_membership, write_membership
from localvpp.store import FlatStore, StoreError
from localvpp.wire import Invite, InviteError

from .errors import CommandError

_LOGGER = logging.getLogger(__name__)
_RETRY_S: Final = 5
"""Between two tries to find a device at the start."""
_KEY: Final = "flat.key"
_MEMBERSHIP: Final = "membership.json"
_DATABASE: Final = "flat.db"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    join = actions.add_parser("enrol", help="become a member of a building")
    join.add_argument("url", help="the coordinator's address, http://HOST:PORT")
    join.add_argument("--invite", required=True, help="the code that the building manager gave you")
    join.add_argument("--fingerprint", help="the building's fingerprint, if you were given one")
    join.add_argument("--data", type=Path, required=True, help="folder for key and database; made when missing")
    join.set_defaults(action=_enrol)
    work = actions.add_parser("run", help="measure, sign and send")
    work.add_argument("--data", type=Path, required=True)
    work.add_argument("--meter", required=True, help="the billing meter, tcp://HOST:PORT?unit=N or rtu:///dev/…")
    work.add_argument("--meter-map", default="eastron_sdm120", help=f"its register map: {', '.join(available_maps())}")
    work.add_argument("--inverter", help="a SunSpec inverter")
    work.add_argument("--relay", help="the living room's relay")
    work.add_argument("--relay-map", default="relay")
    work.set_defaults(action=_work)


def run(arguments: argparse.Namespace) -> int:
    """Enrol, or run until interrupted."""
    try:
        asyncio.run(arguments.action(arguments))
    except (
        AddressError,
        BadKeyError,
        EnrolmentError,
        EtpError,
        InviteError,
        MapError,
        MembershipError,
        StoreError,
    ) as error:
        raise CommandError(str(error)) from error
    return 0


async def _enrol(arguments: argparse.Namespace) -> None:
    data: Path = arguments.data
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    if await asyncio.to_thread((data / _MEMBERSHIP).exists):
        raise CommandError(f"{data} is enrolled already: choose another folder, or remove it to start afresh")
    signer = await asyncio.to_thread(load_or_create, data / _KEY)
    async with aiohttp.ClientSession() as session:
        membership = await enrol(
            session,
            arguments.url,
            Invite.parse(arguments.invite),
            signer,
            software=_software(),
            fingerprint=arguments.fingerprint,
        )
    await asyncio.to_thread(write_membership, data / _MEMBERSHIP, membership)
    print(
        json.dumps(
            {
                "flat": membership.flat,
                "device": membership.device.hex(),
                "fingerprint": signer.public.fingerprint,
                "building": membership.origin,
                "building_fingerprint": membership.building_key.fingerprint,
            },
            indent=2,
        )
    )


async def _work(arguments: argparse.Namespace) -> None:
    data: Path = arguments.data
    membership = await asyncio.to_thread(read_membership, data / _MEMBERSHIP)
    signer = await asyncio.to_thread(load_or_create, data / _KEY)
    if signer.public.device_id != membership.device:
        raise CommandError(f"{data / _KEY} is not the key that {data / _MEMBERSHIP} was made with")
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    loop.add_signal_handler(signal.SIGTERM, me.cancel)
    store = await FlatStore.open(data / _DATABASE, membership.device, membership.origin)
    try:
        async with ModbusLinks() as links, aiohttp.ClientSession() as session:
            devices = await _find_devices(links, arguments)
            flat = Flat(
                devices=devices,
                signer=signer,
                membership=membership,
                store=store,
                session=session,
                software=_software(),
            )
            await flat.run()
    except asyncio.CancelledError:
        # SIGTERM and Ctrl-C are how this ends; what was read is saved by then.
        _LOGGER.info("Flat %s stops", membership.flat)
    finally:
        await store.close()


async def _find_devices(links: ModbusLinks, arguments: argparse.Namespace) -> FlatDevices:
    async def meter() -> MapMeter:
        unit, device = links.unit(parse_address(arguments.meter)), load_map(arguments.meter_map)
        return MapMeter(unit, device, await probe_meter(unit, device))

    async def inverter() -> SunSpecDevice | None:
        return await SunSpecDevice.open(links.unit(parse_address(arguments.inverter))) if arguments.inverter else None

    async def relay() -> MapRelay | None:
        if not arguments.relay:
            return None
        unit, device = links.unit(parse_address(arguments.relay)), load_map(arguments.relay_map)
        return MapRelay(unit, device, await probe_relay(unit, device))

    found_meter, found_inverter, found_relay = await asyncio.gather(
        _until_found("meter", meter), _until_found("inverter", inverter), _until_found("relay", relay)
    )
    return FlatDevices(
        meter=found_meter,
        inverter=found_inverter.inverter if found_inverter else None,
        battery=found_inverter.battery if found_inverter else None,
        relay=found_relay,
    )


async def _until_found[D](name: str, find: Callable[[], Awaitable[D]]) -> D:
    missing = False
    while True:
        try:
            device = await find()
        except DeviceError as error:
            if not missing:
                _LOGGER.warning("The %s is not there yet, trying every %s s: %s", name, _RETRY_S, error)
            missing = True
            await asyncio.sleep(_RETRY_S)
        else:
            if missing:
                _LOGGER.info("The %s is there", name)
            return device


def _software() -> str:
    return f"local-vpp/{version('local-vpp')}"
