"""The JSON of the live interface: state, records, heads and slots, as docs/protocol.md shows them.

The shapes are the same in events and in REST answers. Unknown is null.
"""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from localvpp.clock import Clock
from localvpp.etp import Body, DeviceId

from ..drills.service import Drills
from ..drills.view import blackout_plain, drill_plain
from ..ledger import Conflict, Directory, Ledger
from ..link import Hub, LiveFrames
from ..meters import STALE_S, OwnMeters
from ..nextkey import SheetWatch
from ..store import Entry, Member, StoredHead
from ..store.slots import LoggedTransfer, SettledSlot
from ..witnesses import Cosigned, Cosigning, Mirrors

type Plain = dict[str, Any]


class StateView:
    """The live state of the building, made of what the rooms know now."""

    def __init__(
        self,
        ledger: Ledger,
        cosigning: Cosigning,
        hub: Hub,
        frames: LiveFrames,
        meters: OwnMeters,
        flats: Iterable[str],
        clock: Clock,
        mirrors: Mirrors,
        sheet: SheetWatch,
        drills: Drills,
    ) -> None:
        self._ledger = ledger
        self._cosigning = cosigning
        self._hub = hub
        self._frames = frames
        self._meters = meters
        self._flats = tuple(flats)
        self._clock = clock
        self._mirrors = mirrors
        self._sheet = sheet
        self._drills = drills

    def now(self) -> Plain:
        """Return the `state` event."""
        count, (p50, p99) = self._frames.latency.percentiles(50, 99)
        return {
            "time_ms": self._clock.wall_ms(),
            "building": self._building(),
            "flats": [self._flat(flat, self._ledger.directory.named(flat)) for flat in self._flats],
            "latency_ms": {"p50": p50, "p99": p99, "frames": count},
            "log": self.log(),
            "conflicts": [conflict_plain(each, self._ledger) for each in self._ledger.conflicts],
            "mirrors": mirrors_plain(self._mirrors, self._ledger.directory),
            "next_key_here": self._sheet.lies_here,
            "blackout": self._blackout(),
        }

    def _blackout(self) -> Plain:
        drills = self._drills
        drill = None if drills.drill is None else drill_plain(drills.drill, drills.flats, drills.state)
        return blackout_plain(drills.lookout.flats().values(), self._meters.bulk_now, drill)

    def log(self) -> Plain:
        """Return how the log stands: how far it is, who has signed that, and why no record is taken, if none is."""
        told = {"size": self._ledger.size, "held": self._ledger.held, "unmirrored_ms": self._mirrors.unmirrored_ms}
        return told | cosigned_plain(self._cosigning.state)

    def head(self) -> Plain | None:
        """Return the `head` event of the published checkpoint; None before the first entry."""
        published = self._ledger.published
        if published is None:
            return None
        note = self._cosigning.note(published.size)
        copies = mirrors_plain(self._mirrors, self._ledger.directory)
        return head_event(published, note, self._cosigning.state, copies, self._mirrors.unmirrored_ms)

    def _building(self) -> Plain:
        bulk, common = self._meters.bulk_now, self._meters.common_now
        return {
            "bulk_w": _rounded(bulk.power_w) if bulk else None,
            "common_w": _rounded(common.power_w) if common else None,
            "frequency_hz": bulk.frequency_hz if bulk else None,
            "import_wh": bulk.import_wh if bulk else None,
            "export_wh": bulk.export_wh if bulk else None,
        }

    def _flat(self, flat: str, member: Member | None) -> Plain:
        seen = None if member is None else self._frames.newest(member.device)
        age_s = None if seen is None else self._clock.monotonic() - seen.arrived
        # What an old frame says is not the present: it is unknown.
        frame = None if seen is None or age_s is None or age_s > STALE_S else seen.frame
        return {
            "flat": flat,
            "device": None if member is None else member.device.hex(),
            "online": member is not None and member.device in self._hub,
            "age_ms": None if age_s is None else round(age_s * 1000),
            "grid_w": frame and frame.grid_w,
            "pv_w": frame and frame.pv_w,
            "battery_w": frame and frame.battery_w,
            "soc": None if frame is None or frame.soc_permille is None else frame.soc_permille / 10,
            "frequency_hz": None if frame is None or frame.frequency_mhz is None else frame.frequency_mhz / 1000,
            "import_wh": frame and frame.import_wh,
            "export_wh": frame and frame.export_wh,
            "islanded": frame and frame.islanded,
            "fingerprint": None if member is None else member.key.fingerprint,
        }


def conflict_plain(conflict: Conflict, ledger: Ledger) -> Plain:
    """Return who has signed two records with one seq."""
    return {
        "flat": ledger.directory.name(conflict.device),
        "seq": conflict.seq,
        "seen_ms": conflict.seen_ms,
        "hash": conflict.hash.hex(),
        "suspended": ledger.suspended(conflict.device) is not None,
    }


def _rounded(power: float | None) -> int | None:
    return None if power is None else round(power)


def record_event(entry: Entry, directory: Directory) -> Plain:
    """Return one record of the `records` event. What stood in an erased body is null."""
    body = entry.opened()
    return {
        "index": entry.index,
        "hash": entry.hash.hex(),
        "time_ms": entry.logged_ms,
        "device": entry.device.hex(),
        "flat": directory.name(entry.device),
        "kind": entry.kind.name.lower(),
        "slot": entry.slot,
        "seq": entry.seq,
        "sender": None if body is None else _party(body.sender, directory),
        "receiver": None if body is None else _party(body.receiver, directory),
        "energy_wh": None if body is None else body.wh,
        "sources": None if body is None or body.wh is None else _sources(body),
        "frequency_hz": None if body is None or body.frequency_mhz is None else body.frequency_mhz / 1000,
        "start_ms": None if body is None else body.start_ms,
        "end_ms": None if body is None else body.end_ms,
    }


def _sources(body: Body) -> Plain:
    return {source.name.lower(): wh for source, wh in body.attributes}


def _party(device: DeviceId, directory: Directory) -> str | None:
    return directory.name(device)


def head_event(
    head: StoredHead, note: bytes | None, cosigned: Cosigned, mirrors: list[Plain], unmirrored_ms: int | None
) -> Plain:
    """Return the `head` event; `note` is the head with the witnesses' signatures that it has by now."""
    return {
        "size": head.size,
        "root": base64.b64encode(head.root).decode(),
        "origin": head.origin,
        "checkpoint": (head.checkpoint if note is None else note).decode(),
        "time_ms": head.signed_ms,
        "mirrors": mirrors,
        "unmirrored_ms": unmirrored_ms,
    } | cosigned_plain(cosigned)


def cosigned_plain(cosigned: Cosigned) -> Plain:
    """Return how far the witnesses are, as the state and the heads tell it."""
    return {
        "cosigners": cosigned.signers,
        "witnesses": cosigned.witnesses,
        "needed": cosigned.needed,
        "quorum_size": cosigned.quorum_size,
        "quorum_ms": cosigned.quorum_ms,
        "objections": [
            {"witness": name, "kind": str(each.kind), "size": each.size}
            for name, each in sorted(cosigned.objections.items())
        ],
    }


def mirrors_plain(mirrors: Mirrors, directory: Directory) -> list[Plain]:
    """Return who holds a whole copy of the log, and how far, by name."""
    copies = [
        {"flat": directory.name(device), "size": copy.size, "signed_ms": copy.signed_ms}
        for device, copy in mirrors.copies.items()
    ]
    return sorted(copies, key=lambda copy: str(copy["flat"]))


def slot_event(settled: SettledSlot, directory: Directory) -> Plain:
    """Return the `slot` event."""
    shares: Mapping[DeviceId, Any] = settled.shares
    flats = [
        {
            "flat": directory.name(device),
            "import_wh": share.import_wh,
            "export_wh": share.export_wh,
            "shared_in_wh": share.shared_in_wh,
            "shared_out_wh": share.shared_out_wh,
            "inside_money": share.inside_money,
            "grid_money": share.grid_money,
        }
        for device, share in shares.items()
    ]
    return {
        "slot": settled.slot,
        "seconds": settled.seconds,
        "settled_ms": settled.settled_ms,
        "shared_wh": sum(share.shared_out_wh for share in shares.values()),
        "import_wh": sum(share.import_wh for share in shares.values()),
        "export_wh": sum(share.export_wh for share in shares.values()),
        "bulk_import_wh": settled.bulk_import_wh,
        "bulk_export_wh": settled.bulk_export_wh,
        "common_wh": settled.common_wh,
        "loss_wh": settled.loss_wh,
        "building_money": settled.building_money,
        "settled_by": "trades" if settled.cleared else "sharing_key",
        "key": settled.key,
        "rent": settled.rent,
        "missing": list(settled.missing),
        "flats": sorted(flats, key=lambda flat: str(flat["flat"])),
    }


def transfer_plain(moved: LoggedTransfer, directory: Directory) -> Plain:
    """Return one transfer of a slot."""
    transfer = moved.transfer
    return {
        "index": moved.index,
        "sender": directory.name(transfer.sender),
        "receiver": directory.name(transfer.receiver),
        "energy_wh": transfer.energy_wh,
        "money": transfer.money,
        "rent": transfer.rent,
    }
