"""How files of slow tests are divided among processes: what waits for minutes begins first, in processes of its own.

A process of pytest-xdist always has a file in hand and the next one in store, which no other can take. In the order of
the folders the longest one began somewhere in the middle, and what was in store behind it waited for minutes, while the
other processes had nothing left to do.
"""

from typing import Final, override

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

CHAINS: Final = (
    ("tests/commands/test_demo_blackout.py",),
    ("tests/commands/test_demo_profiles.py", "tests/commands/test_kill.py"),
    ("tests/commands/test_kill_drill.py", "tests/localvpp/devices/test_devices_kill.py"),
)
"""Files that wait for minutes and need hardly any processor; those of one chain come after each other, in one process.

The first of them takes nine minutes, which is what all of them together have to last at least.
"""


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]
    """Gives each chain to a process that gets nothing else; the others divide the rest, file by file."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        chains = CHAINS if self.numnodes > len(CHAINS) else ()
        self._chain_of: dict[str, str] = {file: chain[0] for chain in chains for file in chain}

    @override
    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return self._chain_of.get(file, file)

    @override
    def _assign_work_unit(self, node: WorkerController) -> None:
        chain = next((name for name in self._chain_of.values() if name in self.workqueue), None)
        if chain is not None:
            self.workqueue.move_to_end(chain, last=False)
        super()._assign_work_unit(node)
        if chain is not None:
            node.shutdown()  # Once it has done this: nothing is put in store behind it.
