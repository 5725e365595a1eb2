"""`local-vpp flat`: the agent of a flat without Home Assistant, on a small computer of its own.

    local-vpp flat enrol http://coordinator:8470 --invite 101-ABCD-… --data DIR
    local-vpp flat run --data DIR --meter tcp://… [--inverter tcp://…] [--relay tcp://…] [--witness-listen HOST:PORT]
    local-vpp flat evidence --data DIR
    local-vpp flat battery --data DIR [--json | --csv]
    local-vpp flat blackout --data DIR [--report SHA256 -o FILE]
    local-vpp flat rotate-key --data DIR
    local-vpp flat capture --data DIR [--output FILE]

With --key pkcs11:… the private key stays in a token, and DIR holds the rest (docs/developers.md).

DIR is one process's at a time. It holds the key (0600), the membership and the database. The key stays while the
building may know it: whoever did not hear the answer enrols again into the same DIR. A meter that does not answer at
the start is tried again until it does: the agent must come up in whatever order a building's power comes back.
Inverter and relay may come later.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from importlib.metadata import version
import json
import logging
import os
from pathlib import Path
import signal
import sys
from typing import Final, TextIO

import aiohttp

from localvpp import heap
from localvpp.battery_book import BatteryBook
from localvpp.blackout import SettingsError
from localvpp.clock import SystemClock
from localvpp.devices import (
    SUNSPEC,
    AddressError,
    Captures,
    DeviceClass,
    Identity,
    InverterDevice,
    LateDevice,
    LateHybrid,
    LateInverter,
    LateMeter,
    LateOutput,
    LateSunSpec,
    MapError,
    load_map,
    parse_address,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.enrol import EnrolmentError, enrol
from localvpp.etp import BadKeyError, EtpError, Signer, load_or_create
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer
from localvpp.flat import Flat
from localvpp.membership import MembershipError, read_membership, write_membership
from localvpp.notebook import Notebook
from localvpp.rotation import FlatKeys
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore, StoreError
from localvpp.wire import Invite, InviteError, Membership

from .batteries import batteries_csv, batteries_text
from .capturing import add_arguments as add_capture_arguments, capturing, take
from .errors import CommandError
from .flatblackout import (
    add_run_arguments as add_blackout,
    add_show_arguments as add_shown_blackout,
    blackout_of,
    show as show_blackout,
)
from .flatdevices import add_arguments as add_further_devices, charger_of, gas_meter_of, relays_of
from .flatkeys import KEY as _KEY, alone, flat_keys, rotate
from .flatmarket import add_run_arguments as add_market, market_of
from .keptmeter import KeptMeter
from .witness import Address, parse_listen, serving_witness

_LOGGER = logging.getLogger(__name__)
MEMBERSHIP: Final = "membership.json"
DATABASE: Final = "flat.db"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    join = actions.add_parser("enrol", help="become a member of a building")
    join.add_argument("url", help="the coordinator's address, https://NAME:PORT or http://HOST:PORT")
    join.add_argument("--invite", required=True, help="the code that the building manager gave you")
    join.add_argument("--fingerprint", help="the building's fingerprint, if you were given one")
    join.add_argument("--data", type=Path, required=True, help="folder for key and database; made when missing")
    _add_key(join)
    join.set_defaults(action=_enrol)
    work = actions.add_parser("run", help="measure, sign and send")
    work.add_argument("--data", type=Path, required=True)
    work.add_argument("--meter", required=True, help="the billing meter, tcp://HOST:PORT?unit=N or rtu:///dev/…")
    work.add_argument(
        "--meter-map",
        default="eastron_sdm120",
        help=f"its register map (default %(default)s; see `local-vpp devices maps`), or {SUNSPEC}",
    )
    work.add_argument(
        "--exchanged-meter",
        action="store_true",
        help="the meter was exchanged: read the one that answers now, whatever its serial number, and keep to it",
    )
    work.add_argument("--inverter", help="the inverter, with its battery if it has one")
    work.add_argument("--inverter-map", default=SUNSPEC, help=f"{SUNSPEC} (default), or its register map")
    work.add_argument("--relay", help="the living room's relay")
    work.add_argument("--relay-map", default="relay")
    add_blackout(work)
    add_market(work)
    add_further_devices(work)
    work.add_argument("--mirror", type=Path, metavar="DIR", help="keep a copy of the building's log in this folder")
    work.add_argument(
        "--witness-listen",
        metavar="HOST:PORT",
        help="witness the building's log for others, too, over HTTP, and with --mirror take it in from others (C2SP "
        "tlog-witness, tlog-mirror)",
    )
    _add_key(work)
    work.set_defaults(action=_work)
    shown = actions.add_parser("evidence", help="print what the flat holds against its building's log, as JSON")
    shown.add_argument("--data", type=Path, required=True)
    shown.set_defaults(action=_evidence)
    traced = actions.add_parser("battery", help="print the life of each battery that the flat has had")
    traced.add_argument("--data", type=Path, required=True)
    form = traced.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all of it, with its days and anomalies")
    form.add_argument("--csv", action="store_true", help="a row for each day of each battery")
    traced.set_defaults(action=_battery)
    told = actions.add_parser("blackout", help="print what the blackout logic told, and the drills that were held")
    add_shown_blackout(told)
    told.set_defaults(action=_blackout)
    turn = actions.add_parser("rotate-key", help="sign with a fresh key from the next record on; the flat is stopped")
    turn.add_argument("--data", type=Path, required=True)
    _add_key(turn)
    turn.set_defaults(action=_rotate)
    taken = actions.add_parser("capture", help="write what the devices of the running flat said lately into a file")
    add_capture_arguments(taken)
    taken.set_defaults(action=take)


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key",
        metavar="URI",
        help="a key in a token, pkcs11:token=…;object=…?module-path=…&pin-source=FILE (default: a file in DIR)",
    )


def _signer(arguments: argparse.Namespace) -> Signer:
    """Return the flat's key: in the token that the command line names, or else in its folder. Blocking."""
    if arguments.key is None:
        return load_or_create(arguments.data / _KEY)
    return Pkcs11Signer(KeyUri.parse(arguments.key))


def run(arguments: argparse.Namespace) -> int:
    """Enrol, run until interrupted, or show what is kept."""
    os.umask(0o077)  # Key, records and readings are the flat's alone.
    failure: str | None = None
    try:
        try:
            asyncio.run(arguments.action(arguments))
        except* StoreError as group:
            # Out of a task of the agent it comes in a group.
            failure = _first(group)
    except (
        AddressError,
        BadKeyError,
        EnrolmentError,
        EtpError,
        InviteError,
        MapError,
        MembershipError,
        SettingsError,
    ) as error:
        raise CommandError(str(error)) from error
    if failure is not None:
        raise CommandError(failure)
    return 0


async def _enrol(arguments: argparse.Namespace) -> None:
    data: Path = arguments.data
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    if await asyncio.to_thread((data / MEMBERSHIP).exists):
        raise CommandError(f"{data} is enrolled already: choose another folder, or remove it to start afresh")
    invite = Invite.parse(arguments.invite)
    fresh = arguments.key is None and not await asyncio.to_thread((data / _KEY).exists)
    signer = await asyncio.to_thread(_signer, arguments)
    try:
        async with aiohttp.ClientSession() as session:
            membership = await enrol(
                session, arguments.url, invite, signer, software=_software(), fingerprint=arguments.fingerprint
            )
    except EnrolmentError as error:
        if not error.certain:
            raise CommandError(
                f"{error}. The building may know this flat's key {signer.public.fingerprint}: keep it, and "
                "enrol into the same folder again"
            ) from error
        if fresh:
            # Nobody knows it. One that was here before may have been sent, or brought.
            await asyncio.to_thread((data / _KEY).unlink, missing_ok=True)
        raise
    await asyncio.to_thread(write_membership, data / MEMBERSHIP, membership)
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
    listen = parse_listen(arguments.witness_listen) if arguments.witness_listen else None
    membership = await asyncio.to_thread(read_membership, data / MEMBERSHIP)
    with alone(data) as lock:
        await _work_alone(arguments, membership, listen, lock)


async def _keys(arguments: argparse.Namespace, store: FlatStore, membership: Membership) -> FlatKeys:
    """Return what the flat signs with: the files in its folder, or the token that the command line names."""
    if arguments.key is None:
        return await flat_keys(arguments.data, store, membership)
    signer = await asyncio.to_thread(_signer, arguments)
    if signer.public.device_id != membership.device:
        raise CommandError(f"the key of --key is not the key that {arguments.data / MEMBERSHIP} was made with")
    return FlatKeys(signer)


async def _work_alone(
    arguments: argparse.Namespace, membership: Membership, listen: Address | None, lock: TextIO
) -> None:
    data: Path = arguments.data
    market = await market_of(arguments)
    captures = Captures()
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    loop.add_signal_handler(signal.SIGTERM, me.cancel)
    store = await FlatStore.open(data / DATABASE, membership.device, membership.origin)
    try:
        keys = await _keys(arguments, store, membership)
        async with (
            capturing(captures, data, lock),
            ModbusLinks() as links,
            aiohttp.ClientSession() as session,
        ):
            relay, island_relay = await relays_of(links, captures, arguments)
            kept = await KeptMeter.load(store, exchanged=arguments.exchanged_meter)
            meter = await _late_meter(links, captures, arguments, kept)

            def found(device: InverterDevice) -> None:
                if device.battery:
                    flat.battery_found(device.battery)

            charger = await charger_of(links, captures, arguments)
            gas = await gas_meter_of(links, captures, arguments)
            inverter = output = None
            if arguments.inverter:
                device = await _late_inverter(links, captures, arguments, found)
                inverter, output = LateInverter(device), LateOutput(device)
            flat = Flat(
                devices=FlatDevices(
                    meter=meter,
                    inverter=inverter,
                    output=output,
                    relay=relay,
                    island_relay=island_relay,
                    charger=charger,
                    gas=gas,
                    gas_start_l=arguments.gas_start_l,
                    gas_heating_kj_m3=arguments.gas_heating_value,
                ),
                signer=keys.current,
                former=keys.former,
                membership=membership,
                store=store,
                session=session,
                software=_software(),
                mirror=arguments.mirror,
                blackout=await blackout_of(arguments, membership.flat, store),
                market=market,
            )
            flat.subscribe(lambda state: captures.told(state.readings))
            async with serving_witness(flat.witness, listen, flat.door) if listen else nullcontext() as url:
                if url is not None:
                    print(json.dumps({"witness": url}), flush=True)
                heap.started()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(kept.keep(), name="keep the meter's identity")
                    await flat.run()
    except asyncio.CancelledError:
        # SIGTERM and Ctrl-C are how this ends; what was read is saved by then.
        _LOGGER.info("Flat %s stops", membership.flat)
    finally:
        await store.close()


async def _evidence(arguments: argparse.Namespace) -> None:
    async with _kept(arguments.data) as (store, _):
        evidence = await Notebook(store).evidence()
    print(json.dumps([each.plain() for each in evidence], indent=2, ensure_ascii=False))


async def _blackout(arguments: argparse.Namespace) -> None:
    async with _kept(arguments.data) as (store, _):
        await show_blackout(arguments, store)


async def _battery(arguments: argparse.Namespace) -> None:
    async with _kept(arguments.data) as (store, membership):
        batteries = await BatteryBook(store, membership.device).batteries()
    plain = [battery.plain() for battery in batteries]
    if arguments.json:
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    elif arguments.csv:
        print(batteries_csv(plain), end="")
    else:
        print(batteries_text(plain))


@asynccontextmanager
async def _kept(data: Path) -> AsyncIterator[tuple[FlatStore, Membership]]:
    """Open what a flat keeps, while it runs or not.

    Raises CommandError when it has not run yet.
    """
    membership = await asyncio.to_thread(read_membership, data / MEMBERSHIP)
    if not await asyncio.to_thread((data / DATABASE).exists):
        raise CommandError(f"{data / DATABASE} is not there: the flat has not run yet")
    store = await FlatStore.open(data / DATABASE, membership.device, membership.origin)
    try:
        yield store, membership
    finally:
        await store.close()


async def _rotate(arguments: argparse.Namespace) -> None:
    data: Path = arguments.data
    if arguments.key is not None or not await asyncio.to_thread((data / _KEY).exists):
        raise CommandError(
            f"only a key in {data / _KEY} is rotated, and one in a token is not: to exchange that, have the flat "
            "revoked and enrol it afresh with another key"
        )
    membership = await asyncio.to_thread(read_membership, data / MEMBERSHIP)
    with alone(data):
        store = await FlatStore.open(data / DATABASE, membership.device, membership.origin)
        try:
            keys = await rotate(data, store, membership, SystemClock())
        finally:
            await store.close()
    print(json.dumps({"flat": membership.flat, "fingerprint": keys.current.public.fingerprint}, indent=2))
    print("The old key stays beside it until the building has logged this: run the flat.", file=sys.stderr)


async def _late_inverter(
    links: ModbusLinks, captures: Captures, arguments: argparse.Namespace, found: Callable[[InverterDevice], None]
) -> LateDevice:
    address = parse_address(arguments.inverter)
    unit, line = links.unit(address, captures.of("inverter", arguments.inverter_map)), links.line(address)
    if arguments.inverter_map == SUNSPEC:
        return LateSunSpec(unit, Identity(manufacturer="SunSpec", model="inverter"), found, line=line)
    device = await asyncio.to_thread(load_map, arguments.inverter_map)
    if device.device_class is not DeviceClass.HYBRID:
        raise CommandError(
            f"--inverter-map {arguments.inverter_map} describes a {device.device_class}: give {SUNSPEC} or a map of one"
        )
    who = Identity(manufacturer=device.manufacturer, model=device.model)
    return LateHybrid(unit, device, who, found, line=line)


async def _late_meter(
    links: ModbusLinks, captures: Captures, arguments: argparse.Namespace, kept: KeptMeter
) -> LateMeter:
    device = None
    if arguments.meter_map != SUNSPEC:
        device = await asyncio.to_thread(load_map, arguments.meter_map)
        if device.device_class is not DeviceClass.METER:
            raise CommandError(
                f"--meter-map {arguments.meter_map} describes a {device.device_class}: give {SUNSPEC} or a meter's map"
            )
    address = parse_address(arguments.meter)
    unit, line = links.unit(address, captures.of("meter", arguments.meter_map)), links.line(address)
    return LateMeter(unit, device, kept.identity, opened=kept.opened, another=kept.another, line=line)


def _software() -> str:
    return f"local-vpp/{version('local-vpp')}"


def _first(group: BaseExceptionGroup[StoreError]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)
