"""`local-vpp devices replay FILE`: a capture, read by the driver of today, or served as the device that it was of.

FILE is what `local-vpp flat capture` wrote, or Home Assistant's diagnostics of a flat. Each line that is printed is one
reading. Where the capture tells what was read at home and today's driver says something else, both stand in `differs`,
and the command ends with 1.
"""

import argparse
import asyncio
import json
from pathlib import Path
import signal
import sys

from localvpp.devices import CaptureError, DeviceError, MapError, Recording, RegisterMap, read_recordings, replay

from ..errors import CommandError
from ..witness import Address, parse_listen
from .finding import described_by
from .serving import serving_recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a capture, or Home Assistant's diagnostics of a flat")
    parser.add_argument("--device", metavar="NAME", help="whose, if there are several: meter, inverter or relay")
    parser.add_argument("--map", help="sunspec, or a register map to read it by; default: as it was read at home")
    parser.add_argument(
        "--serve", metavar="HOST:PORT", help="serve it over Modbus TCP instead, in the seconds that it was taken in"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the readings, or serve until interrupted."""
    try:
        recording = _chosen(read_recordings(arguments.file), arguments.device)
        if arguments.serve is not None:
            asyncio.run(_serve(recording, parse_listen(arguments.serve, "--serve")))
            return 0
        return asyncio.run(_replay(recording, described_by(arguments.map or recording.type)))
    except (CaptureError, DeviceError, MapError) as error:
        raise CommandError(str(error)) from error


def _chosen(recordings: dict[str, Recording], device: str | None) -> Recording:
    if device is None and len(recordings) == 1:
        return next(iter(recordings.values()))
    if device not in recordings:
        known = ", ".join(recordings)
        raise CommandError(f"the capture is of {known}: choose with --device")
    return recordings[device]


async def _replay(recording: Recording, described: RegisterMap | None) -> int:
    seconds = differing = compared = 0
    async for second in replay(recording, described):
        seconds += 1
        told: dict[str, object] = {"at": round(second.at, 6), "wall_ms": second.wall_ms, **second.readings}
        if second.error is not None:
            told["error"] = second.error
        if second.differs is not None:
            compared += 1
        if second.differs:
            differing += 1
            told["differs"] = {
                name: {field: {"then": then, "now": now} for field, (then, now) in changed.items()}
                for name, changed in second.differs.items()
            }
        print(json.dumps(told, ensure_ascii=False))
    print(f"{seconds} readings; {differing} of {compared} differ from what was read at home", file=sys.stderr)
    return 1 if differing else 0


async def _serve(recording: Recording, listen: Address) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving_recording(recording, listen.host, listen.port) as port:
        print(json.dumps({"host": listen.host, "port": port, "unit": 1, "type": recording.type}), flush=True)
        await stop.wait()
