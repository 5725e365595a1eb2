"""What a building's file names outside itself and is used from the first moment on: its data folder and its tokens.

Whoever starts something looks here first, so that what is not there is told with its line in the file and not by the
system's own words.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from localvpp.etp import BadKeyError, Signer
from localvpp.etp.pkcs11 import Pkcs11Signer, load_driver, read_pin

from .building import BuildingConfig

REBUILDING: Final = "rebuilding"
"""A file in a data folder into which a building is being rebuilt, or was until that was broken off (`site`)."""
TRIED: Final = ".tried-"
"""How folders begin that are made only to see whether they can be."""


def make_data(config: BuildingConfig) -> list[Path]:
    """See to it that the data folder is there, whole, and can be written; return the folders that were made. Blocking.

    Raises ConfigError; then nothing was made.
    """
    made = make_folder(config)
    if (config.data / REBUILDING).exists():
        raise config.error(
            ("data",),
            f"{config.data} holds a part of a building: its rebuild has not ended, or was broken off. Run "
            f"`local-vpp ledger rebuild {config.file.name} …` again: it takes away what is there, and begins anew",
        )
    return made


def make_folder(config: BuildingConfig) -> list[Path]:
    """See to it that the data folder is there and can be written, whatever it holds; return as `make_data` does.

    Raises ConfigError; then nothing was made.
    """
    made: list[Path] = []
    try:
        for folder in reversed((config.data, *config.data.parents)):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                made.append(folder)
        with TemporaryDirectory(prefix=TRIED, dir=config.data):
            pass
    except OSError as error:
        unmake(made)
        raise config.error(
            ("data",),
            f"{config.data} cannot be written ({error.strerror}): write a folder that the coordinator's user owns "
            "or may make, as /var/lib/local-vpp, and run this as that user",
        ) from error
    return made


def unmake(folders: list[Path]) -> None:
    """Take away empty folders that `make_data` has made. Blocking."""
    for folder in reversed(folders):
        folder.rmdir()


def check_tokens(config: BuildingConfig) -> None:
    """Load the drivers of the tokens and read their PINs, but log in to none. Blocking. Raises ConfigError."""
    for name, uri in config.tokens.items():
        try:
            load_driver(uri.module)
            if uri.pin_source is not None:
                read_pin(uri.pin_source)
        except BadKeyError as error:
            raise config.error(("keys", name), str(error)) from error


def token_signer(config: BuildingConfig, name: str) -> Signer:
    """Return the key that `keys` names in a token. Blocking. Raises ConfigError."""
    try:
        return Pkcs11Signer(config.tokens[name])
    except BadKeyError as error:
        raise config.error(("keys", name), str(error)) from error
