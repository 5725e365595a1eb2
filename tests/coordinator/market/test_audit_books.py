"""An auditor holds the book of a round, and who agreed to it, against the log: what was moved or left out is found."""

from collections.abc import Callable, Iterable
from copy import replace

from localvpp.audit import AuditedLog, Entry
from localvpp.etp import DeviceId, Kind, Line, Standing
from localvpp.market.rounds import NONCE_LENGTH, Outcome, Placed, digest
from localvpp.market_record import late_ms

from ..conftest import ORIGIN
from .conftest import TRADED, Trade, bid
from .test_audit import audited_trade, found


def as_told(
    log: AuditedLog, entries: Iterable[Entry], lines: dict[DeviceId, list[tuple[int, Line]]] | None = None
) -> AuditedLog:
    """A log that holds other entries, each as well signed as those that are there."""
    inorder = sorted(entries, key=lambda entry: entry.index)
    return AuditedLog(log.origin, inorder, lines or log._lines, log.erased, size=log.size)


def changed(log: AuditedLog, entry: Entry, change: Callable[[Entry], Entry]) -> AuditedLog:
    return as_told(log, [change(each) if each == entry else each for each in log.entries])


async def test_a_book_that_is_not_of_the_logs_orders_or_of_another_round_is_found(trade: Trade) -> None:
    log, good, opened = await audited_trade(trade)
    own = next(Placed.decode(each) for each in good.orders if Placed.decode(each).device == device_of(trade, "105"))
    blind = own.offer.blind
    dearer = Placed.of(ORIGIN, own.device, TRADED, 0, own.nonce, (bid(600, 2600),)).offer
    with_other = tuple(dearer if each.blind == blind else each for each in opened.offers)
    assert dearer.blind == blind
    fewer = tuple(each for each in opened.offers if each.blind != blind)
    hidden = replace(opened, offers=fewer, withheld=(own.digest,))
    of_later = Placed.of(ORIGIN, own.device, TRADED, 1, bytes(NONCE_LENGTH), ()).encode()
    since, size = opened.log_since, opened.log_size
    for book, told in (
        (replace(opened, slot=TRADED + 60), f"the book is of round 0 of slot {TRADED + 60} in {ORIGIN}"),
        (replace(opened, number=1), f"the book is of round 1 of slot {TRADED} in {ORIGIN}"),
        (replace(opened, origin="vpp.example/other"), f"round 0 of slot {TRADED} in vpp.example/other"),
        (replace(opened, log_since=1), f"from entry 1 to {size}, and the gates were closed at {since} and {size}"),
        (
            replace(opened, log_size=size + 1),
            f"from entry {since} to {size + 1}, and the gates were closed at {since} and {size}",
        ),
        (replace(opened, enrolled=4), "the book counts 4 flats, and the log had enrolled 5"),
        (replace(opened, offers=with_other), f"of the book is not what device {own.device.hex()} has ordered"),
        (hidden, f"of device {own.device.hex()} were shown, and are not in the book"),
    ):
        assert told in found(log, replace(good, book=book.encode()))
    later = replace(good, book=replace(opened, log_since=1).encode(), came_back=True)
    assert "the gates were closed at" not in found(log, later), "of the rounds before nothing came back"
    assert "the book cannot be read" in found(log, replace(good, book=b"{}"))
    for document, told in (
        (b"{}", "orders cannot be read"),
        (of_later, f"orders of device {own.device.hex()} are of round 1 of slot {TRADED}"),
    ):
        assert told in found(log, replace(good, orders=(*good.orders, document)))


async def test_a_proposal_that_is_not_right_or_not_better_or_for_a_book_that_has_none_is_found(trade: Trade) -> None:
    log, good, _ = await audited_trade(trade)
    (book,) = log.of_slot(Kind.BOOK, TRADED)
    assert good.result is not None

    def naming(document: bytes, kind: Kind = Kind.PROPOSAL) -> Entry:
        signed = replace(book.record.signed, envelope=replace(book.record.envelope, kind=kind))
        body = replace(book.record.body, evidence=(digest(document),))
        return Entry(book.index, replace(book.record, signed=signed, body=body))

    for document, told in (
        (b"{}", "of the log is not right: it cannot be read"),
        (good.result, "was to be better than all before it: it is worth as much as the best so far"),
    ):
        behind = as_told(log, [*log.entries, replace(naming(document), index=book.index + 1)])
        said = found(behind, replace(good, proposals=(document,)))
        assert told in said
        assert "there are proposals of a book that divides every order" in said
    assert "there is no document of the proposal" in found(behind, good)
    assert told in found(behind, replace(good, came_back=True)), "the result is what was proposed"
    # Behind the slot's next book a proposal is one for that.
    second = [replace(naming(b"book", Kind.BOOK), index=book.index + 1), replace(naming(b"{}"), index=book.index + 1)]
    assert "proposals of a book that" not in found(as_told(log, [*log.entries, *second]), good)


async def test_a_result_of_before_flats_vouched_is_cleared_again_as_it_was_written(trade: Trade) -> None:
    log, good, _ = await audited_trade(trade)
    assert good.result is not None
    former = replace(Outcome.decode(good.result), format="local-vpp result 2").encode()
    assert former != good.result
    assert "the book, cleared again, has another" not in found(log, replace(good, result=former))


async def test_a_suspended_flat_is_not_one_that_has_to_agree(trade: Trade) -> None:
    log, good, opened = await audited_trade(trade)
    device = device_of(trade, "104")
    index, line = log._lines[device][-1]
    lines = {**log._lines, device: [(index, replace(line, standing=Standing.SUSPENDED))]}
    one_less = replace(good, book=replace(opened, enrolled=4).encode())
    told = "the book counts 4 flats, and the log had enrolled 5"
    assert told in found(log, one_less)
    assert told not in found(as_told(log, log.entries, lines), one_less)


async def test_records_that_are_not_in_the_order_of_a_round_are_found(trade: Trade) -> None:
    log, good, opened = await audited_trade(trade)
    (book,), (cleared,) = (log.of_slot(kind, TRADED) for kind in (Kind.BOOK, Kind.CLEARED))
    free = opened.log_size - 1
    told = "no BOOK record behind the gate names the book"
    assert told in found(changed(log, book, lambda each: replace(each, index=free)), good)
    told = "no CLEARED record behind that of the book names the document that says the result counts"
    assert told in found(changed(log, cleared, lambda each: replace(each, index=book.index - 1)), good)
    before = next(each for each in log.entries if each.index == cleared.index - 1)

    def under_way(each: Entry) -> Entry:
        body = replace(each.record.body, end_ms=late_ms(TRADED))
        return replace(each, record=replace(each.record, body=body))

    assert (
        f"the CLEARED record is entry {cleared.index} of the log, behind entry {before.index}, which was made when"
        in found(changed(log, before, under_way), good)
    )


async def test_orders_that_two_devices_have_logged_are_nobodys(trade: Trade) -> None:
    """Whoever copies what another has logged gets no word for the other's offer by it."""
    log, good, _ = await audited_trade(trade)
    orders = log.of_slot(Kind.ORDERS, TRADED)
    first, copied = orders[0], orders[1].record.body.evidence

    def copy(each: Entry) -> Entry:
        return replace(each, record=replace(each.record, body=replace(each.record.body, evidence=copied)))

    said = found(changed(log, first, copy), good)
    for entry in orders[:2]:
        device = entry.record.envelope.device.hex()
        assert f"device {device} vouches for orders of its own in the result, and none that count are its own" in said


async def test_the_words_of_the_buildings_own_meters_do_not_count(trade: Trade) -> None:
    log, good, _ = await audited_trade(trade)
    device = device_of(trade, "105")
    enrolments = [each for each in log.entries if each.record.kind is Kind.ENROL and each.record.envelope.enrolled]
    (enrolled,) = [each for each in enrolments if named(each) == device]

    def roof(each: Entry) -> Entry:
        return replace(each, record=replace(each.record, body=replace(each.record.body, place="roof")))

    said = found(changed(log, enrolled, roof), good)
    assert f"device {device.hex()} is a meter of the building's, and no flat" in said
    assert "4 flats with orders have said that theirs count, and those of 5 do" in said


async def test_a_word_by_a_key_that_was_renewed_only_after_the_result_was_fixed_does_not_count(trade: Trade) -> None:
    log, good, _ = await audited_trade(trade)
    device = device_of(trade, "105")
    index, line = log._lines[device][-1]
    (cleared,) = log.of_slot(Kind.CLEARED, TRADED)
    other = log._lines[device_of(trade, "104")][0][1].key
    for behind, counts in ((cleared.index - 1, True), (cleared.index, False)):
        # Its word is by the key that the log names from here on.
        lines = {**log._lines, device: [(index, replace(line, key=other)), (behind, line)]}
        said = found(as_told(log, log.entries, lines), good)
        assert ("a word of agreement does not count" in said) is not counts


def named(enrolment: Entry) -> DeviceId:
    enrolled = enrolment.record.envelope.enrolled
    assert enrolled is not None
    return enrolled.device


def device_of(trade: Trade, name: str) -> DeviceId:
    return DeviceId(trade.flats[name].membership.device)
