"""`local-vpp demo`: a whole building on this machine, out of the real programs.

Simulator, coordinator, one headless agent per flat, and a real Home Assistant for the first one, each a process of
its own as in a real building; slots of one minute. With `--check` it proves afterwards, from the outside, that what
they did is right.
"""

from .cli import add_arguments, run

__all__ = ["add_arguments", "run"]
