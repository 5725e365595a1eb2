"""Where and when the tests of localvpp take place, and a clock that moves when a test says so."""

from typing import override

from localvpp.clock import Clock
from localvpp.etp import Ed25519Signer, foresee
from localvpp.settlement import SlotPrices

ORIGIN = "vpp.example/sakura-heights"
NEXT = Ed25519Signer(b"\x21" * 32)
"""What the building signs with next."""
NEXT_KEY = foresee(NEXT.public, ORIGIN)
"""What it has committed to."""
SLOT = 1_795_312_800
"""22 November 2026, 02:40 UTC: a slot of 60 s begins."""
PRICES = SlotPrices(inside=2200, grid=3100, feed_in=850)


class HandClock(Clock):
    """Stands still until a test moves it; both of its times move together unless the wall clock is stepped."""

    def __init__(self) -> None:
        self.wall = SLOT * 1000
        self.passed = 0.0

    @override
    def wall_ms(self) -> int:
        return self.wall

    @override
    def monotonic(self) -> float:
        return self.passed

    def move(self, seconds: float) -> None:
        self.wall += round(seconds * 1000)
        self.passed += seconds
