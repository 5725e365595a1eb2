"""The blackout logic of one flat: when it leaves the grid, and when it returns. Pure: values in, values out.

Our software is no protective relay. It asks devices that own their protection, or two interlocked contactors, believes
feedback alone, and stays where the living room is fed when it does not know. Numbers I1 to I24 and L1 to L3 are the
invariants of docs/safety.md.
"""

from .guards import Guards, Refusal, drill_refusals, island_refusals
from .judging import Grid, Place, grid, place
from .loads import Load, LoadPolicy, LoadsSeen, LoadsState, Switch, shed_or_restore
from .policy import Band, Floors, Policy, PolicyError, Profile, japanese
from .transition import step
from .values import (
    Asked,
    Command,
    Contact,
    Drill,
    Fault,
    Mode,
    Notice,
    Observation,
    Owner,
    Pending,
    Phase,
    State,
    Step,
    Supply,
    Wiring,
)

__all__ = [
    "Asked",
    "Band",
    "Command",
    "Contact",
    "Drill",
    "Fault",
    "Floors",
    "Grid",
    "Guards",
    "Load",
    "LoadPolicy",
    "LoadsSeen",
    "LoadsState",
    "Mode",
    "Notice",
    "Observation",
    "Owner",
    "Pending",
    "Phase",
    "Place",
    "Policy",
    "PolicyError",
    "Profile",
    "Refusal",
    "State",
    "Step",
    "Supply",
    "Switch",
    "Wiring",
    "drill_refusals",
    "grid",
    "island_refusals",
    "japanese",
    "place",
    "shed_or_restore",
    "step",
]
