"""How a witness is asked: over a flat's link, or over HTTP (C2SP tlog-witness v1.0.0). Both carry the same bytes."""

from dataclasses import dataclass
from typing import Final, Protocol, override

import aiohttp

from localvpp import tlog

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_LARGEST_ANSWER: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """A witness's answer, not read yet."""

    status: int
    content_type: str
    body: bytes
    shows: bytes = b""
    """The head that a 409 names, signed by the log. Over HTTP there is none: C2SP's answer is a number alone."""


class Ask(Protocol):
    """Carries one request to one witness."""

    async def __call__(self, request: bytes) -> Said:
        """Return the answer to the body of an `add-checkpoint`.

        Raises ConnectionError or TimeoutError when there is none.
        """
        ...


class HttpAsk(Ask):
    """Asks a witness by its URL."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url.rstrip('/')}/add-checkpoint"

    @override
    async def __call__(self, request: bytes) -> Said:
        try:
            async with self._session.post(
                self._url,
                data=request,
                timeout=_TIMEOUT,
                headers={"Content-Type": tlog.PLAIN_TEXT},
                allow_redirects=False,  # A POST that is redirected becomes a GET.
            ) as response:
                body = await _read(response.content)
                return Said(response.status, response.headers.get("Content-Type", ""), body)
        except aiohttp.ClientError as error:
            raise ConnectionError(f"{self._url} does not answer: {error}") from error


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Read an answer to its end.

    Raises ConnectionError when it is larger than any witness's.
    """
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise ConnectionError(f"it answers with more than {_LARGEST_ANSWER} bytes")
    return bytes(body)
