"""A demonstration as a process of its own, run to its end."""

import asyncio
import sys


async def demonstrated(*words: str, patience_s: float) -> tuple[int | None, str]:
    """Run `local-vpp demo`; return how it ended and all that it said. Nothing of it is left when it took too long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "commands.main", "demo", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(patience_s):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return process.returncode, output.decode()
