"""The market, measured: clearing, pairing and checking, and the same books cleared by engines that others wrote.

Run as `python -m benchmarks.market [NAME…]`. Books are random columns in memory, seeded: what ranking orders by
their hashes costs is told beside. Each figure is the best of several rounds, because a machine that is busy with other
things is slow at everything; the reference beside it, sorting as many numbers, is of the same run.
"""
