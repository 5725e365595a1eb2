"""What a forecast refuses: a sentence that names the field, its value, and what to do."""


class ForecastError(ValueError):
    """Something that was handed in cannot be worked with."""

    def __init__(self, field: str, value: object, problem: str) -> None:
        super().__init__(f"{field} {value!r}: {problem}")
        self.field = field
        self.value = value
