"""A flat's meter in tests: samples go through the real slot book and become records on a real chain."""

from dataclasses import dataclass, field, replace

from localvpp.etp import Chain, DeviceId, Ed25519Signer, Record
from localvpp.slots import MOST_RATED_W, MeterPlace, Reading, Sample, SlotBook, bodies

from .place import ORIGIN, SLOT


@dataclass
class MeteredFlat:
    """Takes samples, keeps what they sealed."""

    signer: Ed25519Signer
    building: DeviceId
    slot_seconds: int = 60
    book: SlotBook = field(init=False)
    chain: Chain = field(init=False)
    records: list[Record] = field(default_factory=list)
    rated_w: int = MOST_RATED_W

    def __post_init__(self) -> None:
        self.book = SlotBook(self.slot_seconds)
        self.chain = Chain(self.device, ORIGIN)

    @property
    def device(self) -> DeviceId:
        return self.signer.public.device_id

    def read(self, *samples: tuple[float, int, int]) -> list[Record]:
        """Take samples (seconds after SLOT, Wh imported, Wh exported since); return the records they sealed."""
        sealed = []
        for second, imported, exported in samples:
            reading = Reading(SLOT * 1000 + round(second * 1000), 1_000_000 + imported, 5_000 + exported)
            self.book, closed = self.book.feed(Sample(reading=reading, rated_w=self.rated_w))
            place = MeterPlace(
                device=self.device,
                building=self.building,
                slot_seconds=self.book.slot_seconds,
                serial="12000101",
                place="101",
            )
            for interval in closed:
                for kind, body in bodies(interval, place, None):
                    record, self.chain = self.chain.seal(self.signer, kind, interval.slot, body)
                    sealed.append(record)
        self.records += sealed
        return sealed

    def slots_last(self, seconds: int) -> None:
        """Go on with slots of another length, as on new terms."""
        book = SlotBook(seconds)
        begun = self.book.open
        self.book = replace(book, open=begun and replace(begun, slot=book.slot_of(begun.begin.time_ms)))
