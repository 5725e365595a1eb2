"""Where a flat's load and sun come from: measured files, or a published standard profile."""

from .files import load
from .generated import generate
from .home import Home
from .series import Profile, Series, interpolate, mean_between, sunniest_day

__all__ = ["Home", "Profile", "Series", "generate", "interpolate", "load", "mean_between", "sunniest_day"]
