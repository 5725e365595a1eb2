"""How a flat comes to believe a key that its building has renewed: in a log that has grown out of what it knows.

The head under which the rotations are proven has to have grown out of the newest one that this flat has signed; a flat
that has witnessed nothing yet takes it for the first. One that has not is kept beside its counterpart and told, as any
head is that does not fit. So no log that was made up and no older copy renews a key.

Nor does one that goes on from the witnessed head, written by whoever has stolen the log's key and the building's: the
log is public, and he may stand between one flat and the server, but a key that its key before has not foreseen is not
followed (`Lineage.follow`), and the one that it has foreseen was never on the server.

A log is its origin and its key. Whoever has the building's key, and not the log's, could name a log of his own in his
terms: terms that name another key than the one which has signed the witnessed head are no terms of this building's.

The order makes a crash harmless: that head is durable before the key. With a head alone the flat asks again, about a
log that must have grown out of it; a key whose log no head stands for would have been believed for nothing.
"""

import logging

from .. import tlog
from ..guard import Guard, OlderHeadError, WitnessMovedError
from ..lineage import Lineage, keep_lineage
from ..notebook import Notebook
from ..store import FlatStore
from .handshake import Caller, Introduced
from .status import FatalLinkError, LinkError, LinkState, LogBehindError

_LOGGER = logging.getLogger(__name__)


async def follow_building(
    introduced: Introduced, caller: Caller, known: Lineage, guard: Guard, store: FlatStore
) -> None:
    """Make durable what a flat has learned of its building's keys.

    Raises FatalLinkError when the terms are of another log than the one that it has witnessed, LinkError when the keys
    stand in a log that has not grown out of that, LogBehindError when it is held and the smaller one; StoreError.
    """
    flat, lineage, followed = caller.membership.flat, introduced.lineage, introduced.followed
    await check_log_key(introduced.log_key, caller, store)
    if followed is not None:
        try:
            await guard.follow(introduced.log_key, followed.note, followed.growth, since=caller.witnessed)
        except WitnessMovedError as error:
            raise LinkError(str(error)) from error
        except tlog.TlogError as error:
            reason = (
                f"the building shows a renewed key in a log that is not shown to be the one which this flat has "
                f"witnessed, and the key is not believed: {error}"
            )
            if isinstance(error, OlderHeadError) and introduced.terms.held:
                raise LogBehindError(reason, introduced.log_key) from error
            raise LinkError(reason) from error
    if lineage != known:
        await keep_lineage(store, lineage)
    if followed is not None:
        _LOGGER.warning(
            "The building of flat %s has renewed its key: a log that has grown out of what this flat has witnessed "
            "holds the rotation to %s, which the key before has signed. If the manager has not renewed it, the "
            "building's keys are stolen",
            flat,
            lineage.newest.fingerprint,
        )


async def check_log_key(log_key: tlog.VerifierKey, caller: Caller, store: FlatStore) -> None:
    """Raise FatalLinkError when terms name another log's key than has signed the witnessed head; StoreError."""
    origin = caller.membership.origin
    latest, _ = await Notebook(store).witnessed(origin)
    if not latest.note:
        return
    try:
        tlog.open_checkpoint(latest.note, tlog.Ed25519Verifier(log_key), origin=origin)
    except tlog.TlogError as error:
        raise FatalLinkError(
            LinkState.REFUSED,
            f"the building's terms name the log key {log_key.encode()}, and another one has signed the head "
            f"of {latest.size} entries that this flat has witnessed ({error}): a log's key is never renewed. Ask the "
            "building manager, for somebody may be using the building's key",
            foreign=True,
        ) from error
