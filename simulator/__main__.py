"""``python -m simulator``."""

import argparse
import sys

from .cli import add_arguments, run

_PARSER = argparse.ArgumentParser(prog="simulator", description="A building of simulated devices on real Modbus TCP.")
add_arguments(_PARSER)
sys.exit(run(_PARSER.parse_args()))
