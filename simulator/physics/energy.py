"""A meter's two energy registers: what came in, what went out, each only ever growing."""

from dataclasses import dataclass

from .battery import MJ_PER_WH


@dataclass(frozen=True, slots=True)
class EnergyRegisters:
    """Import and export in millijoules since the meter was made."""

    import_mj: int = 0
    export_mj: int = 0

    @property
    def import_wh(self) -> int:
        """Whole watt-hours taken from the grid."""
        return self.import_mj // MJ_PER_WH

    @property
    def export_wh(self) -> int:
        """Whole watt-hours given to the grid."""
        return self.export_mj // MJ_PER_WH

    @property
    def net_mj(self) -> int:
        """Import less export."""
        return self.import_mj - self.export_mj

    def count(self, power_mw: int, dt_s: int) -> EnergyRegisters:
        """The registers after ``power_mw`` (positive: import) flowed for ``dt_s``."""
        energy = power_mw * dt_s
        if energy >= 0:
            return EnergyRegisters(self.import_mj + energy, self.export_mj)
        return EnergyRegisters(self.import_mj, self.export_mj - energy)
