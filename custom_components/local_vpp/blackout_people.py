"""The people who were named: each is told of each notice, and again until it has reached them.

An outage takes the router along, or the line behind it, and with them the way to a telephone. So a message that could
not be sent is sent when there is a way again, unless it is over by then; meanwhile a repair issue names whom nothing
reaches. What is not settled when Home Assistant ends, `blackout_home` tells when it has started again. Each is told
apart from the others: one telephone that is off keeps nothing from anybody.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeassistant.components.notify.const import (
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY_DOMAIN,
    SERVICE_SEND_MESSAGE,
    NotifyEntityFeature,
)
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN, LOGGER
from .coordinator import LocalVppConfigEntry
from .foreign import async_act
from .lib.localvpp.islanding import Notice
from .source import resolve

AGAIN_S: Final = 30.0
"""So long after a message that did not reach somebody it is sent again: twice within the minute in which people are to
be told (L3)."""
SEND_S: Final = 20.0
"""So long it may take."""
LATE_S: Final = 21_600.0
"""What could not be sent for six hours is not what anybody wakes up for."""
_MOST_TRIES: Final = int(LATE_S / AGAIN_S)


@dataclass(slots=True)
class _Message:
    """One notice on its way."""

    number: int
    notice: Notice
    title: str
    text: str
    reached: set[str] = field(default_factory=set)
    tries: int = 0


class People:
    """Tells the people of one flat.

    Args:
        hass: Home Assistant.
        entry: the flat.
        keys: their notification entities, by what outlives the entities' names.
        reached: is told how many people know of a notice, whenever there are more.
        unreached: is told whom the last message did not reach.
        settled: is told the number of a notice of which nothing is on its way any more.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: LocalVppConfigEntry,
        keys: Sequence[str],
        *,
        reached: Callable[[Notice, int], None],
        unreached: Callable[[tuple[str, ...]], None],
        settled: Callable[[int], None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._keys = keys
        self._reached = reached
        self._unreached = unreached
        self._settled = settled
        self._waiting: list[_Message] = []
        self._missed: dict[str, str] = {}
        """Whom the last message did not reach, and by what name they are known."""
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def stop(self) -> None:
        """Try nothing again."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def withdraw(self, notices: Collection[Notice]) -> None:
        """Send no more of what is over."""
        over = [each for each in self._waiting if each.notice in notices]
        self._waiting = [each for each in self._waiting if each not in over]
        for each in over:
            self._settled(each.number)

    async def async_tell(self, number: int, notice: Notice, title: str, text: str) -> None:
        """Tell them, and those whom it does not reach again."""
        if self._keys:
            await self._async_send(_Message(number, notice, title, text))
        else:
            # Whoever opens Home Assistant sees it, too: a household without anybody's telephone is told as one.
            self._reached(notice, 1)
            self._settled(number)

    async def _async_send(self, message: _Message) -> None:
        message.tries += 1
        wanting = [key for key in self._keys if key not in message.reached]
        told = await asyncio.gather(*(self._async_send_to(key, message) for key in wanting))
        message.reached |= {key for key, found in zip(wanting, told, strict=True) if found}
        if any(told):
            self._reached(message.notice, len(message.reached))
        self._unreached(tuple(sorted(self._missed.values())))
        if all(told) or message.tries >= _MOST_TRIES:
            self._settled(message.number)
            return
        self._waiting.append(message)
        if self._timer is None:
            self._timer = async_call_later(self._hass, AGAIN_S, self._async_again)

    @callback
    def _async_again(self, _: object) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._entry.async_create_background_task(
                self._hass, self._async_send(each), f"{DOMAIN} tells {each.notice} again"
            )

    async def _async_send_to(self, key: str, message: _Message) -> bool:
        name = resolve(self._hass, key)
        state = None if name is None else self._hass.states.get(name)
        if name is None or state is None:
            return self._failed(key, name or key, message, "it does not exist any more; choose another in its place")
        if state.state == STATE_UNAVAILABLE:
            # Home Assistant leaves such an entity out without a word.
            return self._failed(key, name, message, "it is unavailable")
        titled = state.attributes.get(ATTR_SUPPORTED_FEATURES, NotifyEntityFeature.TITLE) & NotifyEntityFeature.TITLE
        text = message.text if titled else f"{message.title}\n\n{message.text}"
        data = {ATTR_ENTITY_ID: [name], ATTR_TITLE: message.title, ATTR_MESSAGE: text}
        if why := await async_act(self._hass, NOTIFY_DOMAIN, SERVICE_SEND_MESSAGE, data, within_s=SEND_S):
            return self._failed(key, name, message, why)
        if self._missed.pop(key, None) is not None:
            LOGGER.info("%s of %s can be told again", name, self._entry.title)
        return True

    def _failed(self, key: str, name: str, message: _Message, why: str) -> bool:
        if key not in self._missed:
            LOGGER.warning(
                "%s of %s could not be told of %s, and is tried again: %s",
                name,
                self._entry.title,
                message.notice,
                why,
            )
        self._missed[key] = name
        return False
