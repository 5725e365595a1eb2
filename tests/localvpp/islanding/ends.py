"""What only the whole of a search shows: that each way has an end (L1, L2)."""

from localvpp.islanding import Phase

from .exploring import Explored, Key


def stranded(found: Explored) -> list[Key]:
    """Return the nodes from which a good grid, with nothing amiss, leads neither home nor to a person (L1)."""
    safe: dict[Key, bool] = {}
    for begin in found.nodes:
        way: list[Key] = []
        on_way: set[Key] = set()
        node = begin
        while node not in safe and node not in on_way:
            if found.node(node).state.phase in {Phase.CONNECTED, Phase.FAULT_LOCKED}:
                safe[node] = True
                break
            way.append(node)
            on_way.add(node)
            node = found.benign[node]
        ends = safe.get(node, False)
        for each in way:
            safe[each] = ends
    return [node for node, ends in safe.items() if not ends]


def endless(found: Explored) -> list[Key]:
    """Return the nodes of drills that something can keep from ending for ever, whatever that is (L2).

    What is left when again and again a node is taken away from which no other of a drill can be reached.
    """
    after = {node: {each for each in nexts if each in found.drilling} for node, nexts in found.drilling.items()}
    before: dict[Key, set[Key]] = {node: set() for node in after}
    for node, nexts in after.items():
        for each in nexts:
            before[each].add(node)
    left = {node: len(nexts) for node, nexts in after.items()}
    todo = [node for node, number in left.items() if not number]
    while todo:
        node = todo.pop()
        del left[node]
        for each in before[node]:
            left[each] -= 1
            if not left[each]:
                todo.append(each)
    return list(left)
