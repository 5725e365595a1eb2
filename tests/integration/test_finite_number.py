"""Fields of forms that ask for a number take none that is not one, whoever fills them in."""

import math

import probatio
import pytest

from custom_components.local_vpp.adopt_flow import HEATING_VALUE
from custom_components.local_vpp.const import CONF_GAS_START, CONF_LITRES_PER_PULSE
from custom_components.local_vpp.device_form import _gas_fields

NO_NUMBERS = pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])


@NO_NUMBERS
@pytest.mark.parametrize("field", [CONF_LITRES_PER_PULSE, CONF_GAS_START])
def test_what_is_no_number_is_refused_of_a_gas_meter_with_its_field(field: str, wrong: float) -> None:
    schema = probatio.Schema(_gas_fields(1))
    assert schema({field: 1})[field] == 1
    with pytest.raises(probatio.MultipleInvalid) as refused:
        schema({field: wrong})
    assert [each.path for each in refused.value.errors] == [[field]]


@NO_NUMBERS
def test_what_is_no_number_is_refused_of_a_heating_value(wrong: float) -> None:
    assert HEATING_VALUE(45) == 45
    with pytest.raises(probatio.Invalid):
        HEATING_VALUE(wrong)
