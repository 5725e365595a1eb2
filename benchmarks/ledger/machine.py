"""What the machine can do by itself, and what a process takes of it: processors, Ed25519, synced writes, memory."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
import gc
from itertools import batched, cycle
import multiprocessing
import os
from pathlib import Path
import secrets
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNED_BYTES: Final = 250
"""About what a record's signature is over."""
SIGNATURES: Final = 1_024


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was done, by the clock on the wall and by the processor time of this process."""

    count: int
    wall_s: float
    busy_s: float

    @property
    def per_s(self) -> float:
        """How often in a second."""
        return self.count / self.wall_s

    @property
    def per_busy_s(self) -> float:
        """How often in a second of processor time: what others do on the machine counts for less."""
        return self.count / self.busy_s


def total(rates: list[Rate]) -> Rate:
    """Return what several rates are together."""
    return Rate(sum(r.count for r in rates), sum(r.wall_s for r in rates), sum(r.busy_s for r in rates))


class Stopwatch:
    """Reads both clocks from when it is made."""

    def __init__(self) -> None:
        self._wall, self._busy = time.perf_counter(), time.process_time()

    def rate(self, count: int) -> Rate:
        """Return the rate of what was done `count` times."""
        return Rate(count, time.perf_counter() - self._wall, time.process_time() - self._busy)


def verify_rate(seconds: float) -> Rate:
    """Verify Ed25519 signatures with `cryptography`, and nothing else.

    They are as many as one commit has, each over bytes of its own: again and again the same one would be verified
    quicker than any real one, because the processor learns its branches.
    """
    key = Ed25519PrivateKey.generate()
    messages = [secrets.token_bytes(SIGNED_BYTES) for _ in range(SIGNATURES)]
    signed = [(key.sign(message), message) for message in messages]
    verify = key.public_key().verify
    count, watch = 0, Stopwatch()
    until = time.perf_counter() + seconds
    for some in batched(cycle(signed), 32, strict=True):
        for signature, message in some:
            verify(signature, message)
        count += len(some)
        if time.perf_counter() > until:
            break
    return watch.rate(count)


def verify_rates(seconds: float, processes: int) -> float:
    """Return the verifications per second of several processes together: what the machine's processors can give."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(verify_rate, [0.01] * processes))  # Once, so that all have started.
        return sum(rate.per_s for rate in pool.map(verify_rate, [seconds] * processes))


def verify_rate_of_threads(seconds: float, threads: int) -> Rate:
    """Verify in several threads of this process: what they can share of the processors."""
    watch = Stopwatch()
    with ThreadPoolExecutor(threads) as pool:
        return watch.rate(sum(rate.count for rate in pool.map(verify_rate, [seconds] * threads)))


def available_cpus() -> list[int]:
    """Return the processors that this process may use."""
    return sorted(os.sched_getaffinity(0))


@contextmanager
def on_cpus(count: int) -> Iterator[int]:
    """Keep all threads of this process on some of its processors; give how many they are.

    Threads that are started inside inherit it.
    """
    before = available_cpus()
    chosen = before[:count]
    _pin(chosen)
    try:
        yield len(chosen)
    finally:
        _pin(before)


def _pin(cpus: list[int]) -> None:
    for task in Path("/proc/self/task").iterdir():
        try:
            os.sched_setaffinity(int(task.name), cpus)
        except ProcessLookupError:
            continue  # A thread that has just ended.


def fsync_ms(folder: Path, count: int = 50) -> float:
    """Return how many milliseconds it takes, in the middle, to append 4 KiB to a file and have them on the disk."""
    taken = []
    path = folder / "fsync"
    with path.open("wb") as file:
        for _ in range(count):
            begin = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begin)
    path.unlink()
    return sorted(taken)[len(taken) // 2] * 1000


@dataclass(slots=True)
class Syncs:
    """The calls of fsync that Python code made; SQLite's own are not among them."""

    count: int = 0
    seconds: float = 0.0


@contextmanager
def counted_syncs() -> Iterator[Syncs]:
    """Count and time the calls of `os.fsync`, which do what they always do."""
    syncs, real = Syncs(), os.fsync

    def fsync(file: int) -> None:
        begin = time.perf_counter()
        real(file)
        syncs.seconds += time.perf_counter() - begin
        syncs.count += 1

    os.fsync = fsync  # type: ignore[assignment]  # ours takes what the ledger gives it, a number
    try:
        yield syncs
    finally:
        os.fsync = real


def resident_bytes() -> int:
    """Return how much memory this process holds, after what nobody needs is given up."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
