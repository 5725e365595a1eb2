"""How many flats have to agree for their word to count: on the log's heads, and on what came of a slot's market."""


def quorum_of(flats: int) -> int:
    """Return how many of so many flats it takes: any two such sets share more than a third of them."""
    return 2 * flats // 3 + 1


def needed_of(voters: int, enrolled: int) -> int:
    """Return how many flats have to agree to a result of the market's.

    A quorum of those that have a word, and more than half of all that are enrolled: whoever names the voters, two
    results of one round would have to have a flat that agrees to both.
    """
    return max(quorum_of(voters), enrolled // 2 + 1)
