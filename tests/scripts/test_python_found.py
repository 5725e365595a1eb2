"""Setting up a machine: which Python is taken, and what is said where there is none."""

import os
from pathlib import Path
import shutil
import subprocess

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get") is None or shutil.which("dpkg") is None, reason="apt is not on this machine"
)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def from_apt(folder: Path, packages: str) -> subprocess.CompletedProcess[str]:
    """Run `python-from-apt` on a machine whose only source is a folder, as one of Ubuntu has no Debian mirror."""
    archive = folder / "archive"
    archive.mkdir()
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


@needs_apt
@pytest.mark.parametrize(
    ("version", "found"), [(None, "none"), ("3.14.0-1", "3.14.0-1"), ("3.14.2~rc1-1", "3.14.2~rc1-1")]
)
def test_a_machine_whose_sources_have_no_such_python_is_told_what_to_install(
    tmp_path: Path, version: str | None, found: str
) -> None:
    stanza = f"Package: python3.14\nVersion: {version}\nArchitecture: all\nFilename: ./none.deb\nSize: 1\n"
    done = from_apt(tmp_path, "" if version is None else stanza)
    assert done.returncode == 1
    (told,) = done.stderr.splitlines()
    assert f"no Python ≥ 3.14.2 comes from this machine's apt sources (found: {found}): install one" in told
    assert not (tmp_path / "python").exists()


@needs_apt
def test_a_machines_own_sources_are_used_where_they_have_one(tmp_path: Path) -> None:
    version = "3.14.2-1"
    stanza = f"Package: python3.14\nVersion: {version}\nArchitecture: all\nFilename: ./none.deb\nSize: 1\n"
    done = from_apt(tmp_path, stanza)
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
