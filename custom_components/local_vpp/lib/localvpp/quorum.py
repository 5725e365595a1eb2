"""How many flats have to agree for their word to count: on the log's heads, and on what came of a slot's market."""


def quorum_of(flats: int) -> int:
    """Return how many of so many flats it takes: any two such sets share more than a third of them."""
    return 2 * flats // 3 + 1
