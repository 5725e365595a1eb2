"""Says the building's words on the market: signed for each flat before anything of them is sent."""

from functools import partial

from localvpp.etp import DeviceId, Signer, off_loop
from localvpp.wire import MarketWord, sign_market_word


class Herald:
    """Makes the words."""

    def __init__(self, signer: Signer, building: DeviceId, origin: str) -> None:
        self._signer = signer
        self._building = building
        self._origin = origin

    async def said(self, device: DeviceId, word: MarketWord) -> bytes:
        """Return the signed word. Raises SignerUnavailableError."""
        sign = partial(sign_market_word, self._signer, self._building, self._origin, device, word)
        return await off_loop(self._signer, sign)
