"""`local-vpp plan make` and `plan own`: a plan out of what a building, or a flat, keeps.

    local-vpp plan make building.yaml --day 2026-11-27 [--code sender=1234A …] [--without-flats] [--out PLAN.json]
    local-vpp plan own DATA --day 2026-11-27 [--slot-minutes 30] [--out PLAN.json]

Both read beside a program that runs, write JSON, the form to keep, and say on the standard error what is wrong with it
(docs/plans.md).
"""

import argparse
import asyncio
from dataclasses import replace
import datetime as dt
from pathlib import Path
import sys
from types import MappingProxyType
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from coordinator.config import ConfigError, load, tenancies_known
from coordinator.planning import read_day
from coordinator.store import StoreError as CoordinatorStoreError, close_database, members, open_database, snapshot
from localvpp.clock import SystemClock
from localvpp.forecast import ForecastError
from localvpp.membership import MembershipError, read_membership
from localvpp.ownplan import own_plan
from localvpp.plan import Day, Plan, PlanError, check, to_json, zone_named
from localvpp.store import FlatStore, StoreError

from .errors import CommandError
from .files import write_bytes

_ZONE: Final = "Asia/Tokyo"


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe both."""
    making = actions.add_parser("make", help="make a building's plan of what it has settled and traded")
    making.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
    making.add_argument("--code", type=_code, action="append", default=[], metavar="NAME=CODE", help="as sender=1234A")
    making.add_argument("--without-flats", action="store_true", help="the building's own lines only, for outsiders")
    making.set_defaults(action=_make)
    owning = actions.add_parser("own", help="make a flat's plan of what it has used, made and traded")
    owning.add_argument("data", type=Path, metavar="DATA", help="the flat's folder, as of `local-vpp flat run --data`")
    owning.add_argument("--slot-minutes", type=int, default=30, metavar="MIN", help="a slot of the building")
    owning.set_defaults(action=_own)
    for action in (making, owning):
        action.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="by --zone; today without it")
        action.add_argument("--zone", default=_ZONE, help="whose days they are (default: %(default)s)")
        action.add_argument("--out", type=Path, metavar="FILE", help="where it goes (default: standard output)")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from error


def _code(text: str) -> tuple[str, str]:
    name, sign, code = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r}: write NAME=CODE, as sender=1234A")
    return name, code


def _day_of(arguments: argparse.Namespace, slot_seconds: int, now: int) -> Day:
    zone = zone_named(arguments.zone)
    return Day.of(arguments.day or dt.datetime.fromtimestamp(now, zone).date(), zone, slot_seconds)


def _make(arguments: argparse.Namespace) -> int:
    try:
        plan = asyncio.run(_of_building(arguments))
        plan = replace(plan, codes=MappingProxyType(dict(arguments.code)))
    except (
        ConfigError,
        CoordinatorStoreError,
        ForecastError,
        PlanError,
        SQLAlchemyError,
        OSError,
    ) as error:
        raise CommandError(f"no plan is made: {error}") from error
    return _write(arguments, plan.whole if arguments.without_flats else plan)


async def _of_building(arguments: argparse.Namespace) -> Plan:
    config, now = await asyncio.to_thread(load, arguments.file), SystemClock().wall_ms() // 1000
    tenancies = await asyncio.to_thread(tenancies_known, config)
    engine = await open_database(config.database_url, must_exist=True)
    try:
        async with snapshot(engine) as connection:
            known = await members.every(connection)
            day = _day_of(arguments, config.slot_seconds, now)
            return (await read_day(connection, config.name, known, tenancies, day, now)).plan
    finally:
        await close_database(engine)


def _own(arguments: argparse.Namespace) -> int:
    try:
        plan = asyncio.run(_of_flat(arguments))
    except (ForecastError, MembershipError, PlanError, StoreError, OSError) as error:
        raise CommandError(f"no plan is made: {error}") from error
    return _write(arguments, plan)


async def _of_flat(arguments: argparse.Namespace) -> Plan:
    data, now = arguments.data, SystemClock().wall_ms() // 1000
    membership = await asyncio.to_thread(read_membership, data / "membership.json")
    if not await asyncio.to_thread((data / "flat.db").exists):
        raise CommandError(f"{data / 'flat.db'} is not there: the flat has not run yet")
    store = await FlatStore.open(data / "flat.db", membership.device, membership.origin)
    try:
        day = _day_of(arguments, arguments.slot_minutes * 60, now)
        return await own_plan(membership.flat, store, day, now)
    finally:
        await store.close()


def _write(arguments: argparse.Namespace, plan: Plan) -> int:
    write_bytes(arguments.out, to_json(plan), "the plan")
    for finding in check(plan):
        print(f"local-vpp: {finding.says}", file=sys.stderr)
    return 0
