"""Settlement, measured: months of made-up buildings by every sharing key, up to all statements; and PDF by itself.

Run as `python -m benchmarks.settlement [NAME…]`. It is one process that computes; a machine that is busy with other
things is slow at it, so processor time is told, and beside it what the same machine takes for a fixed piece of work.
"""
