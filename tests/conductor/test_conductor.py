# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which gesture changes the part, and which playing does not."""

import pytest

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.parameters import ParameterError
from descant.piano.midifile import load
from descant.programme.layers import described
from descant.programme.part_description import PartDescription
from descant.programme.programme import Programme
from descant.programme.reading import load_programme
from descant.types import SOFT, SUSTAIN, Pedal
from support.notes import MS, on
from support.parts import conductor
from support.performances import NOTE_ONS, performance


def pedal(at_ms: float, value: int, which: int = SOFT) -> Pedal:
    return Pedal(int(at_ms * MS), which, value)


def parts(conductor: Conductor, *events: Pedal) -> list[int]:
    changes = [conductor.take(event) for event in events]
    return [part.number for part in changes if part]


TWICE = (pedal(0, 110), pedal(100, 20), pedal(300, 110), pedal(380, 20))


def test_two_full_presses_in_quick_succession_begin_the_next_part() -> None:
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


def test_after_the_last_part_comes_none_or_part_1() -> None:
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


def test_a_chosen_key_begins_the_next_part() -> None:
    chosen = conductor(key=21)
    assert chosen.take(on(0, 22, 1)) is None
    part = chosen.take(on(10, 21, 2))
    assert part is not None
    assert (part.number, part.start, part.cause) == (2, 1, "key 21")


def test_the_same_part_again_is_a_fresh_start() -> None:
    same = conductor().begin(5, 1, "cue")
    assert (same.number, same.start) == (1, 1)


def test_a_part_that_the_programme_does_not_have_is_refused() -> None:
    message = "no part 5 in the programme 'paper': it has parts 1 to 4"
    four = conductor()
    with pytest.raises(UserError, match=message):
        four.begin(0, 5, "cue")
    with pytest.raises(UserError, match=message):
        four.resume(0, 5, 1)
    with pytest.raises(UserError, match=message):
        conductor(part=5)
    assert four.part.number == 1


def five() -> Programme:
    """The four parts of the paper, and a fifth."""
    fifth = PartDescription("finale", "Finale", learner={"learning_rate": 0.1})
    return Programme("five", "Five parts", (*load_programme("paper").parts, fifth))


def test_a_programme_of_five_parts_has_a_fifth_and_no_sixth() -> None:
    settings = ConductorSettings(part=4)
    long = Conductor(settings, five(), 0)
    part = long.take(TWICE[0]) or long.take(TWICE[1]) or long.take(TWICE[2]) or long.take(TWICE[3])
    assert part is not None
    assert (part.number, part.start, part.cause) == (5, 1, "soft pedal")
    assert parts(long, *TWICE) == []
    with pytest.raises(UserError, match="no part 6 in the programme 'five': it has parts 1 to 5"):
        long.begin(0, 6, "cue")
    round_ = Conductor(settings.replace(part=5, round=True), five(), 0)
    assert parts(round_, *TWICE) == [1]


def test_every_part_carries_its_description() -> None:
    programme = five()
    long = Conductor(ConductorSettings(), programme, 0)
    seen = [long.part, *(long.begin(n, n, "cue") for n in range(2, 6))]
    assert [described(part) for part in seen] == list(programme.parts)
    long.resume(9, 3, 7)
    assert described(long.part) == programme.parts[2]
    assert (long.part.number, long.part.start, long.part.cause) == (3, 7, "continued")


def test_resuming_the_part_that_is_played_changes_nothing() -> None:
    conducted = conductor()
    before = conducted.part
    conducted.resume(9, 1, 0)
    assert conducted.part is before


def test_release_must_lie_below_press() -> None:
    with pytest.raises(ParameterError, match="'released' must be below pressed"):
        ConductorSettings(pressed=30, released=30)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTE_ONS)
def test_no_real_performance_changes_the_part(name: str) -> None:
    events = load(performance(name)).events()
    pedals = [event for event in events if isinstance(event, Pedal)]
    assert parts(conductor(), *pedals) == []


def test_the_presses_of_a_player_that_is_gone_do_not_count() -> None:
    one = conductor()
    assert parts(one, *TWICE[:3]) == []
    one.forget_presses()
    assert parts(one, *(pedal(p.time_ns / MS + 390, p.value) for p in TWICE)) == [2]
