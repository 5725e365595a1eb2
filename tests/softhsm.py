"""A token in software (SoftHSM 2), for the tests of keys that never leave theirs."""

from dataclasses import dataclass
from pathlib import Path
import shutil
import subprocess
from typing import Any, Final
from urllib.parse import quote

import pytest

from .needed import lacks, module as needed

PIN: Final = "57-a PIN of tests"
_MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
_P256: Final = bytes.fromhex("06082a8648ce3d030107")
_EDWARDS25519: Final = bytes.fromhex("130c656477617264733235353139")


def module() -> Path:
    """Return the driver; skip the test where there is none."""
    found = next((Path(each) for each in _MODULES if Path(each).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        lacks("SoftHSM 2 is not installed: scripts/services installs it")
    return found


@dataclass
class SoftHsm:
    """One token with keys, which can be pulled out and put back."""

    folder: Path
    module: Path
    library: Any

    @classmethod
    def make(cls, folder: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
        """Return a fresh token called `flat`."""
        driver = module()
        pkcs11 = needed("pkcs11", "hardware")
        (folder / "tokens").mkdir(parents=True)
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "flat", "--so-pin", "12345678", "--pin", PIN],
            check=True,
            capture_output=True,
        )
        library = pkcs11.lib(str(driver))
        library.reinitialize()  # The driver is one for the process, and has another test's folder in mind.
        token = cls(folder, driver, library)
        token.write_pin(PIN)
        return token

    @property
    def pin_file(self) -> Path:
        return self.folder / "pin"

    def write_pin(self, pin: str, mode: int = 0o600) -> None:
        self.pin_file.write_text(pin + "\n")
        self.pin_file.chmod(mode)

    def make_key(self, label: str, curve: str) -> None:
        """Let the token make a key pair."""
        from pkcs11 import Attribute, KeyType, Mechanism

        edwards = curve == "edwards25519"
        kind = KeyType.EC_EDWARDS if edwards else KeyType.EC
        parameters = {"edwards25519": _EDWARDS25519, "P-256": _P256, "P-384": bytes.fromhex("06052b81040022")}[curve]
        mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else Mechanism.EC_KEY_PAIR_GEN
        with self.library.get_token(token_label="flat").open(rw=True, user_pin=PIN) as session:
            domain = session.create_domain_parameters(kind, {Attribute.EC_PARAMS: parameters}, local=True)
            domain.generate_keypair(mechanism=mechanism, store=True, label=label)

    def uri(self, label: str, *, named: str = "flat") -> str:
        """Return the name of a key."""
        return (
            f"pkcs11:token={quote(named)};object={quote(label)}"
            f"?module-path={quote(str(self.module))}&pin-source=file:{quote(str(self.pin_file))}"
        )

    def pull(self) -> None:
        """Take the token out."""
        (self.folder / "tokens").rename(self.folder / "pulled")

    def put_back(self) -> None:
        """Put the token in again."""
        (self.folder / "pulled").rename(self.folder / "tokens")
