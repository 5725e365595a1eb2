"""Whose turn it is in a building's drill: one pure function, turn by turn (I20).

A flat that was called moves by itself from then on: it begins when it likes, may abort at any moment, and returns by
its own clock, heard or not. So whoever was called counts as in transition until he is known to be home; nothing that a
flat does or fails to do can bring one more into transition than are allowed, nor add more to the building's demand than
was reckoned with when the last one was called.

What a called flat may add to what the bulk meter shows is what it draws at worst after its return (its load, its
battery recharging, its PV still waiting), less what the meter's figure has of it already. After its return that stays
reckoned with until its battery has had the time to reach its full charge. What meter and frames show may be of moments
a few seconds apart: the most of the one is held against the least of the other over that time.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
import random

from .values import (
    IN_TRANSITION,
    Against,
    Answered,
    Back,
    Call,
    DrillState,
    Ended,
    FlatSeen,
    Go,
    Place,
    Returned,
    Rules,
    Seen,
    Stage,
)


def begin(
    seed: str,
    flats: Iterable[str],
    now: float,
    *,
    first_s: float,
    lasts_s: float,
    already: Mapping[str, Place] | None = None,
    absent: Container[str] = (),
) -> DrillState:
    """Return a drill's first state.

    Args:
        seed: draws the order, and the pauses between calls; who knows it can draw them again.
        flats: who takes part.
        now: the monotonic clock.
        first_s: how long the residents have before the first call.
        lasts_s: when the drill ends at the latest.
        already: flats that an earlier drill called, and that are not known to be home.
        absent: flats that have no turn; where they would have stood, the next one does.
    """
    already = already or {}
    drawn = sorted(set(flats))
    random.Random(seed).shuffle(drawn)
    order = [flat for flat in drawn if flat not in already and flat not in absent]
    places = dict(already) | {flat: Place() for flat in order}
    return DrillState(seed=seed, order=tuple(order), until=now + lasts_s, next_at=now + first_s, places=places)


def turn(state: DrillState, seen: Seen, now: float, rules: Rules) -> tuple[DrillState, tuple[Call, ...]]:
    """Return what follows from what is known now."""
    state = _watched(_told(state, seen, now), seen, now, rules)
    if state.ended is not None:
        return state, ()
    out = state.at(*IN_TRANSITION)
    if seen.stop is not None or now >= state.until:
        ended = seen.stop or Ended.TIME
        return replace(state, ended=ended, against=None), tuple(Back(flat) for flat in out)
    waiting = [flat for flat in state.order if state.places[flat].stage is Stage.WAITING]
    if not waiting:
        over = not out and now >= state.next_at  # Of a roll-call, in which nobody is called, when its time is over.
        return replace(state, ended=Ended.DONE if over else None, against=None), ()
    if now < state.next_at:
        return replace(state, against=None), ()
    chosen, against = _choose(state, waiting, seen, now, rules)
    if chosen is None:
        return _over_without(replace(state, against=against), waiting, seen, now, rules), ()
    place = _called(seen.flats[chosen], now, rules)
    # Random of the standard library: a pause is no secret, and has to come out the same for whoever knows the seed.
    pause = rules.apart_s * (1 + random.Random(f"{state.seed}/{state.calls}").random())
    called = replace(
        state,
        places={**state.places, chosen: place},
        next_at=now + pause,
        calls=state.calls + 1,
        against=None,
        mute_since=None,
    )
    return called, (Go(chosen),)


def _over_without(state: DrillState, waiting: Sequence[str], seen: Seen, now: float, rules: Rules) -> DrillState:
    """End a drill of which only flats are left that cannot be called: they tell nothing of where they are.

    Most flats of a building have neither a battery nor anything that could separate them. Whoever is not online may
    still come back, and is waited for.
    """
    told = [seen.flats.get(flat, FlatSeen()) for flat in waiting]
    mute = all(each.online and each.islanded is None for each in told) and not state.at(*IN_TRANSITION)
    since = (now if state.mute_since is None else state.mute_since) if mute else None
    over = since is not None and now - since >= rules.mute_s
    return replace(state, mute_since=since, ended=Ended.DONE if over else None)


def _told(state: DrillState, seen: Seen, now: float) -> DrillState:
    """Take in what flats have said. What does not fit the stage that a flat is at changes nothing."""
    places = dict(state.places)
    for news in seen.news:
        place = places.get(news.flat)
        if place is None:
            continue
        match news:
            case Answered(flat, accepted) if place.stage is Stage.CALLED:
                places[flat] = replace(place, stage=Stage.OUT if accepted else Stage.REFUSED)
            case Returned(flat) if place.stage in IN_TRANSITION:
                places[flat] = replace(place, stage=Stage.HOME, home_at=now)
            case _:
                pass
    return replace(state, places=places)


def _watched(state: DrillState, seen: Seen, now: float, rules: Rules) -> DrillState:
    """Remember what was drawn of late; take a flat as home that has to be by now, and says that it has a grid."""
    places = dict(state.places)
    for flat, place in state.places.items():
        told = seen.flats.get(flat, FlatSeen())
        late = place.called_at is not None and now - place.called_at >= rules.bound_s
        if place.stage in IN_TRANSITION and late and told.online and told.islanded is False:
            places[flat] = replace(place, stage=Stage.HOME, home_at=now)
        if _counts(places[flat], now, rules):
            places[flat] = replace(places[flat], drawn=_late(place.drawn, now, rules, told.grid_w))
    return replace(state, places=places, demands=_late(state.demands, now, rules, seen.demand_w))


def _late(
    values: Sequence[tuple[float, int | None]], now: float, rules: Rules, value: int | None
) -> tuple[tuple[float, int | None], ...]:
    return (*(each for each in values if now - each[0] < rules.lag_s), (now, value))


def _counts(place: Place, now: float, rules: Rules) -> bool:
    """Whether a flat may still add to the demand for the drill's sake."""
    settling = place.home_at is not None and now - place.home_at < rules.settle_s
    return place.stage in IN_TRANSITION or settling


def _called(flat: FlatSeen, now: float, rules: Rules) -> Place:
    """Return the place of a flat that is called now: all that it may draw later follows from what it does now."""
    assert flat.grid_w is not None, "a flat of unknown power is not called"
    given = max(0, flat.pv_w or 0) + max(0, flat.battery_w or 0)
    if flat.battery_w is None:
        worst = rules.flat_w  # What its devices do is unknown, so its load is.
    else:
        load = max(0, flat.grid_w + (flat.pv_w or 0) + flat.battery_w)
        worst = min(rules.flat_w, load + rules.recharge_w)
    return Place(
        stage=Stage.CALLED,
        called_at=now,
        worst_w=max(worst, flat.grid_w),
        gave_w=max(given, -flat.grid_w),
        drawn=((now, flat.grid_w),),
    )


def could_add(place: Place) -> int:
    """Return what a flat may draw beyond what the bulk meter's figure has of it."""
    drawn = [value for _, value in place.drawn if value is not None]
    whole = bool(drawn) and len(drawn) == len(place.drawn)
    return max(0, place.worst_w - (min(drawn) if whole else -place.gave_w))


def _choose(
    state: DrillState, waiting: Sequence[str], seen: Seen, now: float, rules: Rules
) -> tuple[str | None, Against | None]:
    demands = [value for _, value in state.demands if value is not None]
    if seen.event:
        return None, Against.EVENT
    if len(state.at(*IN_TRANSITION)) >= rules.at_once:
        return None, Against.FULL
    if seen.demand_w is None or len(demands) < len(state.demands):
        return None, Against.DEMAND_UNKNOWN
    moving = {flat: place for flat, place in state.places.items() if _counts(place, now, rules)}
    whole = max(demands) + sum(could_add(place) for place in moving.values())
    found = Against.NOBODY
    for flat in waiting:
        told = seen.flats.get(flat, FlatSeen())
        if not told.online or told.islanded is not False or told.grid_w is None:
            continue
        place = _called(told, now, rules)
        if whole + could_add(place) > rules.limit_w:
            found = Against.CONTRACT
        elif not _lines_hold({**moving, flat: place}, flat, seen, rules):
            found = Against.LINE
        else:
            return flat, None
    return None, found


def _lines_hold(moving: Mapping[str, Place], flat: str, seen: Seen, rules: Rules) -> bool:
    """Whether each line that a flat hangs on carries all that may come; a flat of unknown power draws all it can."""
    for line in rules.lines:
        if flat not in line.flats:
            continue
        flow = sum(_at_most(seen.flats.get(each, FlatSeen()), rules) for each in line.flats)
        if flow + sum(could_add(place) for each, place in moving.items() if each in line.flats) > line.limit_w:
            return False
    return True


def _at_most(flat: FlatSeen, rules: Rules) -> int:
    return rules.flat_w if flat.grid_w is None else flat.grid_w
