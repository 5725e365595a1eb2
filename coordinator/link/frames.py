"""What the flats say each second: the newest verified frame of each, and how old frames are when they arrive."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from localvpp.clock import Clock
from localvpp.etp import DeviceId, EtpError, Frame, SignatureError, open_frame
from localvpp.wire import Code

from ..ledger.admission import FUTURE_MS
from ..store import Member

WINDOW_S: Final = 600
_STEP_S: Final = 10
_LONGEST_MS: Final = 3_600_000


class FrameRefusedError(Exception):
    """A frame is not taken."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame and when it arrived, on the monotonic clock."""

    frame: Frame
    arrived: float


class LatencyWindow:
    """Counts delays of the last ten minutes, in steps of ten seconds: memory does not grow with the frames."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._steps: deque[tuple[int, Counter[int]]] = deque()

    def add(self, delay_ms: int) -> None:
        """Count one delay."""
        step = int(self._clock.monotonic()) // _STEP_S
        if not self._steps or self._steps[-1][0] != step:
            self._steps.append((step, Counter()))
        self._steps[-1][1][_rounded(min(max(delay_ms, 0), _LONGEST_MS))] += 1
        self._forget(step)

    def _forget(self, step: int) -> None:
        while self._steps and self._steps[0][0] <= step - WINDOW_S // _STEP_S:
            self._steps.popleft()

    def percentiles(self, *percents: int) -> tuple[int, list[int | None]]:
        """Return the number of delays and their percentiles in ms; None when there is none."""
        self._forget(int(self._clock.monotonic()) // _STEP_S)
        total: Counter[int] = Counter()
        for _, counts in self._steps:
            total.update(counts)
        count = total.total()
        return count, [_percentile(total, count, percent) for percent in percents]


def _rounded(delay_ms: int) -> int:
    """Keep three digits: some thousand different values at most."""
    if delay_ms < 1000:
        return delay_ms
    unit = int("1" + "0" * (len(str(delay_ms)) - 3))
    return delay_ms // unit * unit


def _percentile(counts: Counter[int], count: int, percent: int) -> int | None:
    rank = -(-count * percent // 100)
    seen = 0
    for delay in sorted(counts):
        seen += counts[delay]
        if seen >= rank:
            return delay
    return None


class LiveFrames:
    """The newest frame of each flat."""

    def __init__(self, origin: str, clock: Clock) -> None:
        self._origin = origin
        self._clock = clock
        self._newest: dict[DeviceId, SeenFrame] = {}
        self.latency = LatencyWindow(clock)

    def newest(self, device: DeviceId) -> SeenFrame | None:
        """Return a flat's newest frame."""
        return self._newest.get(device)

    def accept(self, member: Member, data: bytes) -> tuple[Frame, bool]:
        """Verify a frame; return it, and whether it is newer than what was known.

        The newest frame sent again is no error: its acknowledgement may have been lost. Raises FrameRefusedError.
        """
        try:
            frame = open_frame(data, member.key, self._origin)
        except SignatureError as error:
            raise FrameRefusedError(Code.BAD_SIGNATURE, str(error)) from error
        except EtpError as error:
            raise FrameRefusedError(Code.BAD_MESSAGE, str(error)) from error
        if frame.device != member.device:
            raise FrameRefusedError(
                Code.WRONG_DEVICE, f"the frame is of device {frame.device.hex()}: every device sends its own"
            )
        now_ms = self._clock.wall_ms()
        if frame.time_ms > now_ms + FUTURE_MS:  # It would keep all true ones out.
            raise FrameRefusedError(
                Code.FROM_THE_FUTURE,
                f"the frame is {(frame.time_ms - now_ms) / 1000:.1f} s ahead of this clock: check yours",
            )
        known = self._newest.get(member.device)
        if known is not None:
            place, newest = (frame.time_ms, frame.count), (known.frame.time_ms, known.frame.count)
            if place == newest and frame == known.frame:
                return frame, False
            if place <= newest:
                raise FrameRefusedError(
                    Code.OUT_OF_ORDER, f"frame {place} is not later than {newest}: it was known, or is replayed"
                )
        self._newest[member.device] = SeenFrame(frame, self._clock.monotonic())
        self.latency.add(now_ms - frame.time_ms)
        return frame, True

    def __iter__(self) -> Iterator[SeenFrame]:
        return iter(self._newest.values())
