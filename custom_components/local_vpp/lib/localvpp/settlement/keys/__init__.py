"""The five sharing keys: how what some flats have left reaches those who need it.

| key | Europe's name | who gets how much |
|---|---|---|
| `Dynamic` | dynamique par défaut (FR), dynamisch (AT, DE) | in proportion to use |
| `Static` | statique (FR), statisch (AT) | a fixed part; what he does not use of it goes back to the givers |
| `Coefficients` | dynamique simple (FR), coeficientes β (ES) | a part told for this slot; all sum to one |
| `Traded` | full dynamique (FR) | what he has bought from whom, as far as both meters bear it |
| `MaxMin` | – | everyone the same, until he needs no more |

All of them know one slot's needs and surpluses in whole Wh, give out transfers in whole Wh, and keep the same promises
(`SharingKey`). Any flat that has the slot's numbers comes to the same transfers. Which one a building has chosen is a
document of its own (`KeyRule`).
"""

from .among import among_devices, among_flats
from .claimed import WHOLE, Coefficients, Static
from .dynamic import Dynamic
from .key import SharingKey
from .maxmin import MaxMin
from .ranked import Ranked
from .rule import DYNAMIC, KeyName, KeyRule, Times, read_rule
from .traded import Traded

__all__ = [
    "DYNAMIC",
    "WHOLE",
    "Coefficients",
    "Dynamic",
    "KeyName",
    "KeyRule",
    "MaxMin",
    "Ranked",
    "SharingKey",
    "Static",
    "Times",
    "Traded",
    "among_devices",
    "among_flats",
    "read_rule",
]
