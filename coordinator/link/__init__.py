"""The link to the flats: who is connected, what they measure now, and the messages both ways."""

from .frames import LiveFrames, SeenFrame
from .hub import Hub
from .session import WHY_REVOKED, LinkServices, serve_link

__all__ = ["WHY_REVOKED", "Hub", "LinkServices", "LiveFrames", "SeenFrame", "serve_link"]
