"""Books and results as JSON: the strict inverse of what reads them."""

from collections.abc import Mapping
from typing import Any, Final

from .book import LONGEST_SEED, Book
from .errors import BookError, NetworkError, OrderError, ResultError, shown
from .network import Network, Node
from .order import Order, Side
from .result import Bound, Certificate, FloorLevel, Proof, Result, Stage, Trade
from .rules import Objective, PriceRule

_ORDER: Final = frozenset(
    {
        "id",
        "flat",
        "side",
        "wh",
        "limit",
        "attributes",
        "requires",
        "partner",
        "all_or_nothing",
        "min_wh",
        "slot",
        "block",
    }
)
_NODE: Final = frozenset({"id", "parent", "import_limit_wh", "export_limit_wh"})


# --- Books --------------------------------------------------------------------------------------------------


def read_book(plain: Any) -> Book:
    """Return the book that JSON holds. Raises MarketError."""
    if not isinstance(plain, dict):
        raise BookError(f"a book is an object with seed and orders, not {_shown(plain)}")
    _only(plain, {"seed", "orders", "network"}, "the book", BookError)
    seed, orders, network = plain.get("seed"), plain.get("orders"), plain.get("network")
    if not isinstance(seed, str):
        raise BookError(f"seed is {_shown(seed)}: give the slot's seed in hexadecimal")
    try:
        octets = bytes.fromhex(seed)
    except ValueError as error:
        raise BookError(
            f"seed is {_shown(seed)}: give hexadecimal digits, an even number of them, {2 * LONGEST_SEED} at most"
        ) from error
    if not isinstance(orders, list):
        raise BookError(f"orders is {_shown(orders)}: give a list of orders, an empty one if there are none")
    read = tuple(_read_order(order, number) for number, order in enumerate(orders))
    named = {order["flat"] for order in orders if order.get("flat") is not None}
    for one, order in zip(read, orders, strict=True):
        if order.get("flat") is None and one.id in named:
            raise OrderError(
                one.id, "flat", None, "name its flat, or call it otherwise: a flat of other orders is called so"
            )
    return Book(
        seed=octets,
        orders=read,
        network=None if network is None else _read_network(network),
    )


def plain_book(book: Book) -> dict[str, Any]:
    """Write a book for JSON; what says nothing is left out."""
    plain: dict[str, Any] = {"seed": book.seed.hex(), "orders": [_plain_order(order) for order in book.orders]}
    if book.network is not None:
        nodes = [
            {name: value for name in sorted(_NODE) if (value := getattr(node, name)) is not None}
            for node in book.network.nodes
        ]
        plain["network"] = {"nodes": nodes, "flats": dict(book.network.flats)}
    return plain


def _read_order(plain: Any, number: int) -> Order:
    if not isinstance(plain, dict):
        raise OrderError(f"number {number}", "order", plain, "give an object with id, flat, side, wh and limit")
    name = plain.get("id")
    if not isinstance(name, str):
        raise OrderError(f"number {number}", "id", name, "give each order a name of its own")
    for field in plain:
        if field not in _ORDER:
            raise OrderError(name, str(field), plain[field], f"leave it out: an order has {', '.join(sorted(_ORDER))}")
    for field in ("side", "wh", "limit"):
        if field not in plain:
            raise OrderError(name, field, None, "an order needs it")
    try:
        side = Side(plain["side"])
    except ValueError as error:
        raise OrderError(name, "side", plain["side"], "give bid or ask") from error
    for field in ("flat", "partner", "block"):
        if plain.get(field) is not None and not isinstance(plain[field], str):
            raise OrderError(name, field, plain[field], "give a name")
    if not isinstance(plain.get("all_or_nothing", False), bool):
        raise OrderError(name, "all_or_nothing", plain["all_or_nothing"], "give true or false")
    return Order(
        id=name,
        # Who says nothing of whose it is is a flat of its own.
        flat=name if plain.get("flat") is None else plain["flat"],
        side=side,
        wh=plain["wh"],
        limit=plain["limit"],
        attributes=_words(name, plain, "attributes"),
        requires=_words(name, plain, "requires"),
        partner=plain.get("partner"),
        all_or_nothing=plain.get("all_or_nothing", False),
        min_wh=plain.get("min_wh", 0),
        slot=plain.get("slot", 0),
        block=plain.get("block"),
    )


def _words(order: str, plain: Mapping[str, Any], field: str) -> frozenset[str]:
    words = plain.get(field, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise OrderError(order, field, words, "give a list of words")
    return frozenset(words)


def _plain_order(order: Order) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": order.id,
        "flat": order.flat,
        "side": order.side.value,
        "wh": order.wh,
        "limit": order.limit,
    }
    optional = {
        "attributes": sorted(order.attributes),
        "requires": sorted(order.requires),
        "partner": order.partner,
        "all_or_nothing": order.all_or_nothing,
        "min_wh": order.min_wh,
        "slot": order.slot,
        "block": order.block,
    }
    return plain | {field: value for field, value in optional.items() if value}


def _read_network(plain: Any) -> Network:
    if not isinstance(plain, dict) or not isinstance(plain.get("nodes"), list):
        raise NetworkError("", "nodes", plain, "give a network as an object with nodes, a list, and flats")
    _only(plain, {"nodes", "flats"}, "the network", BookError)
    flats = plain.get("flats", {})
    if not isinstance(flats, dict) or not all(isinstance(node, str) for node in flats.values()):
        raise NetworkError("", "flats", flats, "give an object that names a node for each flat")
    nodes = []
    for node in plain["nodes"]:
        if not isinstance(node, dict) or not isinstance(node.get("id"), str):
            raise NetworkError("", "id", node, "give each node as an object with an id of its own")
        for field, value in node.items():
            if field not in _NODE:
                raise NetworkError(node["id"], field, value, f"leave it out: a node has {', '.join(sorted(_NODE))}")
        if not isinstance(node.get("parent"), str | None):
            raise NetworkError(node["id"], "parent", node["parent"], "name the node above; leave it out for the root")
        nodes.append(Node(**node))
    return Network(tuple(nodes), flats)


# --- Results ------------------------------------------------------------------------------------------------


def plain_result(result: Result) -> dict[str, Any]:
    """Write a result for JSON."""
    certificate = result.certificate
    return {
        "energy_wh": result.energy_wh,
        "gain": result.gain,
        "trades": [_plain_trade(trade) for trade in result.trades],
        "certificate": {
            "objective": certificate.objective.value,
            "price": certificate.price.value,
            "stages": [_plain_proof(proof) for proof in certificate.stages],
            "left_out": list(certificate.left_out),
            "bounds": [_plain_bound(bound) for bound in certificate.bounds],
        },
        "gap": result.gap,
    }


def read_result(plain: Any) -> Result:
    """Return the result that JSON holds. Raises ResultError; whether it is right is another question (`check`)."""
    fields = _object(plain, "the result", {"energy_wh", "gain", "trades", "certificate", "gap"})
    told = _object(fields["certificate"], "certificate", {"objective", "price", "stages", "left_out", "bounds"})
    try:
        objective, rule = Objective(told["objective"]), PriceRule(told["price"])
    except ValueError as error:
        raise ResultError(f"certificate: {error}: give an objective and a price rule of the market") from error
    left_out = _list(told["left_out"], "left_out")
    if not all(isinstance(name, str) for name in left_out):
        raise ResultError(f"certificate: left_out is {_shown(left_out)}: give ids of orders")
    return Result(
        energy_wh=_int(fields["energy_wh"], "energy_wh"),
        gain=_int(fields["gain"], "gain"),
        trades=tuple(_read_trade(trade) for trade in _list(fields["trades"], "trades")),
        certificate=Certificate(
            objective=objective,
            price=rule,
            stages=tuple(_read_proof(proof) for proof in _list(told["stages"], "stages")),
            left_out=tuple(left_out),
            bounds=tuple(_read_bound(bound) for bound in _list(told["bounds"], "bounds")),
        ),
        gap=_int(fields["gap"], "gap"),
    )


def _plain_trade(trade: Trade) -> dict[str, Any]:
    plain: dict[str, Any] = {"seller": trade.seller, "buyer": trade.buyer, "wh": trade.wh, "price": trade.price}
    return plain if trade.seller_price is None else plain | {"seller_price": trade.seller_price}


def _read_trade(plain: Any) -> Trade:
    fields = _object(plain, "a trade", {"seller", "buyer", "wh", "price"}, {"seller_price"})
    lower = fields.get("seller_price")
    return Trade(
        _name(fields["seller"], "seller"),
        _name(fields["buyer"], "buyer"),
        _int(fields["wh"], "wh"),
        _int(fields["price"], "price"),
        None if lower is None else _int(lower, "seller_price"),
    )


def _plain_proof(proof: Proof) -> dict[str, Any]:
    plain: dict[str, Any] = {"stage": proof.stage.value, "slot": proof.slot, "trades": proof.trades}
    plain |= _said(proof, "seller", "buyer", "prices", "threshold", "reference")
    plain |= _plain_values(proof.values)
    if proof.levels:
        plain["levels"] = [{"node": one.node, "side": one.side.value, "gain": one.gain} for one in proof.levels]
    return plain


def _read_proof(plain: Any) -> Proof:
    optional = {"seller", "buyer", "prices", "threshold", "reference", "values", "levels"}
    fields = _object(plain, "a stage", {"stage", "slot", "trades"}, optional)
    try:
        stage = Stage(fields["stage"])
    except ValueError as error:
        raise ResultError(f"a stage is {_shown(fields['stage'])}: give partners, green or market") from error
    levels = []
    for level in _list(fields.get("levels", []), "levels"):
        one = _object(level, "a level", {"node", "side", "gain"})
        try:
            side = Side(one["side"])
        except ValueError as error:
            raise ResultError(f"a level's side is {_shown(one['side'])}: give bid or ask") from error
        levels.append(FloorLevel(_name(one["node"], "node"), side, _int(one["gain"], "gain")))
    return Proof(
        stage=stage,
        slot=_int(fields["slot"], "slot"),
        trades=_int(fields["trades"], "trades"),
        seller=None if fields.get("seller") is None else _name(fields["seller"], "seller"),
        buyer=None if fields.get("buyer") is None else _name(fields["buyer"], "buyer"),
        prices=_numbers(fields.get("prices", {}), "prices"),
        threshold=None if fields.get("threshold") is None else _int(fields["threshold"], "threshold"),
        values=_read_values(fields),
        reference=_numbers(fields.get("reference", {}), "reference"),
        levels=tuple(levels),
    )


def _plain_values(values: Mapping[int, int]) -> dict[str, Any]:
    return {"values": [list(pair) for pair in values.items()]} if values else {}


def _read_values(fields: Mapping[str, Any]) -> dict[int, int]:
    values = _list(fields.get("values", []), "values")
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in values):
        raise ResultError("values are pairs of a limit and what a Wh is worth there")
    return {_int(limit, "a limit"): _int(value, "a value") for limit, value in values}


def _plain_bound(bound: Bound) -> dict[str, Any]:
    return _said(bound, "slot", "prices", "threshold") | _plain_values(bound.values)


def _read_bound(plain: Any) -> Bound:
    fields = _object(plain, "a bound", {"slot"}, {"prices", "threshold", "values"})
    return Bound(
        slot=_int(fields["slot"], "slot"),
        prices=_numbers(fields.get("prices", {}), "prices"),
        threshold=None if fields.get("threshold") is None else _int(fields["threshold"], "threshold"),
        values=_read_values(fields),
    )


# --- Both ---------------------------------------------------------------------------------------------------


def _said(value: object, *fields: str) -> dict[str, Any]:
    """Return the fields that say something."""
    told = {field: getattr(value, field) for field in fields}
    return {
        field: dict(one) if isinstance(one, Mapping) else one
        for field, one in told.items()
        if one is not None and not (isinstance(one, Mapping) and not one)
    }


def _only(plain: Mapping[str, Any], known: set[str], what: str, error: type[Exception]) -> None:
    if unknown := sorted(set(plain) - known):
        raise error(f"{what} has {', '.join(map(repr, unknown))}: leave it out, there are {', '.join(sorted(known))}")


def _object(plain: Any, what: str, needed: set[str], optional: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise ResultError(f"{what} is {_shown(plain)}: give an object with {', '.join(sorted(needed))}")
    _only(plain, needed | (optional or set()), what, ResultError)
    if missing := sorted(needed - set(plain)):
        raise ResultError(f"{what} lacks {', '.join(missing)}")
    return plain


def _list(plain: Any, what: str) -> list[Any]:
    if not isinstance(plain, list):
        raise ResultError(f"{what} is {_shown(plain)}: give a list")
    return plain


def _int(plain: Any, what: str) -> int:
    if type(plain) is not int or not abs(plain) < 2**62:
        raise ResultError(f"{what} is {_shown(plain)}: give a whole number")
    return plain


def _name(plain: Any, what: str) -> str:
    if not isinstance(plain, str):
        raise ResultError(f"{what} is {_shown(plain)}: give a name")
    return plain


def _numbers(plain: Any, what: str) -> dict[str, int]:
    if not isinstance(plain, dict):
        raise ResultError(f"{what} is {_shown(plain)}: give an object of whole numbers")
    return {key: _int(value, f"{what} of {key}") for key, value in plain.items()}


def _shown(value: object) -> str:
    text = shown(value)
    return text if len(text) <= 60 else text[:57] + "..."
