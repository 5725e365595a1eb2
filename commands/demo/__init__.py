"""`local-vpp demo`: a whole building on this machine, out of the real programs.

Simulator, coordinator, a real Home Assistant for some flats and a headless agent for each other, every one a process of
its own as in a real building; slots of one minute. With `--check` it proves afterwards, from the outside, that what
they did is right.
"""

from .cli import add_arguments, run

__all__ = ["add_arguments", "run"]
