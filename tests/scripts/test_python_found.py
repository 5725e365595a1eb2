"""Setting up a machine: which Python is taken, and what is said where there is none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
import os
from pathlib import Path
import shutil
import subprocess
import tempfile

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get") is None or shutil.which("dpkg") is None, reason="apt is not on this machine"
)
needs_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not on this machine")


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def stanza(name: str, version: str, deb: Path | None = None) -> str:
    size = 1 if deb is None else deb.stat().st_size
    checked = "" if deb is None else f"SHA256: {sha256(deb.read_bytes()).hexdigest()}\n"
    file = "none.deb" if deb is None else deb.name
    return f"Package: {name}\nVersion: {version}\nArchitecture: all\nFilename: ./{file}\nSize: {size}\n{checked}\n"


def from_apt(folder: Path, packages: str) -> subprocess.CompletedProcess[str]:
    """Run `python-from-apt` on a machine whose only source is a folder, as one of Ubuntu has no Debian mirror."""
    archive = folder / "archive"
    archive.mkdir(exist_ok=True)
    (archive / "Packages").write_text(packages)
    (folder / "sources.list").write_text(f"deb [trusted=yes] file:{archive} ./\n")
    (folder / "parts").mkdir()
    (folder / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{folder}/sources.list"; Dir::Etc::sourceparts "{folder}/parts";\n'
    )
    return subprocess.run(
        [SCRIPTS / "python-from-apt", folder / "python", "3.14.2"],
        env=os.environ | {"APT_CONFIG": str(folder / "apt.conf")},
        capture_output=True,
        text=True,
        check=False,
    )


def packed(archive: Path, name: str, files: dict[str, bytes]) -> str:
    """Build a package into an archive, and return its stanza."""
    tree = archive / f"{name}.tree"
    for path, data in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(data)
    (tree / "DEBIAN").mkdir(mode=0o755, parents=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: none\n"
    )
    deb = archive / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", tree, deb], check=True, capture_output=True)
    return stanza(name, "1", deb)


def gpg(home: Path, *arguments: str) -> bytes:
    done = subprocess.run(
        ["gpg", "--homedir", home, "--batch", "--quiet", "--yes", *arguments], check=True, capture_output=True
    )
    return done.stdout


@pytest.fixture
def debian_key() -> Iterator[Path]:
    """A key that signs an archive; its folder's path is short, as gpg's agent wants it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        gpg(Path(folder), "--passphrase", "", "--quick-generate-key", "archive@example.org", "ed25519", "sign")
        yield Path(folder)
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=True)


def leads_to_debian(folder: Path, key: Path, python: str, *, signs: bool) -> str:
    """Make a Debian with a Python in its testing, and return the stanzas of another archive that lead to it."""
    testing, archive = folder / "mirror/dists/testing", folder / "archive"
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    listed = f"main/binary-{architecture}/Packages"
    (testing / listed).parent.mkdir(parents=True)
    (testing / listed).write_text(stanza("python3.14", python))
    data = (testing / listed).read_bytes()
    (testing / "Release").write_text(
        f"Suite: testing\nCodename: testing\nDate: {format_datetime(datetime.now(UTC), usegmt=True)}\n"
        f"Architectures: {architecture}\nComponents: main\nSHA256:\n {sha256(data).hexdigest()} {len(data)} {listed}\n"
    )
    if signs:
        (testing / "InRelease").write_bytes(gpg(key, "--clearsign", "--output", "-", str(testing / "Release")))
    archive.mkdir()
    address = f"Suite: testing\nBaseURI: file:{folder}/mirror\n\nSuite: old\nBaseURI: file:/nowhere\n"
    return packed(
        archive, "python-apt-common", {"usr/share/python-apt/templates/Debian.info": address.encode()}
    ) + packed(
        archive, "debian-archive-keyring", {"usr/share/keyrings/debian-archive-keyring.gpg": gpg(key, "--export")}
    )


@needs_apt
@pytest.mark.parametrize(
    ("version", "found"), [(None, "none"), ("3.14.0-1", "3.14.0-1"), ("3.14.2~rc1-1", "3.14.2~rc1-1")]
)
def test_a_machine_whose_sources_lead_to_no_such_python_is_told_what_to_install(
    tmp_path: Path, version: str | None, found: str
) -> None:
    done = from_apt(tmp_path, "" if version is None else stanza("python3.14", version))
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    assert f"no Python ≥ 3.14.2 comes from this machine's apt sources (found: {found}), nor do" in told
    assert "which lead to Debian's: install one yourself" in told
    assert not (tmp_path / "python").exists()


@needs_apt
@needs_gpg
def test_a_machine_that_is_no_debian_is_led_to_debian_testing_by_its_own_archive(
    tmp_path: Path, debian_key: Path
) -> None:
    stanzas = leads_to_debian(tmp_path, debian_key, "3.14.3-1", signs=True)
    done = from_apt(tmp_path, stanzas + stanza("python3.14", "3.14.0-1"))
    assert f"unpacking Python 3.14.3-1 of Debian testing into {tmp_path}/python" in done.stderr


@needs_apt
@needs_gpg
def test_an_archive_that_debian_has_not_signed_is_not_taken_for_debians(tmp_path: Path, debian_key: Path) -> None:
    done = from_apt(tmp_path, leads_to_debian(tmp_path, debian_key, "3.14.3-1", signs=False))
    assert done.returncode == 1
    assert f"Debian testing cannot be had from file:{tmp_path}/mirror" in done.stderr
    assert "unpacking" not in done.stderr


@needs_apt
def test_a_machines_own_sources_are_used_where_they_have_one(tmp_path: Path) -> None:
    version = "3.14.2-1"
    done = from_apt(tmp_path, stanza("python3.14", version))
    assert f"unpacking Python {version} of this machine's apt sources into {tmp_path}/python" in done.stderr


@pytest.mark.parametrize(("minor", "unpacks"), [("3, 14, 1", True), ("3, 14, 2", False)])
def test_a_python_that_was_unpacked_earlier_is_taken_only_while_it_is_new_enough(
    tmp_path: Path, minor: str, *, unpacks: bool
) -> None:
    root, store = tmp_path / "checkout", tmp_path / "local-vpp"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPTS / "setup", root / "scripts/setup")
    found = shutil.which("python3")
    assert found is not None
    # Says of itself that it is the version that the test wants, and is this machine's own otherwise.
    of_version = f'code=$2; shift 2; exec {found} -c "import sys; sys.version_info = ({minor}); $code" "$@"'
    program(store / "python3.14/bin/python3.14", f'[ "$1" = -V ] && exec echo "Python of the store"; {of_version}')
    for name in ("apt-get", "dpkg-deb"):
        program(tmp_path / "bin" / name, "exit 0")
    program(root / "scripts/python-from-apt", f'echo "$1 $2" >{tmp_path}/asked')
    # Finds nothing and downloads nothing, but makes an environment.
    program(
        tmp_path / "bin/uv",
        f'[ "$1" = venv ] || exit 1; mkdir -p {root}/.venv/bin; ln -s {found} {root}/.venv/bin/python',
    )
    done = subprocess.run(
        [root / "scripts/setup"],
        env=os.environ | {"XDG_DATA_HOME": str(tmp_path), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "making .venv with Python of the store" in done.stderr
    asked = tmp_path / "asked"
    assert (asked.read_text().split() if asked.exists() else None) == (
        [str(store / "python3.14"), "3.14.2"] if unpacks else None
    )
