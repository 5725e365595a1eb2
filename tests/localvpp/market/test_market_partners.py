"""Two flats that prefer each other find each other in a round, by a tag that nobody else can make or use again."""

from dataclasses import replace
from itertools import product

from hypothesis import given, strategies as st
import pytest

from localvpp.market import MarketError, Node, Objective, Order, PriceRule, clear, unsuited_rules
from localvpp.market.result import Stage
from localvpp.market.rounds import OpenedBook, Outcome, Own, Placed, check_round, digest, partner_tag

from .rounds import ORIGIN, PROMISED, RULES, SLOT, ask, bid, opened, outcome, placed, promised

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
TAG, OTHER = partner_tag(KEY, ORIGIN, SLOT, 0), partner_tag(OTHER_KEY, ORIGIN, SLOT, 0)

SELLER = placed(0, (ask(500, 1000, partner=TAG),))
FRIEND = placed(1, (bid(300, 1500, partner=TAG),))
DEARER = placed(2, (bid(400, 2500),))
CHEAPER = placed(3, (ask(400, 900),))
ALL = (SELLER, FRIEND, DEARER, CHEAPER)


def name(document: Placed) -> str:
    return document.offer.orders[0].id


def partner_of(book: OpenedBook, document: Placed) -> str | None:
    (found,) = {each.partner for each in book.book().orders if each.flat == document.offer.blind.hex()}
    return found


def traded(book: OpenedBook) -> dict[tuple[str, str], int]:
    return {(each.seller, each.buyer): each.wh for each in outcome(book).result.trades}


@given(st.binary(min_size=32, max_size=32), st.text("abc./", max_size=9), st.integers(0, 2**50), st.integers(0, 8))
def test_a_tag_is_of_one_word_building_slot_and_round(key: bytes, origin: str, slot: int, number: int) -> None:
    tag = partner_tag(key, origin, slot, number)
    assert bytes.fromhex(tag).hex() == tag
    assert len(tag) == 32
    assert tag == partner_tag(key, origin, slot, number)
    others = ((key[::-1] + b"x", origin, slot, number), (key, origin + "a", slot, number))
    for other in (*others, (key, origin, slot + 1, number), (key, origin, slot, number + 1)):
        assert partner_tag(*other) != tag


def test_a_tag_is_what_the_protocol_says() -> None:
    """The value is what `openssl dgst` makes of it."""
    assert TAG == "0ce8ab098d7eef17e9bc245ff75a7a11"


def test_partners_trade_first_though_others_bid_better() -> None:
    book = opened(*ALL)
    assert partner_of(book, SELLER) == FRIEND.offer.blind.hex()
    assert partner_of(book, FRIEND) == SELLER.offer.blind.hex()
    assert partner_of(book, DEARER) is None
    result = outcome(book).result
    assert result.certificate.stages[0].stage is Stage.PARTNERS
    first = result.trades[0]
    assert (first.seller, first.buyer, first.wh, first.price) == (name(SELLER), name(FRIEND), 300, 1250)
    assert traded(book) == {
        (name(SELLER), name(FRIEND)): 300,
        (name(CHEAPER), name(DEARER)): 400,
    }
    assert outcome(book).price == (900 + 2500) // 2, "what all others pay is told as the price, and not the partners'"
    assert outcome(opened(SELLER, FRIEND)).price == 1250
    alone = opened(*(placed(n, (replace(each.offer.orders[0], partner=None),)) for n, each in enumerate(ALL)))
    assert [each.wh for each in outcome(alone).result.trades] != [each.wh for each in result.trades]


def test_everybody_finds_it_right_and_reads_it_again() -> None:
    book = opened(*ALL)
    assert OpenedBook.decode(book.encode()) == book
    assert OpenedBook.decode(book.encode()).book() == book.book()
    assert Placed.decode(SELLER.encode()) == SELLER
    for own in (*ALL, None):
        taken = None if own is None else Own(own, taken=True)
        assert check_round(book.encode(), outcome(book).encode(), PROMISED, taken, 4) == ()


def test_a_result_that_does_not_serve_partners_first_is_refused() -> None:
    book = opened(*ALL)
    plain = replace(book.book(), orders=tuple(replace(each, partner=None) for each in book.book().orders))
    sly = Outcome(ORIGIN, SLOT, 0, digest(book.encode()), clear(plain))
    assert check_round(book.encode(), sly.encode(), PROMISED, Own(DEARER, taken=True), 4)


def test_a_tag_that_was_changed_or_left_out_is_seen_by_its_flat() -> None:
    for tag in (OTHER, None):
        sly = Placed.of(ORIGIN, SELLER.device, SLOT, 0, SELLER.nonce, (ask(500, 1000, partner=tag),))
        book = opened(sly, *ALL[1:])
        said = check_round(book.encode(), outcome(book).encode(), PROMISED, Own(SELLER, taken=True), 4)
        assert any(each.startswith("order 0 of this flat is") for each in said)


@pytest.mark.parametrize("others", [(), (4,), (4, 5)])
def test_a_tag_of_one_or_of_more_than_two_makes_no_pair(others: tuple[int, ...]) -> None:
    third = tuple(placed(number, (bid(50, 1100, partner=TAG),)) for number in others)
    shown = (SELLER, *third[1:], DEARER, CHEAPER) if len(others) < 2 else (*ALL, *third)
    book = opened(*shown, voters=9, enrolled=9)
    assert partner_of(book, SELLER) is None
    assert all(each.partner is None for each in book.book().orders)
    assert Stage.PARTNERS not in {each.stage for each in outcome(book).result.certificate.stages}
    assert check_round(book.encode(), outcome(book).encode(), PROMISED, Own(SELLER, taken=True), len(shown)) == ()


@given(st.lists(st.sampled_from([None, TAG, OTHER]), min_size=1, max_size=7))
def test_two_are_partners_if_they_alone_have_a_tag_whoever_reads_the_book(tags: list[str | None]) -> None:
    documents = [placed(n, (ask(10 + n, 1000, partner=tag),)) for n, tag in enumerate(tags)]
    book = opened(*documents, voters=9, enrolled=9)
    read = OpenedBook.decode(book.encode())
    assert read == book
    for document, tag in zip(documents, tags, strict=True):
        assert Placed.decode(document.encode()) == document
        others = [each for each, its in zip(documents, tags, strict=True) if its == tag and each is not document]
        alone = tag is not None and len(others) == 1
        assert partner_of(read, document) == (others[0].offer.blind.hex() if alone else None)
    # Who is whose partner changes no order's name: by that equal ones are ranked.
    assert [each.id for each in read.book().orders] == [order.id for each in book.offers for order in each.orders]


def test_who_shows_nothing_is_nobodys_partner() -> None:
    book = opened(SELLER, DEARER, CHEAPER, withheld=(FRIEND.digest,))
    assert partner_of(book, SELLER) is None


def test_two_who_both_buy_are_partners_and_trade_nothing_with_each_other() -> None:
    buyer = placed(4, (bid(100, 2000, partner=TAG),))
    book = opened(FRIEND, buyer, CHEAPER)
    assert partner_of(book, FRIEND) == buyer.offer.blind.hex()
    assert set(traded(book)) == {(name(CHEAPER), name(FRIEND)), (name(CHEAPER), name(buyer))}


def test_several_pairs_of_one_book() -> None:
    pair = (placed(4, (ask(100, 1000, partner=OTHER),)), placed(5, (bid(100, 1000, partner=OTHER),)))
    book = opened(*ALL, *pair)
    assert partner_of(book, pair[0]) == pair[1].offer.blind.hex()
    assert partner_of(book, SELLER) == FRIEND.offer.blind.hex()
    assert traded(book)[name(pair[0]), name(pair[1])] == 100


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ((ask(10, 10, partner="102"),), "a tag of 16 bytes in hex"),
        ((ask(10, 10, partner=TAG.upper()),), "a tag of 16 bytes in hex"),
        ((ask(10, 10, partner=TAG + "00"),), "a tag of 16 bytes in hex"),
        ((ask(10, 10, partner=TAG), ask(10, 11, partner=OTHER)), f"a flat has one in a round, here {TAG}"),
    ],
)
def test_what_is_no_tag_or_not_the_only_one_is_refused(orders: tuple[Order, ...], said: str) -> None:
    with pytest.raises(MarketError, match=said):
        placed(0, orders)


def test_only_some_of_a_flats_orders_may_prefer() -> None:
    mixed = placed(0, (ask(500, 1000), ask(200, 1100, partner=TAG)))
    book = opened(mixed, FRIEND, DEARER)
    wanted = {each.limit: each.partner for each in book.book().orders if each.flat == mixed.offer.blind.hex()}
    assert wanted == {1000: None, 1100: FRIEND.offer.blind.hex()}
    assert traded(book)[mixed.offer.orders[1].id, name(FRIEND)] == 200


NODES = (Node(id="building"), Node(id="east", parent="building", import_limit_wh=350, export_limit_wh=350))


@pytest.mark.parametrize(
    ("objective", "rule", "lines"),
    [
        (objective, rule, lines)
        for objective, rule, lines in product(Objective, PriceRule, (False, True))
        if rule is not PriceRule.MCAFEE and unsuited_rules(objective, rule, lines=lines) is None
    ],
)
def test_partners_suit_all_rules_that_serve_them(objective: Objective, rule: PriceRule, lines: bool) -> None:
    nodes = NODES if lines else ()
    flats = {"101": "east"} if lines else {}
    rules = replace(RULES, objective=objective, price=rule, nodes=nodes, places=flats)
    documents = (*ALL, placed(4, (bid(200, 1400, requires=frozenset({"green"})),)))
    places = {each.offer.blind: "east" if each is SELLER else "building" for each in documents} if lines else {}
    book = opened(*documents, objective=objective, price=rule, nodes=nodes, places=places, rules=digest(rules.encode()))
    assert traded(book)[name(SELLER), name(FRIEND)] == 300
    said = promised(rules)
    assert check_round(book.encode(), outcome(book).encode(), said, Own(SELLER, taken=True), 5) == ()
