"""What the simulator refuses, said in one sentence that names the field, the value and the remedy."""


class SimulatorError(Exception):
    """Something the person who started the simulator can put right."""


class InvalidInput(SimulatorError):  # noqa: N818 - it names what came in, as ValueError does
    """An argument, a file or a request that does not say what it must.

    Args:
        field: the argument, column or JSON key at fault.
        value: what was given.
        remedy: what is expected instead, as the end of the sentence.
    """

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(f"{field} is {value!r}: {remedy}")
        self.field = field
