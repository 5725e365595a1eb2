"""How devices are read: requests, time and processor time, against a simulated building in a process of its own.

python -m benchmarks.devices
"""
