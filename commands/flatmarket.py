"""A headless flat's market: whether and how it bids by itself, and if its battery delivers, as a file says.

    local-vpp flat run … --market market.yaml

    trades: true
    strategy: true-limit
    zone: Asia/Tokyo
    wishes: {sell not below: 12.50, buy not above: 28, green only: true, keep reserve: 30}
    deliver: true
    line_w: 6000

Among the wishes can be `my neighbour first: "WORD"`, which two flats alone know: no error repeats what stands there.
With `deliver` the battery is steered so that the flat exchanges what it has traded; `line_w` is what may flow over its
line meanwhile. All may be left out. A flat without a file trades by the default, as one with Home Assistant does.
"""

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import voluptuous as vol
import yaml

from localvpp.bidder import MarketSettings
from localvpp.bidder.settings import DEFAULT_STRATEGY
from localvpp.market import MarketError
from localvpp.market.bidding import read_wishes

from .errors import CommandError

_SCHEMA: Final = vol.Schema(
    {
        vol.Optional("trades", default=True): bool,
        vol.Optional("strategy", default=DEFAULT_STRATEGY): str,
        vol.Optional("zone", default="Asia/Tokyo"): str,
        vol.Optional("wishes", default=dict): dict,
        vol.Optional("deliver", default=False): bool,
        vol.Optional("line_w"): int,
    }
)


def settings_of(told: Mapping[str, Any]) -> MarketSettings:
    """Return the settings that a file's values describe. Blocking: zones are read from a disk.

    Raises MarketError, vol.Invalid.
    """
    values = _SCHEMA(dict(told))
    try:
        zone = ZoneInfo(values["zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise vol.Invalid(f"{values['zone']!r}: write a zone as Asia/Tokyo", path=["zone"]) from error
    return MarketSettings(
        zone=zone,
        trades=values["trades"],
        strategy=values["strategy"],
        wishes=read_wishes(values["wishes"]),
        deliver=values["deliver"],
        line_w=values.get("line_w"),
    )


def read_settings(file: Path | None) -> MarketSettings:
    """Read a file, or return what holds without one. Blocking.

    Raises:
        CommandError: it cannot be read, or its values cannot be kept.
    """
    if file is None:
        return settings_of({})
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(told, Mapping):
            raise vol.Invalid(f"expected names and values, as `trades: true`, found {type(told).__name__}")
        return settings_of(told)
    except yaml.MarkedYAMLError as error:
        where = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}: "
        raise CommandError(f"--market {file}: {where}{error.problem}") from error
    except (OSError, ValueError, MarketError, yaml.YAMLError, vol.Invalid) as error:
        raise CommandError(f"--market {file}: {error}") from error


def add_run_arguments(work: argparse.ArgumentParser) -> None:
    """Describe what a running flat is told of it."""
    work.add_argument(
        "--market", type=Path, metavar="FILE.yaml", help="bid in the building's market as this file says, or not at all"
    )


async def market_of(arguments: argparse.Namespace) -> MarketSettings:
    """Return how a flat bids. Raises CommandError."""
    return await asyncio.to_thread(read_settings, arguments.market)
