"""A tariff's file: read as a building's is, so that a mistake is told with its line."""

from pathlib import Path

from localvpp.settlement.tariff import Tariff, TariffError, read_tariff

from .marks import read


def load_tariff(file: Path) -> Tariff:
    """Read and check a tariff. Blocking.

    Raises ConfigError.
    """
    marked = read(file)
    try:
        return read_tariff(marked.value)
    except TariffError as error:
        raise marked.error(error.path, error.problem) from error
