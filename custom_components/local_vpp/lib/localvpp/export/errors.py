"""Why a record is not exported, or an export is not believed."""


class ExportError(Exception):
    """An export cannot be made, or is not what it claims to be."""


class UnfitError(ExportError):
    """A record says what a format cannot, or lacks what it must say."""


class MalformedError(ExportError):
    """Bytes are not in the one form that this room writes."""
