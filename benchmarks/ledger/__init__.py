"""The ledger, measured with its real parts: records signed by real keys, SQLite and the log's files on a real disk.

Run as `python -m benchmarks.ledger [NAME…]`. A machine that is busy with other things is slow at everything, so a
figure is told beside a reference that was measured in the same run, and targets are of their ratio where they can be.
"""
