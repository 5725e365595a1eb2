"""The link to the flats: who is connected, what they measure now, and the messages both ways."""

from .frames import LiveFrames, SeenFrame
from .hub import Hub
from .session import LinkServices, serve_link, turned_away

__all__ = ["Hub", "LinkServices", "LiveFrames", "SeenFrame", "serve_link", "turned_away"]
