"""A meter that describes itself by SunSpec: models 1 and 201, a single phase between two lines.

As model 201 has it, there is no voltage to a neutral then, and what is between the lines stands in ``PPV``. Import is
positive, and a counter that has not begun reads as "not available", for 0 means that to an acc32.
"""

from typing import Final

from .face import Reading
from .sunspec import Chain, ChainFace, model
from .sunspec_models import MODEL_1

_MODEL_201: Final = model(
    201,
    """
    A:i16 AphA:i16 AphB:i16 AphC:i16 A_SF:sf PhV:i16 PhVphA:i16 PhVphB:i16 PhVphC:i16 PPV:i16 PPVphAB:i16 PPVphBC:i16
    PPVphCA:i16 V_SF:sf Hz:i16 Hz_SF:sf W:i16 WphA:i16 WphB:i16 WphC:i16 W_SF:sf VA:i16 VAphA:i16 VAphB:i16 VAphC:i16
    VA_SF:sf VAR:i16 VARphA:i16 VARphB:i16 VARphC:i16 VAR_SF:sf PF:i16 PFphA:i16 PFphB:i16 PFphC:i16 PF_SF:sf
    TotWhExp:acc32 TotWhExpPhA:acc32 TotWhExpPhB:acc32 TotWhExpPhC:acc32 TotWhImp:acc32 TotWhImpPhA:acc32
    TotWhImpPhB:acc32 TotWhImpPhC:acc32 TotWh_SF:sf
    TotVAhExp:acc32 TotVAhExpPhA:acc32 TotVAhExpPhB:acc32 TotVAhExpPhC:acc32 TotVAhImp:acc32 TotVAhImpPhA:acc32
    TotVAhImpPhB:acc32 TotVAhImpPhC:acc32 TotVAh_SF:sf
    TotVArhImpQ1:acc32 TotVArhImpQ1PhA:acc32 TotVArhImpQ1PhB:acc32 TotVArhImpQ1PhC:acc32
    TotVArhImpQ2:acc32 TotVArhImpQ2PhA:acc32 TotVArhImpQ2PhB:acc32 TotVArhImpQ2PhC:acc32
    TotVArhExpQ3:acc32 TotVArhExpQ3PhA:acc32 TotVArhExpQ3PhB:acc32 TotVArhExpQ3PhC:acc32
    TotVArhExpQ4:acc32 TotVArhExpQ4PhA:acc32 TotVArhExpQ4PhB:acc32 TotVArhExpQ4PhC:acc32 TotVArh_SF:sf
    Evt:b32
    """,
)

_ACC32: Final = 1 << 32


class SunSpecMeterFace(ChainFace):
    """The registers of one meter."""

    def __init__(self, serial: int) -> None:
        super().__init__(Chain((MODEL_1, _MODEL_201)))
        for name, value in (("Mn", "LVPP-SIM"), ("Md", "Meter 2xx"), ("Vr", "1.0"), ("SN", str(serial))):
            self._chain.set_text(f"1.{name}", value)
        self._chain.set(
            {"201.A_SF": -2, "201.V_SF": -1, "201.Hz_SF": -2, "201.W_SF": 0, "201.TotWh_SF": 0, "201.Evt": 0}
        )

    def show(self, reading: Reading) -> None:
        """Put a second's reading into the registers."""
        volt = reading.grid.voltage_mv
        # Rounded towards 0, as a meter cuts off what its register does not hold.
        watt = abs(reading.power_mw) // 1000 * (1 if reading.power_mw >= 0 else -1)
        centiamp = watt * 100_000 // volt if volt else 0
        self._chain.set(
            {
                "201.A": centiamp,
                "201.AphA": centiamp,
                "201.PPV": volt // 100,
                "201.PPVphAB": volt // 100,
                "201.Hz": reading.grid.frequency_mhz // 10,
                "201.W": watt,
                "201.WphA": watt,
                "201.TotWhExp": reading.energy.export_wh % _ACC32,
                "201.TotWhImp": reading.energy.import_wh % _ACC32,
            }
        )
