"""Whether a result is right: read from the orders and the trades alone, without clearing anything again.

Nothing here calls what clears, pairs or prices: a mistake there would be found, not repeated.
"""
