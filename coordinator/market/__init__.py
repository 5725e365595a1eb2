"""The building's market: the round of each slot, from its gate to what came of it."""
