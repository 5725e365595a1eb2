"""`local-vpp devices`: the device types that are known, and looking at devices and at dumps of their registers."""

import argparse

from . import decoding, listing, read, replay, scan, watch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, action, told in (
        ("read", read, "read a device once"),
        ("scan", scan, "find the devices at an address"),
        ("watch", watch, "read a device each second"),
        ("replay", replay, "read a capture, or serve it as a device"),
        ("maps", listing, "list the register maps"),
        ("decode", decoding, "say what a dump of registers means"),
    ):
        sub = actions.add_parser(name, help=told)
        action.add_arguments(sub)
        sub.set_defaults(act=action.run)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(arguments.act(arguments))
