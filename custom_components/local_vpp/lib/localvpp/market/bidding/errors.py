"""What is wrong with what residents wish."""

from ..errors import MarketError


class WishError(MarketError):
    """A wish cannot be kept as it stands."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(f"wish {field!r} is {value!r}: {remedy}")
        self.field, self.value, self.remedy = field, value, remedy


class Unsaid:
    """Stands in an error for a value that may be a secret: what is wrong with it, and not the value."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __repr__(self) -> str:
        """Show what is wrong."""
        return self._said
