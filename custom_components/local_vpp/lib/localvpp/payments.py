"""What each flat's account comes to, by the PAYMENT records of a log and the bills: one rule for all. Pure.

A bill is what its statement says; a payment names it by that statement's SHA-256. What was taken back counts for
nothing. Sums are made twice, flat by flat and record by record, and must come to the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .etp import Body, DeviceId, Paid, Payment, RecordHash, TakenBack, Way


class AccountsError(Exception):
    """The accounts do not come to what the records say: says which sum, and by how much."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A PAYMENT record at its place in the log."""

    index: int
    hash: RecordHash
    body: Body

    @property
    def payment(self) -> Payment:
        """What it says."""
        assert isinstance(self.body.payment, Paid | TakenBack), "it is of a PAYMENT record, and stands in for none"
        return self.body.payment

    @property
    def flat(self) -> str:
        """Whose account it is of."""
        assert self.body.place is not None, "it is of a PAYMENT record"
        return self.body.place

    def yen(self, building: DeviceId) -> int:
        """What the building got by it: less than nothing where it paid, nothing where it takes another back."""
        return yen_of(self.body, building)


def yen_of(body: Body, building: DeviceId) -> int:
    """Return what the building gets by a PAYMENT record's body, in yen (`Booked.yen`)."""
    if not isinstance(body.payment, Paid):
        return 0
    return -body.payment.yen if body.sender == building else body.payment.yen


@dataclass(frozen=True, slots=True)
class Bill:
    """What a flat's statement of a month says."""

    flat: str
    month: str
    yen: int
    """Below nothing: the flat is owed it."""
    statement: bytes
    """SHA-256 of its JSON."""


@dataclass(frozen=True, slots=True)
class BillAccount:
    """A bill, and what was paid for it."""

    bill: Bill
    paid_yen: int
    payments: tuple[Booked, ...]

    @property
    def open_yen(self) -> int:
        """What is to be paid yet; below nothing: what is to be paid out."""
        return self.bill.yen - self.paid_yen


@dataclass(frozen=True, slots=True)
class FlatAccount:
    """A flat's account, in yen."""

    flat: str
    bills: tuple[BillAccount, ...]
    """By month."""
    deposit_yen: int
    """What the flat has deposited and not got back."""
    deposits: tuple[Booked, ...]
    other_yen: int
    """What was paid for bills that are not among these."""
    others: tuple[Booked, ...]
    void: tuple[Booked, ...]
    """What counts for nothing: what was taken back, and what takes it back."""

    @property
    def billed_yen(self) -> int:
        """The sum of its bills."""
        return sum(each.bill.yen for each in self.bills)

    @property
    def paid_yen(self) -> int:
        """What was paid for these, less what was paid out."""
        return sum(each.paid_yen for each in self.bills)

    @property
    def open_yen(self) -> int:
        """What is to be paid yet."""
        return self.billed_yen - self.paid_yen


def standing(booked: Iterable[Booked]) -> list[Booked]:
    """Return the payments that count, in the order of the log: those that no record takes back."""
    every = list(booked)
    taken = {each.payment.record for each in every if isinstance(each.payment, TakenBack)}
    return [each for each in every if isinstance(each.payment, Paid) and each.hash not in taken]


def accounts_of(bills: Sequence[Bill], booked: Sequence[Booked], building: DeviceId) -> dict[str, FlatAccount]:
    """Return the account of each flat that has a bill or a payment, by its name.

    Raises AccountsError for two bills of one flat and month, and where the sums differ.
    """
    if doubled := _doubled((each.flat, each.month) for each in bills):
        raise AccountsError(f"there are two bills of {doubled[0][0]} for {doubled[0][1]}: give each month once")
    known = {(each.flat, each.statement) for each in bills}
    of_bill: dict[tuple[str, bytes], list[Booked]] = defaultdict(list)
    deposits: dict[str, list[Booked]] = defaultdict(list)
    others: dict[str, list[Booked]] = defaultdict(list)
    counted = standing(booked)
    void: dict[str, list[Booked]] = defaultdict(list)
    counts = {each.index for each in counted}
    for each in booked:
        if each.index not in counts:
            void[each.flat].append(each)
    for each in counted:
        paid = each.payment
        assert isinstance(paid, Paid), "nothing else counts"
        if paid.bill is None:
            deposits[each.flat].append(each)
        elif (name := (each.flat, paid.bill.statement)) in known:
            of_bill[name].append(each)
        else:
            others[each.flat].append(each)
    accounts = {}
    for flat in sorted({each.flat for each in bills} | {each.flat for each in booked}):
        own = sorted((each for each in bills if each.flat == flat), key=lambda each: each.month)
        accounts[flat] = FlatAccount(
            flat,
            tuple(_bill_account(bill, of_bill[flat, bill.statement], building) for bill in own),
            sum(each.yen(building) for each in deposits[flat]),
            tuple(deposits[flat]),
            sum(each.yen(building) for each in others[flat]),
            tuple(others[flat]),
            tuple(void[flat]),
        )
    _check_sums(accounts.values(), bills, booked, building)
    return accounts


def _bill_account(bill: Bill, payments: Sequence[Booked], building: DeviceId) -> BillAccount:
    return BillAccount(bill, sum(each.yen(building) for each in payments), tuple(payments))


def _check_sums(
    accounts: Collection[FlatAccount], bills: Sequence[Bill], booked: Sequence[Booked], building: DeviceId
) -> None:
    """Raise AccountsError unless the accounts add up to bills and money, by a way that knows no flat."""
    by_hash = {each.hash: each for each in booked}
    money = sum(each.yen(building) for each in booked)
    for each in booked:
        if not isinstance(each.payment, TakenBack):
            continue
        taken = by_hash.pop(RecordHash(each.payment.record), None)
        money -= 0 if taken is None else taken.yen(building)
    billed = sum(each.yen for each in bills)
    for name, told, must in (
        ("what came in less what went out", sum(a.paid_yen + a.deposit_yen + a.other_yen for a in accounts), money),
        ("what is open less deposits", sum(a.open_yen - a.deposit_yen - a.other_yen for a in accounts), billed - money),
    ):
        if told != must:
            raise AccountsError(f"{name} is {told} yen by the accounts, and {must} by bills and records")


def findings(booked: Sequence[Booked], building: DeviceId, names: Mapping[DeviceId, tuple[int, str]]) -> Iterator[str]:
    """Tell what is wrong with a log's payments, in its order, and then of the whole.

    `names` has, of each device that was ever enrolled, the entry that did it, and the name it was enrolled under.
    """
    before: dict[RecordHash, Booked] = {}
    references: dict[str, int] = {}
    taken: dict[bytes, int] = {}
    for each in booked:
        payment, index = each.payment, each.index
        others = {each.body.sender, each.body.receiver} - {building}
        if len(others) != 1:
            yield f"entry {index}: a payment that is not between the building and another"
        for device in sorted(others):
            enrolled, name = names.get(device, (index, None))
            if enrolled >= index:
                yield f"entry {index}: a payment of {device.hex()}, who was not in the building"
            elif name != each.flat:
                yield f"entry {index}: a payment on the account of {each.flat} by a device of {name}"
        if (first := references.setdefault(payment.reference, index)) != index:
            yield f"entry {index}: the reference {payment.reference} is that of entry {first}"
        if isinstance(payment, TakenBack):
            yield from _wrong_reversal(each, payment, before, taken)
        before[each.hash] = each
    yield from _unbalanced(booked, building)


def _unbalanced(booked: Iterable[Booked], building: DeviceId) -> Iterator[str]:
    """Tell whose set-offs do not come to nothing: one of them has taken something off, and put it nowhere."""
    sums: dict[str, int] = defaultdict(int)
    for each in standing(booked):
        if isinstance(each.payment, Paid) and each.payment.way is Way.SET_OFF:
            sums[each.flat] += each.yen(building)
    for flat, yen in sorted(sums.items()):
        if yen:
            yield f"what was set off on the account of {flat} comes to {yen} yen, and not to nothing"


def _wrong_reversal(
    each: Booked, payment: TakenBack, before: Mapping[RecordHash, Booked], taken: dict[bytes, int]
) -> Iterator[str]:
    was = before.get(RecordHash(payment.record))
    if was is None or isinstance(was.payment, TakenBack):
        yield f"entry {each.index} takes back {payment.record.hex()}, which is no payment before it"
        return
    if {was.body.sender, was.body.receiver} != {each.body.sender, each.body.receiver} or was.flat != each.flat:
        yield f"entry {each.index} takes back entry {was.index}, which is of somebody else"
    if (first := taken.setdefault(payment.record, each.index)) != each.index:
        yield f"entry {each.index} takes back entry {was.index}, which entry {first} has taken back"


def _doubled[T](values: Iterable[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]
