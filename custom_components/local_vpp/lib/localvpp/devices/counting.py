"""The lifetime counters of one device, each held against what can have flowed since it was last read.

Bills and energy dashboards are made of counters: one that steps back for a single reading makes a dashboard count a
lifetime twice. What is doubtful is unknown, is told once, and is believed again when it goes on (``plausible``).
"""

from collections.abc import Callable
import logging
from typing import Final

from .errors import DeviceNonsenseError
from .plausible import RATING_MARGIN, Counter, Doubt
from .quantity import MAX_ENERGY_WH

_LOGGER: Final = logging.getLogger(__name__)


class Counting:
    """Counters by their names.

    Args:
        what: the device, as it stands in a sentence ("the meter Eastron SDM120").
        slack_wh: what a counter may show at once, whatever its rating: two steps of the coarsest register in use. Who
            learns the step from what is counted may change it.
        clock: a monotonic clock in seconds.
        unit: of what is counted, if it is no energy. Its rating then is so much in an hour, as a power is.
        volatile: the counters begin at 0 when the device was without power.
    """

    def __init__(
        self, what: str, slack_wh: int, clock: Callable[[], float], *, unit: str = "Wh", volatile: bool = False
    ) -> None:
        self._what = what
        self.slack_wh = slack_wh
        self._clock = clock
        self._unit = unit
        self._volatile = volatile
        self._counters: dict[str, tuple[Counter, float, float]] = {}
        """With the times of the last reading that was believed, and of the last one."""
        self._told: dict[str, int | DeviceNonsenseError | None] = {}

    def take(
        self, name: str, wh: int | None, *, rated_w: float | None, doubtful: bool = False, stands: bool = False
    ) -> int | DeviceNonsenseError | None:
        """Take in a reading.

        Args:
            name: of the counter.
            wh: as it was read, None if it is unknown.
            rated_w: the device's highest power, None if it is unknown: then no step forward is too large.
            doubtful: the words of the reading may be of two moments, or came with others that cannot be.
            stands: it was not read anew. It was judged when it was read; judged again, a spike would be confirmed by
                itself.

        Returns:
            The energy, or why it is not believed; None if it is unknown.
        """
        if not stands:
            self._told[name] = self._judge(name, wh, rated_w, doubtful=doubtful)
        return self._told.get(name)

    def _judge(
        self, name: str, wh: int | None, rated_w: float | None, *, doubtful: bool
    ) -> int | DeviceNonsenseError | None:
        if wh is None:
            return None
        now = self._clock()
        before, believed_at, at = self._counters.get(name, (Counter(), now, now))
        most_wh, further_wh = self._most_wh(rated_w, now - believed_at), self._most_wh(rated_w, now - at)
        counter = before.after(wh, most_wh=most_wh, further_wh=further_wh, torn=doubtful, volatile=self._volatile)
        self._counters[name] = counter, now if counter.doubt is Doubt.NONE else believed_at, now
        if counter.doubt is Doubt.NONE:
            if before.doubt is not Doubt.NONE:
                _LOGGER.info("%s counts %s plausibly again: %d %s", _capital(self._what), name, wh, self._unit)
            return counter.value_wh
        doubt = DeviceNonsenseError(
            f"{self._what} shows {name} = {wh} {self._unit} after {counter.value_wh} {self._unit} "
            f"({counter.doubt.value}): unknown until it goes on from there or stays; if it was reset or exchanged, set "
            "the device up again"
        )
        if before.doubt is Doubt.NONE:
            _LOGGER.warning("%s", doubt)
        return doubt  # What is signed was read: the last good value is for comparing only.

    def _most_wh(self, rated_w: float | None, seconds: float) -> int:
        return MAX_ENERGY_WH if rated_w is None else int(rated_w * RATING_MARGIN * seconds / 3600) + self.slack_wh


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
