"""What a building's file names outside itself and is used from the first moment on: its data folder and its tokens.

Whoever starts something looks here first, so that what is not there is told with its line in the file and not by the
system's own words.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from localvpp.etp import BadKeyError, Signer
from localvpp.etp.pkcs11 import Pkcs11Signer, load_driver, read_pin

from .building import BuildingConfig


def make_data(config: BuildingConfig) -> list[Path]:
    """See to it that the data folder is there and can be written; return the folders that were made. Blocking.

    Raises ConfigError; then nothing was made.
    """
    made: list[Path] = []
    try:
        for folder in reversed((config.data, *config.data.parents)):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                made.append(folder)
        with TemporaryDirectory(dir=config.data):
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
