"""What an input gives that shows no power: nothing, where the device itself says that it is off.

An inverter without sun has nothing to measure on its PV inputs and shows "not available" there. Taken as unknown, this
would take away the control of a hybrid's battery every night, for some set-points are meant for PV and battery
together. Taken as 0 without more ado, every lost measurement would become a power of 0 W, for the display and for the
battery.

So a power that is shown is what it says. One that is not shown is 0 where the device gives the reason: the input's own
status is "off" or "sleeping"; or the input has no status, and the inverter as a whole is "sleeping", which SunSpec
keeps for the automatic shut-down for want of power. An input that is on, has a fault, or starts in the morning is
unknown until it shows a number. So is an input without a status of an inverter that is off by command, stands by, has a
fault or tells nothing: a string may well charge the battery behind an inverter that feeds nothing.
"""


def input_power(watts: float | None, *, off: bool | None, asleep: bool) -> float | None:
    """Give the power of an input.

    Args:
        watts: as the input shows it, None if it does not.
        off: whether the input's own status says that it is off, None if it has no status.
        asleep: whether the inverter as a whole says that it sleeps.
    """
    if watts is not None:
        return watts
    return 0.0 if (asleep if off is None else off) else None
