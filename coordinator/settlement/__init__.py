"""The settlement of slots: who shared with whom, and writing it down once."""

from .cleared import Cleared, PapersMissingError, named, of_documents, of_records
from .papers import Papers
from .settler import Settler
from .transfers import transfer_bodies
from .working import Work, settled_body, told_by, work_out

__all__ = [
    "Cleared",
    "Papers",
    "PapersMissingError",
    "Settler",
    "Work",
    "named",
    "of_documents",
    "of_records",
    "settled_body",
    "told_by",
    "transfer_bodies",
    "work_out",
]
