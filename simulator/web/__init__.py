"""The control page and its JSON API."""

from .api import application

__all__ = ["application"]
