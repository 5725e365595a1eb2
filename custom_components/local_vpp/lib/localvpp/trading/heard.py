"""What comes of a word that a flat has heard of its market."""

from dataclasses import dataclass

from ..wire import FromFlat


@dataclass(frozen=True, slots=True)
class Heard:
    """What is answered, and what is known now."""

    answers: tuple[FromFlat, ...] = ()
    ended: tuple[int, ...] = ()
    """Slots of which it is known now what came of a round: what was said of their settlement is judged by that."""
