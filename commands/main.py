"""The door: reads the command line and hands over to a subcommand.

Exit codes: 0 done, 1 something was wrong and said so in one sentence on standard error, 2 the command line itself was.
"""

import argparse
from collections.abc import Callable, Sequence
import importlib
import logging
import sys
from typing import Final

from .errors import CommandError

# Loaded when used: `local-vpp etp show` must not wait for a web server to be imported.
_SUBCOMMANDS: Final = {
    "coordinator": ("coordinator.cli", "the service of a building"),
    "flat": ("commands.flat", "a flat without Home Assistant"),
    "simulator": ("simulator.cli", "a building of simulated devices"),
    "devices": ("commands.devices", "read devices"),
    "etp": ("commands.etp", "look at records, prove and export them"),
    "drill": ("commands.drill", "look at reports of drills, verify them, write them as PDF"),
    "log": ("commands.log", "check a log, and prove its entries"),
    "audit": ("commands.audit", "run settled slots again, from the building's records and its market's documents"),
    "settle": ("commands.settle", "a month's bills, from the building's records"),
    "payments": ("commands.payments", "book what flats pay and are paid, and show each account"),
    "market": ("commands.market", "clear a book of orders, and check a result"),
    "ledger": ("commands.ledger", "what a building needs to survive the loss of its server"),
    "plan": ("commands.plan", "check the plan of a day, and write it for others"),
    "forecast": ("commands.forecast", "foretell what a home takes and makes"),
    "demo": ("commands.demo", "a whole building on this machine"),
}

# What breaks is told once, by us, with its cause and what to do (`localvpp.outage`). These tell it at each request,
# pymodbus with a dump of what it sent, or tell what nobody asked for, as which step of a database is at hand.
_LIBRARIES: Final = {
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "fontTools": logging.WARNING,
    "fpdf": logging.ERROR,
    "modbus_connection": logging.ERROR,
    "pymodbus": logging.CRITICAL,
    "zeroconf": logging.WARNING,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    parser = argparse.ArgumentParser(prog="local-vpp", description="A condominium as its own virtual power plant.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, summary) in _SUBCOMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if arguments[:1] == [name]:
            room = importlib.import_module(module)
            room.add_arguments(command)
            command.set_defaults(room_run=room.run)
    parsed = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for library, level in _LIBRARIES.items():
        logging.getLogger(library).setLevel(level)
    run: Callable[[argparse.Namespace], int] = parsed.room_run
    try:
        return run(parsed)
    except CommandError as error:
        print(f"local-vpp: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
