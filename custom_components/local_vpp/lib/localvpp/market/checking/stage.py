"""Everything about one stage."""

from ..rules import Objective, PriceRule
from .circular import most_energy_over_lines
from .claim import Claim, Finding
from .feasible import countable, feasible, well_paired
from .optimal import most_energy, most_gain
from .priced import rightly_priced
from .shared import raised_floor, reduced


def check_stage(claim: Claim) -> list[Finding]:
    """Return what is wrong with a stage; whether it is the best is asked only of what can be."""
    if found := list(countable(claim)):
        return found
    fills = claim.fills()
    if found := list(feasible(claim, fills)):
        return found
    lines = len(claim.tree.names) > 1
    if claim.objective is Objective.ENERGY and lines:
        found += most_energy_over_lines(claim, fills)
    elif claim.objective is Objective.ENERGY:
        found += most_energy(claim, fills)
    elif claim.objective is Objective.FLOOR:
        found += raised_floor(claim, fills)
    elif claim.rule is PriceRule.MCAFEE:
        found += reduced(claim, fills)
    else:
        found += most_gain(claim, fills)
    found += well_paired(claim, anywhere=claim.objective is Objective.ENERGY and lines)
    if claim.objective is not Objective.FLOOR and claim.rule is not PriceRule.MCAFEE:
        found += rightly_priced(claim, fills)
    return found
