"""The link to the flats: who is connected, what they measure now, and the messages both ways."""

from .frames import LiveFrames, SeenFrame
from .greeting import WHY_REVOKED
from .hub import Hub
from .services import LinkServices
from .session import serve_link

__all__ = ["WHY_REVOKED", "Hub", "LinkServices", "LiveFrames", "SeenFrame", "serve_link"]
