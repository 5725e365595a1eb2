"""What others wrote: `scripts/interop` puts it into `.interop/`, and a test without its tool skips and says so."""

from pathlib import Path
import subprocess

from ..needed import lacks

_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 120


def tool(name: str) -> Path:
    """The environment of a tool, or none, and what to do (`needed`)."""
    environment = _ROOT / ".interop" / name
    if not (environment / ".pins").exists():
        lacks(f"{name} is not here: run scripts/interop")
    return environment


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a verifier; return what it printed. One that says no fails the test, with its words."""
    done = attempt(*command, cwd=cwd, env=env)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def attempt(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a verifier that may say no."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
