"""Which gesture changes the part, and which playing does not."""

import pytest

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.parameters import ParameterError
from descant.piano.midifile import load
from descant.types import SOFT, SUSTAIN, Pedal
from support.notes import MS, on
from support.performances import NOTE_ONS, performance


def pedal(at_ms: float, value: int, which: int = SOFT) -> Pedal:
    return Pedal(int(at_ms * MS), which, value)


def parts(conductor: Conductor, *events: Pedal) -> list[int]:
    changes = [conductor.take(event) for event in events]
    return [part.number for part in changes if part]


TWICE = (pedal(0, 110), pedal(100, 20), pedal(300, 110), pedal(380, 20))


def conductor(**settings: object) -> Conductor:
    return Conductor(ConductorSettings().replace(**settings), 0)


def test_two_full_presses_in_quick_succession_go_on() -> None:
    assert parts(conductor(), *TWICE) == [2]


def test_the_change_comes_with_the_last_release() -> None:
    assert parts(conductor(), *TWICE[:3]) == []


@pytest.mark.parametrize(
    "events",
    [
        (pedal(0, 110), pedal(100, 20), pedal(401, 110), pedal(450, 20)),  # too slow
        (pedal(0, 99), pedal(100, 20), pedal(200, 110), pedal(300, 20)),  # one not full
        (pedal(0, 110), pedal(100, 31), pedal(200, 110), pedal(300, 20)),  # not released between
        tuple(pedal(t, v, SUSTAIN) for t, v in ((0, 127), (90, 0), (180, 127), (270, 0))),
        (pedal(0, 127), pedal(90, 0)),  # a touch
    ],
)
def test_other_pedalling_does_not(events: tuple[Pedal, ...]) -> None:
    assert parts(conductor(), *events) == []


def test_flutter_at_the_threshold_is_one_press() -> None:
    flutter = [pedal(t, 98 + t % 5) for t in range(0, 100, 2)]
    assert parts(conductor(), *flutter, pedal(150, 10)) == []


def test_presses_of_one_gesture_do_not_count_for_the_next() -> None:
    assert parts(conductor(), *TWICE, pedal(390, 110), pedal(395, 10)) == [2]


def test_after_the_last_part_it_stays_or_goes_round() -> None:
    assert parts(conductor(part=4), *TWICE) == []
    assert parts(conductor(part=4, round=True), *TWICE) == [1]


def test_the_2021_programs_touch() -> None:
    original = conductor(presses=1, pressed=1, released=0, round=True)
    assert parts(
        original, pedal(0, 1), pedal(10, 60), pedal(20, 0), pedal(30, 5), pedal(40, 0)
    ) == [
        2,
        3,
    ]


def test_a_chosen_key_goes_on() -> None:
    chosen = conductor(key=21)
    assert chosen.take(on(0, 22, 1)) is None
    part = chosen.take(on(10, 21, 2))
    assert part is not None
    assert (part.number, part.start, part.cause) == (2, 1, "key 21")


def test_the_same_part_again_is_a_fresh_start() -> None:
    same = conductor().go_to(5, 1, "cue")
    assert (same.number, same.start) == (1, 1)


def test_there_are_four_parts() -> None:
    with pytest.raises(ValueError, match="a part is 1 to 4, not 5"):
        conductor().go_to(0, 5, "cue")


def test_release_must_lie_below_press() -> None:
    with pytest.raises(ParameterError, match="'released' must be below pressed"):
        ConductorSettings(pressed=30, released=30)


@pytest.mark.parametrize("name", NOTE_ONS)
def test_no_real_performance_changes_the_part(name: str) -> None:
    events = load(performance(name)).events()
    pedals = [event for event in events if isinstance(event, Pedal)]
    assert parts(conductor(), *pedals) == []
