"""What is wrong with what residents wish."""

from ..errors import MarketError


class WishError(MarketError):
    """A wish cannot be kept as it stands."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(f"wish {field!r} is {value!r}: {remedy}")
        self.field, self.value, self.remedy = field, value, remedy
