"""A flat as a witness: signs what has grown, and answers when a test says so."""

import asyncio

from coordinator.keys import load_keys
from localvpp import tlog
from localvpp.etp import Algorithm, PublicKey
from localvpp.guard import witness_name
from localvpp.wire import AskWitness, WitnessSays

from .conftest import ORIGIN, House
from .flat import Flat, FlatClient, until


class Witness:
    """A flat's witness that forgets nothing, and answers when a test says so."""

    def __init__(self, house: House, flat: Flat) -> None:
        self.house = house
        self.flat = flat
        name = witness_name(ORIGIN, flat.device)
        self.key = tlog.SignerKey(name, tlog.SignatureType.COSIGNATURE, flat.signer.seed()[::-1])
        log = tlog.VerifierKey.parse(house.coordinator.log_key)
        self.log = tlog.WitnessedLog(ORIGIN, (log,))

    async def name(self) -> None:
        """Have the log name its key."""
        key = PublicKey(Algorithm.ED25519, self.key.verifier_key.public)
        record = self.flat.witness(self.house.clock.wall_ms() // 60_000 * 60, key)
        logged = await self.house.coordinator.ledger.submit(self.flat.device, [record.encode()])
        assert logged.results[0].refused is None, logged.results[0].message

    def answer(self, asked: AskWitness) -> WitnessSays:
        now = self.house.clock.wall_ms() // 1000
        said = tlog.add_checkpoint({ORIGIN: self.log}, asked.request, now, [tlog.Ed25519Cosigner(self.key)])
        if said.log is not None:
            self.log = said.log
        return WitnessSays(asked.question, int(said.status), said.content_type, said.body, b"")

    async def says_ahead(self, client: FlatClient, size: int, *, shown: bool = True) -> None:
        """Answer that it knows of so many entries; the head that it shows is signed with the log's stolen key."""
        asked = await client.next(AskWitness)
        keys = load_keys(self.house.coordinator.config.data / "keys", ORIGIN)
        head = tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, size, tlog.leaf_hash(b"")), [keys.log]) if shown else b""
        await client.send(WitnessSays(asked.question, 409, tlog.SIZE_TEXT, b"%d\n" % size, head))

    async def signs(self, client: FlatClient) -> int:
        """Answer until the coordinator counts this signature under its newest head; return the size of that."""
        size, cosigning = self.house.coordinator.ledger.size, self.house.coordinator.cosigning
        answering = asyncio.create_task(self.answers(client))
        try:
            await until(lambda: f" {self.key.name} ".encode() in (cosigning.lines(size) or b""))
        finally:
            answering.cancel()
            await asyncio.wait([answering])
        return size

    async def answers(self, client: FlatClient) -> None:
        """Answer whatever it is asked, until cancelled or cut off."""
        while True:
            await client.send(self.answer(await client.next(AskWitness)))
