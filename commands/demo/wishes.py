"""How the demonstration's flats trade and deliver, and what their residents wish: neighbours who want different things.

Most keep to the default. Some want more for what they sell than the grid would give, some would not pay what the grid
costs, one wants the sun's energy alone: so offers and wishes make curves of several steps, as in a real building. Who
has a battery lets it deliver what was traded. Who has Home Assistant says there what he wishes.
"""

from collections.abc import Mapping, Sequence
import json
from typing import Any, Final

from .building import Building, SimulatedFlat

WISHES: Final[Mapping[str, Mapping[str, Any]]] = {
    "202": {"buy not above": "28.00"},
    "203": {"sell not below": "12.00"},
    "301": {"buy not above": "26.00", "green only": True},
    "302": {"sell not below": "16.00"},
    "304": {"sell not below": "10.00"},
}

LINE_W: Final = 6_000
"""What each flat's line bears while its battery delivers: 60 A at 100 V."""


def options(demo: Building, flat: SimulatedFlat) -> Sequence[str]:
    """Write what a headless flat's residents wish; return the options of its agent. Blocking."""
    wishes, delivers = WISHES.get(flat.flat, {}), _delivers(flat)
    if not wishes and not delivers:
        return ()
    file = demo.folder / "flats" / f"{flat.flat}.market.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    # What JSON is, is YAML.
    file.write_text(json.dumps({"wishes": wishes, **delivers}, indent=2), encoding="utf-8")
    return "--market", str(file)


def answer(flat: SimulatedFlat) -> Mapping[str, Any]:
    """What its residents write into the form of Home Assistant; nothing where they keep to the default."""
    words = {word.replace(" ", "_"): value for word, value in WISHES.get(flat.flat, {}).items()}
    return {**words, **_delivers(flat)}


def _delivers(flat: SimulatedFlat) -> Mapping[str, Any]:
    return {"deliver": True, "line_w": LINE_W} if flat.battery else {}
