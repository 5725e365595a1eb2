"""What waits for minutes is begun first, and nothing waits behind it."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from .dividing import CHAINS, LongestFirst

FILES = [file for chain in CHAINS for file in chain]
OTHERS = [f"tests/test_{number}.py" for number in range(8)]
TESTS = [f"{file}::test_{number}" for file in sorted(FILES + OTHERS) for number in range(3)]


class Node:
    """A process that is given work."""

    gateway = SimpleNamespace(id="a process")

    def __init__(self) -> None:
        self.given: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down, "work for a process that was told to end"
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    def files(self) -> list[str]:
        return list(dict.fromkeys(TESTS[index].split("::")[0] for index in self.given))


def divided(processes: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[Node]:
    """Divide all tests, with each process as quick as the others."""
    monkeypatch.setattr(request.config.option, "tx", ["popen"] * processes)
    scheduler = LongestFirst(request.config)
    nodes = [Node() for _ in range(processes)]
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, TESTS)
    scheduler.schedule()
    done = dict.fromkeys(nodes, 0)
    while any(done[node] < len(node.given) for node in nodes):
        for node in nodes:
            if done[node] < len(node.given):
                scheduler.mark_test_complete(node, node.given[done[node]])
                done[node] += 1
    assert sorted(index for node in nodes for index in node.given) == list(range(len(TESTS))), "each test runs once"
    assert all(node.shutting_down for node in nodes)
    return nodes


@pytest.mark.parametrize("processes", [len(CHAINS) + 1, 7])
def test_each_chain_has_a_process_of_its_own(
    processes: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    nodes = divided(processes, monkeypatch, request)
    assert [tuple(node.files()) for node in nodes[: len(CHAINS)]] == [tuple(sorted(chain)) for chain in CHAINS]
    assert all(set(node.files()) <= set(OTHERS) for node in nodes[len(CHAINS) :])


def test_few_processes_divide_all_files_among_them(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    nodes = divided(len(CHAINS), monkeypatch, request)
    assert all(len(node.files()) > 1 for node in nodes)


def test_the_files_of_the_chains_are_there() -> None:
    root = Path(__file__).parents[1]
    assert [file for file in FILES if not (root / file).is_file()] == []
