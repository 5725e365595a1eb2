"""`local-vpp coordinator drill FILE …`: what is asked of the running coordinator, as the page asks it."""

import argparse
from typing import Any
from urllib.parse import quote

from .requests import LEVELS

_PATH = "/api/v1/drills"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what can be asked."""
    parser.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    actions = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    plan = actions.add_parser("plan", help="plan a drill of which nobody hears yet, and print its name")
    plan.add_argument("--level", choices=sorted(LEVELS), required=True, help="l1 is a roll-call, and separates nobody")
    plan.add_argument("--minutes", type=int, default=5, metavar="N", help="how long each flat stays off the grid")
    plan.add_argument("--notice", type=int, default=10, metavar="N", help="minutes from announcement to first call")
    plan.add_argument("--most", type=int, metavar="N", help="flats in transition at once; at most a tenth of them")
    plan.add_argument("--seed", help="draws the order; default: by lot")
    for what, text in (("start", "announce a plan, and hold it"), ("stop", "end a drill: who is out is to return")):
        actions.add_parser(what, help=text).add_argument("drill", metavar="NAME", help="as plan has printed it")
    tick = actions.add_parser("tick", help="say that somebody has seen or heard a flat's residents")
    tick.add_argument("drill", metavar="NAME", help="as plan has printed it")
    tick.add_argument("flat", metavar="FLAT", help="the flat's number")
    tick.add_argument("--who", default="manager", help="who has")
    actions.add_parser("show", help="say how the building stands in a blackout, and the newest drill")


def request(arguments: argparse.Namespace) -> tuple[str, dict[str, Any] | None]:
    """Return the path to ask, and what to send there; None reads it."""
    match arguments.what:
        case "plan":
            return _PATH, {
                "level": arguments.level,
                "length_s": arguments.minutes * 60,
                "notice_s": arguments.notice * 60,
                "most": arguments.most,
                "seed": arguments.seed,
            }
        case "tick":
            path = f"{_PATH}/{quote(arguments.drill, safe='')}/flats/{quote(arguments.flat, safe='')}/acknowledge"
            return path, {"who": arguments.who}
        case "show":
            return "/api/v1/state", None
        case what:
            return f"{_PATH}/{quote(arguments.drill, safe='')}/{what}", {}
