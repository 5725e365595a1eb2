"""The documents of a round: written in one way only, and checked by every flat for what it can know."""

from collections.abc import Iterator
import copy
from copy import replace
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.market import MarketError, Node, Objective, PriceRule, Trade, clear
from localvpp.market.rounds import (
    LARGEST_OFFER_WH,
    MOST_OFFERS,
    MOST_ORDERS,
    Cleared,
    GateList,
    OpenedBook,
    Outcome,
    Own,
    Placed,
    RoundError,
    Rules,
    check_round,
    digest,
)
from localvpp.quorum import quorum_of

from .rounds import ORIGIN, PROMISED, RULES, SLOT, WANTED, ask, bid, opened, outcome, placed, promised

ALL = tuple(placed(number) for number in range(len(WANTED)))


def found(book: OpenedBook, result: Outcome, own: Placed | None = ALL[4], records: int = 5) -> tuple[str, ...]:
    taken = None if own is None else Own(own, taken=True)
    return check_round(book.encode(), result.encode(), PROMISED, taken, records)


def test_documents_are_read_as_they_were_written() -> None:
    book = opened(*ALL)
    result = outcome(book)
    cleared = Cleared.of(ORIGIN, SLOT, 0, digest(book.encode()), digest(result.encode()), [b"b", b"a"])
    assert Placed.decode(ALL[0].encode()) == ALL[0]
    assert OpenedBook.decode(book.encode()) == book
    assert Outcome.decode(result.encode()) == result
    assert Cleared.decode(cleared.encode()) == cleared
    assert cleared.words == (b"a", b"b")
    assert result.result.energy_wh == 1200


def test_documents_that_were_logged_before_there_were_partners_are_read_and_written_as_they_were() -> None:
    orders = ALL[0].encode().replace(b"orders 3", b"orders 2")
    assert Placed.decode(orders).encode() == orders
    assert Placed.decode(orders).offer == ALL[0].offer
    book = opened(*ALL).encode().replace(b"book 3", b"book 2")
    former = OpenedBook.decode(book)
    assert former.encode() == book
    assert former.book() == opened(*ALL).book()
    assert check_round(book, outcome(former).encode(), PROMISED, Own(ALL[4], taken=True), 5) == ()


def test_lines_are_part_of_the_book() -> None:
    nodes = (Node(id="building"), Node(id="east", parent="building", import_limit_wh=100, export_limit_wh=None))
    places = {each.offer.blind: "east" if number > 1 else "building" for number, each in enumerate(ALL)}
    book = opened(*ALL, nodes=nodes, places=places)
    assert OpenedBook.decode(book.encode()) == book
    result = outcome(book)
    assert result.result.energy_wh == 100
    rules = replace(RULES, nodes=nodes, places={"101": "east", "102": "building"})
    book = replace(book, rules=digest(rules.encode()))
    result = replace(result, book=digest(book.encode()))
    own = Own(ALL[4], taken=True)
    assert check_round(book.encode(), result.encode(), promised(rules), own, 5) == ()
    elsewhere = replace(promised(rules), node="building")
    (said,) = check_round(book.encode(), result.encode(), elsewhere, own, 5)
    assert said == "this flat is at node east in the book, and is at building"


def test_lines_that_carry_another_limit_than_was_told_are_refused_by_everybody() -> None:
    nodes = (Node(id="building"), Node(id="east", parent="building", import_limit_wh=5000, export_limit_wh=5000))
    rules = replace(RULES, nodes=nodes, places={"101": "east"})
    places = {each.offer.blind: "east" if number > 1 else "building" for number, each in enumerate(ALL)}
    tight = (nodes[0], replace(nodes[1], import_limit_wh=100))
    book = opened(*ALL, nodes=tight, places=places, rules=digest(rules.encode()))
    result = outcome(book)
    for own in (None, Own(ALL[0], taken=True)):
        (said,) = check_round(book.encode(), result.encode(), replace(promised(rules), node="building"), own, 5)
        is_, was = said.split(" in the book, and ")
        assert is_.startswith("line east is ")
        assert "'import_limit_wh': 100," in is_
        assert "'import_limit_wh': 5000," in was


def test_lines_that_a_book_has_more_or_fewer_than_were_told_are_refused() -> None:
    nodes = (Node(id="building"), Node(id="east", parent="building", import_limit_wh=5000, export_limit_wh=5000))
    rules = replace(RULES, nodes=nodes, places={"101": "building"})
    places = {each.offer.blind: "building" for each in ALL}
    whole = opened(*ALL, nodes=nodes, places=places, rules=digest(rules.encode()))
    west = Node(id="west", parent="building", import_limit_wh=1, export_limit_wh=1)
    for told, named in ((nodes[:1], "line east is None in the book"), ((*nodes, west), "line west is ")):
        book = replace(whole, nodes=told)
        (said,) = check_round(book.encode(), outcome(book).encode(), promised(rules), Own(ALL[0], taken=True), 5)
        assert said.startswith(named)
    assert check_round(whole.encode(), outcome(whole).encode(), promised(rules), Own(ALL[0], taken=True), 5) == ()


def test_the_seed_is_of_all_that_the_log_held_shown_or_not() -> None:
    whole = opened(*ALL)
    silent = opened(*ALL[:4], withheld=(ALL[4].digest,))
    assert silent.seed() == whole.seed() != opened(*ALL[:4]).seed()
    result = outcome(silent)
    assert check_round(silent.encode(), result.encode(), PROMISED, Own(ALL[4], taken=False), 5) == ()
    (said,) = check_round(silent.encode(), result.encode(), PROMISED, Own(ALL[4], taken=True), 5)
    assert "are not in the book, though the building has taken them" in said
    dropped = opened(*ALL[:4])
    said = check_round(dropped.encode(), outcome(dropped).encode(), PROMISED, Own(ALL[4], taken=False), 5)
    assert said == (
        "the book has 4 offers, and the log held orders of 5 flats at the gate: one at least is left out",
        f"the orders {ALL[4].digest.hex()[:16]} of this flat were in the log at the gate, and the book's seed is "
        "without them",
    )
    with pytest.raises(RoundError, match="was shown"):
        opened(*ALL, withheld=(ALL[4].digest,))
    twice = opened(*ALL[:3], withheld=(ALL[4].digest,) * 2)
    assert OpenedBook.decode(twice.encode()) == twice
    assert twice.seed() != opened(*ALL[:3], withheld=(ALL[4].digest,)).seed()
    assert check_round(twice.encode(), outcome(twice).encode(), PROMISED, Own(ALL[4], taken=False), 5) == ()


def test_the_book_is_of_exactly_the_orders_that_were_listed_at_the_gate() -> None:
    listed = GateList.of(ORIGIN, SLOT, 0, (each.digest for each in ALL))
    assert GateList.decode(listed.encode()) == listed
    told, own = replace(PROMISED, listed=listed.orders), Own(ALL[4], taken=True)
    book = opened(*ALL)
    assert check_round(book.encode(), outcome(book).encode(), told, own, 5) == ()
    silent = opened(*ALL[1:], withheld=(ALL[0].digest,))
    assert check_round(silent.encode(), outcome(silent).encode(), told, own, 5) == ()
    other = opened(placed(0, (ask(1, 1),)), *ALL[1:])
    (said,) = check_round(other.encode(), outcome(other).encode(), told, own, 5)
    assert said == (
        "the book is of other orders than were listed at the gate: 1 of it were not, and 1 that were are not in it"
    )
    for listed_at_gate, said in (
        ([each.digest for each in ALL[:4]], "1 of it were not, and 0 that were are not in it"),
        ([*(each.digest for each in ALL), bytes(32)], "0 of it were not, and 1 that were are not in it"),
        ([*(each.digest for each in ALL), ALL[0].digest], "0 of it were not, and 1 that were are not in it"),
    ):
        told = replace(PROMISED, listed=GateList.of(ORIGIN, SLOT, 0, listed_at_gate).orders)
        assert check_round(book.encode(), outcome(book).encode(), told, own, 5) == (
            f"the book is of other orders than were listed at the gate: {said}",
        ), "though the log holds as many"
    with pytest.raises(RoundError, match="not in its order"):
        replace(listed, orders=listed.orders[::-1])
    with pytest.raises(RoundError, match="make a book at most"):
        GateList.of(ORIGIN, SLOT, 0, (bytes(32) for _ in range(1001)))


def test_the_same_orders_have_another_rank_in_another_round_slot_or_building() -> None:
    others = ({"number": 1}, {"slot": SLOT + 60}, {"origin": "vpp.example/other"})
    assert len({opened(*ALL).seed(), *(opened(*ALL, **changes).seed() for changes in others)}) == 4


def test_who_splits_what_he_wants_is_told_to_join_it() -> None:
    sun, wind = (ask(10, 1000, attributes=frozenset({source})) for source in ("solar", "wind"))
    for one, other in ((ask(10, 1000), ask(20, 1000)), (sun, wind), (bid(10, 900, requires=frozenset({"green"})),) * 2):
        with pytest.raises(MarketError, match="join it with"):
            placed(0, (one, replace(other, id="other")))
    placed(0, (ask(10, 1000), ask(11, 1000, attributes=frozenset({"solar"})), bid(10, 1000)))


def test_rules_say_when_rounds_are_closed_and_over() -> None:
    rules = replace(RULES, leads_s=(86_400, 3600))
    assert Rules.decode(rules.encode()) == rules
    assert [rules.gate_ms(SLOT, number) // 1000 - SLOT for number in range(3)] == [-86_400, -3600, -300]
    assert [rules.end_ms(SLOT, number) // 1000 - SLOT for number in range(3)] == [-86_100, -3300, 0]
    for leads in ((3600, 86_400), (3600, 3600), (899,), (400 * 86_400,), tuple(range(10_000, 1000, -1000))):
        with pytest.raises(RoundError):
            replace(RULES, leads_s=leads)


def test_flats_have_three_quarters_of_the_time_after_showing_for_a_word_and_a_second_at_least_to_the_end() -> None:
    for show, gate, word, words in ((10, 300, 72, 228), (10, 30, 5, 25), (2, 5, 1, 4), (4, 5, 1, 4)):
        rules = replace(RULES, show_s=show, gate_s=gate)
        assert (rules.word_s, rules.words_ms(SLOT, 0) - rules.gate_ms(SLOT, 0)) == (word, words * 1000)
    for show, gate in ((300, 300), (0, 300), (10, 86_401)):
        with pytest.raises(RoundError, match="leave time to clear and check"):
            replace(RULES, show_s=show, gate_s=gate)


def test_rules_say_where_each_flat_hangs_and_who_does_not_trade() -> None:
    nodes = (Node(id="building"), Node(id="east", parent="building", import_limit_wh=5000, export_limit_wh=5000))
    rules = replace(RULES, nodes=nodes, places={"101": "east"}, without=frozenset({"103", "102"}))
    assert Rules.decode(rules.encode()) == rules
    assert digest(rules.encode()) != digest(replace(rules, without=frozenset()).encode())
    assert [rules.node_of(flat) for flat in ("101", "102")] == ["east", "building"], "above all lines, if nobody says"
    assert RULES.node_of("101") is None
    for changes in ({"places": {"101": "west"}}, {"places": {}}, {"nodes": ()}):
        with pytest.raises(RoundError, match="places"):
            replace(rules, **changes)


def test_who_has_nothing_to_order_can_say_so_as_others_do() -> None:
    nothing = placed(0, ())
    assert Placed.decode(nothing.encode()) == nothing
    book = opened(nothing, *ALL[1:])
    assert found(book, outcome(book), nothing) == ()
    assert outcome(opened(nothing)).result.energy_wh == 0


def test_no_two_flats_rounds_or_buildings_have_one_blind_though_they_take_one_nonce() -> None:
    """Else two flats could vouch for one offer, and the place of another in the book would be free (`agreement`)."""
    own = ALL[0]
    others = (
        Placed.of(ORIGIN, ALL[1].device, SLOT, 0, own.nonce, WANTED[0]),
        Placed.of(ORIGIN, own.device, SLOT, 1, own.nonce, WANTED[0]),
        Placed.of("vpp.example/other", own.device, SLOT, 0, own.nonce, WANTED[0]),
    )
    assert len({own.offer.blind, *(each.offer.blind for each in others)}) == 4
    assert len({own.digest, *(each.digest for each in others)}) == 4


def test_nobody_can_tell_that_two_slots_are_of_one_flat() -> None:
    again = Placed.of(ORIGIN, ALL[0].device, SLOT + 60, 0, ALL[0].nonce, WANTED[0])
    other = placed(0, nonce=bytes(32))
    assert len({ALL[0].offer.blind, again.offer.blind, other.offer.blind}) == 3
    assert len({ALL[0].digest, again.digest, other.digest}) == 3


@pytest.mark.parametrize(
    "orders",
    [
        (ask(0, 10),),
        (ask(10, 10, partner="own 2"),),
        (ask(10, 10, block="both"),),
        (ask(LARGEST_OFFER_WH, 10), bid(1, 5)),
        tuple(ask(10, limit) for limit in range(MOST_ORDERS + 1)),
    ],
)
def test_what_no_flat_may_order(orders: tuple[Any, ...]) -> None:
    with pytest.raises(MarketError):
        placed(0, orders)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"slot":', b'"slot": '),
        lambda text: text.replace(b'"wh":500', b'"wh":500.0'),
        lambda text: text.replace(b'"wh":500', b'"wh":true'),
        lambda text: text.replace(b'"nonce"', b'"once"'),
        lambda text: text.replace(b"orders 3", b"orders 1"),
        lambda text: text.replace(b'"limit":', b'"id":"x","limit":'),
        lambda text: text[:-1] + b',"z":1}',
        lambda text: text.replace(b'"slot":%d' % SLOT, b'"slot":"now"'),
        lambda _: b"[]",
        lambda _: b"\xff",
    ],
)
def test_a_document_that_is_written_otherwise_is_refused(change: Any) -> None:
    data = change(ALL[0].encode())
    assert data != ALL[0].encode()
    with pytest.raises(MarketError):
        Placed.decode(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists))
def test_whatever_stands_in_a_field_is_refused_with_a_reason(value: object) -> None:
    for document, read in ((opened(*ALL).encode(), OpenedBook.decode), (ALL[0].encode(), Placed.decode)):
        fields = json.loads(document)
        for name, was in fields.items():
            if was == value and type(was) is type(value):
                continue
            text = json.dumps(fields | {name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            try:
                told = read(text.encode(errors="surrogatepass"))
            except MarketError:
                continue
            assert told.encode() == text.encode()
            assert type(value) is type(was), f"{name} is {value!r}"


def test_a_right_round_is_found_right_by_everybody() -> None:
    book = opened(*ALL)
    result = outcome(book)
    for own in (*ALL, None):
        assert found(book, result, own) == ()


def test_an_order_that_was_changed_is_seen_by_its_flat() -> None:
    sly = Placed.of(ORIGIN, ALL[4].device, SLOT, 0, ALL[4].nonce, (bid(600, 2600), bid(100, 1100)))
    book = opened(*ALL[:4], sly)
    (said,) = found(book, outcome(book))
    assert said.startswith("order 0 of this flat is {'side': 'bid', 'wh': 600, 'limit': 2600} in the book, and was")
    short = Placed.of(ORIGIN, ALL[4].device, SLOT, 0, ALL[4].nonce, (bid(600, 2000),))
    book = opened(*ALL[:4], short)
    assert found(book, outcome(book)) == ("this flat has 1 orders in the book, and gave 2",)
    long = Placed.of(ORIGIN, ALL[4].device, SLOT, 0, ALL[4].nonce, (*WANTED[4], bid(100, 900)))
    book = opened(*ALL[:4], long)
    assert found(book, outcome(book)) == ("this flat has 3 orders in the book, and gave 2",)


def test_orders_that_were_dropped_are_missed_by_their_flat() -> None:
    book = opened(*ALL[:4])
    left_out, said = found(book, outcome(book))
    assert left_out.endswith("of 5 flats at the gate: one at least is left out")
    assert "are not in the book, though the building has taken them" in said


def test_made_up_orders_are_more_than_the_log_holds() -> None:
    book = opened(*ALL, placed(0, (ask(5000, 0),), nonce=b"\1" * 32))
    (said,) = found(book, outcome(book))
    assert said == "the book has 6 offers, and the log held orders of 5 flats at the gate: one at least is made up"


def test_a_result_that_is_worse_by_one_wh_is_refused_with_the_order() -> None:
    book = opened(*ALL)
    right = outcome(book).result
    first = right.trades[0]
    worse = replace(
        right,
        trades=(replace(first, wh=first.wh - 1), *right.trades[1:]),
        energy_wh=right.energy_wh - 1,
        gain=right.gain - _gain(book, first),
    )
    said = found(book, replace(outcome(book), result=worse))
    assert said
    assert any(first.seller in each or first.buyer in each for each in said)


def test_a_tie_that_is_decided_otherwise_is_refused() -> None:
    short = (placed(0, (ask(500, 1000),)), ALL[2], ALL[3])
    book = opened(*short)
    right = outcome(book)
    equal = [ALL[2].offer.orders[0].id, ALL[3].offer.orders[0].id]
    other = dict(zip(equal, reversed(equal), strict=True))
    swapped = tuple(replace(trade, buyer=other[trade.buyer]) for trade in right.result.trades)
    said = found(book, replace(right, result=replace(right.result, trades=swapped)), ALL[2], 3)
    assert said, "one of the two gets 350 Wh, and the other 150"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"origin": "vpp.example/other"}, f"the book's building is vpp.example/other, and {ORIGIN} was told before"),
        ({"objective": Objective.ENERGY}, "the book's objective is energy, and gain was told before"),
        ({"price": PriceRule.BID}, "the book's price rule is bid, and mid was told before"),
        ({"slot": SLOT + 60}, f"the book's slot is {SLOT + 60}, and {SLOT} was told before"),
        ({"number": 1}, "the book's round is 1, and 0 was told before"),
        ({"rules": bytes(32)}, "the book is made by other rules than 3, which this flat was told"),
        (
            {"log_since": 5},
            "the book counts orders from entry 5 of the log on, and the gate of the round before was closed at 0",
        ),
        ({"log_size": 21}, "the book counts orders up to entry 21 of the log, and the gate was closed at 20"),
    ],
)
def test_other_rules_than_were_told_are_refused(changes: Any, said: str) -> None:
    book = opened(*ALL, **changes)
    result = replace(outcome(book), slot=book.slot, number=book.number)
    assert said in found(book, result, None)


def test_a_result_of_another_book_is_refused() -> None:
    (said,) = found(opened(*ALL), outcome(opened(*ALL[:4])))
    assert said.startswith("the result is of another book")
    book = opened(*ALL)
    for changes in ({"slot": SLOT + 60}, {"number": 1}, {"origin": "vpp.example/other"}):
        (said,) = found(book, replace(outcome(book), **changes))
        assert said.startswith("the result is of another book"), "whatever book it names"


@pytest.mark.parametrize("other", [{"objective": Objective.ENERGY}, {"price": PriceRule.BID}])
def test_a_result_that_is_right_by_another_rule_than_the_books_is_refused(other: Any) -> None:
    book = opened(*ALL)
    right = outcome(book)
    bent = clear(book.book(), other.get("objective", book.objective), other.get("price", book.price))
    assert bent != right.result
    assert found(book, replace(right, result=bent)) != ()


def test_what_does_not_count_in_a_result_is_written_in_one_order() -> None:
    one, other = (offer.blind for offer in opened(*ALL).offers[:2])
    replace(outcome(opened(*ALL)), without=(one, other))
    with pytest.raises(RoundError, match="not in its order"):
        replace(outcome(opened(*ALL)), without=(other, one))


def test_what_cannot_be_read_is_said_so() -> None:
    book = opened(*ALL)
    assert "the book cannot be read" in check_round(b"{}", outcome(book).encode(), PROMISED, None, 5)[0]
    assert "the result cannot be read" in check_round(book.encode(), b"{}", PROMISED, None, 5)[0]


def test_a_book_has_its_offers_once_and_in_order() -> None:
    first, second = sorted((each.offer for each in ALL[:2]), key=lambda offer: offer.blind)
    for offers in ((second, first), (first, first), ()):
        with pytest.raises(RoundError):
            opened(*ALL, offers=offers)
    with pytest.raises(RoundError):
        opened(*ALL, voters=4)


def test_a_book_that_could_not_be_held_against_the_log_is_none() -> None:
    two = tuple(sorted((bytes(32), b"\1" * 32)))
    assert opened(*ALL, withheld=two).committed == tuple(sorted((*(each.digest for each in ALL), *two)))
    most = tuple(number.to_bytes(32) for number in range(MOST_OFFERS - len(ALL)))
    assert len(opened(*ALL, withheld=most).committed) == MOST_OFFERS
    place = {each.offer.blind: "building" for each in ALL}
    nodes = (Node(id="building"),)
    for changes, said in (
        ({"withheld": two[::-1]}, "not in its order"),
        ({"withheld": (*most, b"\xff" * 32)}, f"1 to {MOST_OFFERS} make one, with those not shown"),
        ({"log_since": 21}, "orders count from entry 21 of the log on, and up to 20"),
        ({"log_since": -1}, "orders count from entry -1"),
        ({"enrolled": -1}, "have a word"),
        ({"places": place}, "places"),
        ({"nodes": nodes}, "places"),
        ({"nodes": nodes, "places": {**place, bytes(32): "building"}}, "places"),
    ):
        with pytest.raises(RoundError, match=said):
            opened(*ALL, **changes)
    with pytest.raises(RoundError, match="the blind has 31 bytes"):
        replace(ALL[0].offer, blind=bytes(31))


def test_two_quorums_share_an_honest_flat() -> None:
    assert [quorum_of(n) for n in (1, 2, 3, 4, 5, 100)] == [1, 2, 3, 3, 4, 67]
    for n in range(1, 200):
        assert 2 * quorum_of(n) - n > n / 3


def _gain(book: OpenedBook, trade: Trade) -> int:
    limits = {order.id: order.limit for offer in book.offers for order in offer.orders}
    return limits[trade.buyer] - limits[trade.seller]


def test_the_same_book_clears_the_same_whoever_showed_first() -> None:
    book = opened(*reversed(ALL))
    assert book.encode() == opened(*ALL).encode()
    assert clear(book.book()) == outcome(opened(*ALL)).result


PLAINS: dict[str, Any] = {
    "book": json.loads(opened(*ALL).encode()),
    "result": json.loads(outcome(opened(*ALL)).encode()),
}
ODD = st.sampled_from([0, -1, 1, 2**53 - 1, 1 - 2**53, 10**9, True, None, "", "x", [], {}, [[1, 2]], "building", SLOT])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places of a JSON value but the value itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield (*path, name)
        yield from places(part, (*path, name))


@given(st.data(), st.sampled_from(["book", "result"]), st.integers(1, 3))
def test_whatever_a_coordinator_writes_is_judged(data: st.DataObject, which: str, changes: int) -> None:
    """It never ends in anything but findings: an error of another kind would end the flat."""
    told = {name: copy.deepcopy(plain) for name, plain in PLAINS.items()}
    for _ in range(changes):
        *way, last = data.draw(st.sampled_from(list(places(told[which]))))
        at = told[which]
        for step in way:
            at = at[step]
        at[last] = copy.deepcopy(data.draw(ODD))  # What is changed further must not change what is drawn next.
    written = {name: json.dumps(each, sort_keys=True, separators=(",", ":")).encode() for name, each in told.items()}
    said = check_round(written["book"], written["result"], PROMISED, Own(ALL[0], taken=True), 5)
    assert all(isinstance(each, str) and each for each in said)
