"""What fails is told once, and once it has healed."""

from localvpp.outage import EXCUSED_S, WELL_S, Outage, Proof

PROOFS = {"f": Proof.BROKEN, "l": Proof.LATE, "h": Proof.NOTHING}


def told(outage: Outage, seconds: str) -> list[str]:
    """What is told in seconds with an answer ("a"), a failure ("f"), a late one ("l"), or one unheard ("h")."""
    lines = []
    for second, what in enumerate(seconds):
        if what == "a":
            if outage.answers(second):
                lines.append(f"{second} healed")
        elif outage.fails(second, PROOFS[what]):
            lines.append(f"{second} broke")
    return lines


def test_it_is_told_when_it_breaks_and_when_it_has_healed() -> None:
    assert WELL_S == 2
    assert told(Outage(), "aaafffffaaaaa") == ["3 broke", "10 healed"]
    assert told(Outage(), "faaafaaa") == ["0 broke", "3 healed", "4 broke", "7 healed"]
    assert told(Outage(), "aaaaa") == []


def test_what_fails_and_answers_by_turns_has_not_healed() -> None:
    assert told(Outage(), "fafafaafafaafafaaa") == ["0 broke", "17 healed"]


def test_what_could_not_be_heard_has_not_broken() -> None:
    assert told(Outage(), "aahhhaaahhhaaa") == []
    assert told(Outage(), "aahhhfaaa") == ["5 broke", "8 healed"]
    assert told(Outage(), "fhhaahaaa") == ["0 broke", "8 healed"]


def test_what_could_not_be_heard_for_long_is_told() -> None:
    assert EXCUSED_S == 5
    assert told(Outage(), "aahhhhhaaa") == []
    assert told(Outage(), "aahhhhhhhhaaa") == ["7 broke", "12 healed"]


def test_what_is_late_is_told_when_the_reason_is_known_or_does_not_come() -> None:
    assert told(Outage(), "aalfffaaa") == ["3 broke", "8 healed"]
    assert told(Outage(), "aallllllllaaa") == ["7 broke", "12 healed"]
    assert told(Outage(), "aalaaalaaa") == []


def test_what_is_late_by_turns_is_told() -> None:
    assert told(Outage(), "lalalalalaaa") == ["6 broke", "11 healed"]
    assert told(Outage(), "hahahahahaaa") == []


def test_it_is_away_from_its_first_failure_to_its_first_answer() -> None:
    outage = Outage()
    assert outage.away_s(5) == 0
    outage.fails(10, Proof.NOTHING)
    outage.fails(12)
    assert outage.away_s(15) == 5
    outage.answers(15)
    assert outage.away_s(16) == 0
