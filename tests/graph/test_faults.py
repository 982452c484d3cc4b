# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every node killed in turn, the piano unplugged, the camera frozen, in one running performance.

Each test plays on meanwhile and asks: what goes on, what comes back and when, does a note stay.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from descant.bags.reader import read
from descant.msg import CameraState, NoteEvent, PianoState, RecorderState, SynthState
from descant.performance.recompute import verify
from support.fake_piano import FakePiano
from support.jack import needs_jack
from support.mjpeg import NetworkCamera, network_camera
from support.ordeal import (
    PICTURE_GOES_ON,
    Ordeal,
    Row,
    learning_goes_on,
    ordeal,
    sound_goes_on,
    tell,
)
from support.show import CHORD, Show, bar, performance

pytestmark = [pytest.mark.graph, pytest.mark.jack, needs_jack, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def camera() -> Iterator[NetworkCamera]:
    with pytest.MonkeyPatch.context() as patch, network_camera(rate=15.0) as made:
        patch.setenv("no_proxy", "127.0.0.1")  # FFmpeg would go through a proxy to this machine
        yield made


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, camera: NetworkCamera) -> Iterator[Show]:
    """One performance, in part 4 by way of the others."""
    source = f"url:{camera.url}"
    with performance(tmp_path_factory.mktemp("faults"), "seed:=5", camera=source) as running:
        for part in (2, 4):
            running.play(bar())
            running.go_to(part)
        yield running


def killed(show: Show, node: str, row: Row, back: Callable[[float], object]) -> Ordeal:
    """SIGKILL; waits until it is back: `back(when its new process was seen)`."""
    with ordeal(show) as under:
        dead = show.concert.kill(node)
        since = time.monotonic()
        reborn = show.wait(lambda: show.concert.pid(node) not in (None, dead), f"a new {node}")
        returned = show.wait(lambda: back(reborn), f"the return of {node}")
    tell(row, f"{node} killed", returned - since, under)
    return under


def picture_goes_on(under: Ordeal) -> None:
    assert under.frame_rate() > PICTURE_GOES_ON


def test_without_a_fault_all_goes_on(show: Show, record_property: Row) -> None:
    with ordeal(show) as under:
        states = show.watch.said("/stage_state")
        show.wait(lambda: len(show.watch.said("/stage_state")) >= len(states) + 3, "three seconds")
    tell(record_property, "none", 0.0, under)
    sound_goes_on(under)
    learning_goes_on(under)
    picture_goes_on(under)


def test_the_conductor_comes_back_to_the_part_at_hand(show: Show, record_property: Row) -> None:
    part, start = show.part().part, show.part().start
    since = time.monotonic()
    under = killed(show, "conductor", record_property, lambda t: show.watch.said("/part", t))
    sound_goes_on(under)
    learning_goes_on(under)
    picture_goes_on(under)
    assert {(p.part, p.start) for _, p in show.watch.said("/part", since)} == {(part, start)}
    show.wait(lambda: "conductor" in show.watch.listeners("/cue"), "its ear for cues")
    show.go_to(3)
    show.go_to(4)


def test_the_learner_comes_back_to_the_same_step(show: Show, record_property: Row) -> None:
    show.go_to(3)  # whose steps are made between the notes
    with show.playing():
        since = time.monotonic()
        show.wait(lambda: show.watch.said("/learner_state", since), "a knot")
    dead = show.watch.newest("/learner_state").run
    under = killed(show, "learner", record_property, lambda t: again(show, dead, t))
    sound_goes_on(under)
    picture_goes_on(under)
    show.go_to(4)
    since = time.monotonic()
    show.play(bar())
    show.wait(lambda: show.watch.said("/learner_state", since), "a step")
    last = show.watch.newest("/learner_state")
    assert last.run != dead
    wanted = (last.cause, NoteEvent.ON)
    show.wait(lambda: wanted in notes(show), "the note of the step")
    assert notes(show).index(wanted) + 1 == last.events  # none was lost


def notes(show: Show) -> list[tuple[int, int]]:
    """Id and kind of every note since the beginning."""
    return [(note.id, note.kind) for _, note in show.watch.said("/notes")]


def again(show: Show, run: int, since: float) -> list[object]:
    """States of a learner that is not `run`."""
    return [s for _, s in show.watch.said("/learner_state", since) if s.run != run]


def test_the_synth_comes_back(show: Show, record_property: Row) -> None:
    def back(since: float) -> bool:
        said = show.watch.said("/synth_state", since)
        return any(s.status == SynthState.SOUNDING and s.peak > -60.0 for _, s in said)

    under = killed(show, "synth", record_property, back)
    learning_goes_on(under)
    picture_goes_on(under)


def test_the_camera_comes_back_and_its_last_picture_stays(show: Show, record_property: Row) -> None:
    def back(since: float) -> bool:
        said = show.watch.said("/camera_state", since)
        seeing = any(s.status == CameraState.SEEING for _, s in said)
        return seeing and show.watch.newest("/stage_state").camera_age < 1.0

    under = killed(show, "camera", record_property, back)
    sound_goes_on(under)
    learning_goes_on(under)
    picture_goes_on(under)


def test_a_frozen_camera_is_noticed_and_taken_back(
    show: Show, camera: NetworkCamera, record_property: Row
) -> None:
    def says(status: int, since: float) -> bool:
        return any(s.status == status for _, s in show.watch.said("/camera_state", since))

    with ordeal(show) as under:
        camera.frozen = True
        since = time.monotonic()
        noticed = show.wait(lambda: says(CameraState.LOST, since), "the loss")
        camera.frozen = False
        thawed = time.monotonic()
        show.wait(lambda: says(CameraState.SEEING, thawed), "its return")
        back = show.wait(lambda: show.watch.newest("/stage_state").camera_age < 1.0, "pictures")
    tell(record_property, f"camera frozen (noticed after {noticed - since:.1f} s)", back - thawed,
         under)  # fmt: skip
    sound_goes_on(under)
    learning_goes_on(under)
    picture_goes_on(under)


def test_the_stage_comes_back_in_the_part_at_hand(show: Show, record_property: Row) -> None:
    def back(since: float) -> bool:
        said = [s for _, s in show.watch.said("/stage_state", since)]
        return any(s.frame_rate > PICTURE_GOES_ON and s.part == 4 for s in said)

    under = killed(show, "stage", record_property, back)
    sound_goes_on(under)
    learning_goes_on(under)


def test_the_recorder_comes_back_with_a_bag_of_its_own(show: Show, record_property: Row) -> None:
    def back(since: float) -> bool:
        said = show.watch.said("/recorder_state", since)
        return any(s.status == RecorderState.RECORDING for _, s in said)

    under = killed(show, "recorder", record_property, back)
    sound_goes_on(under)
    learning_goes_on(under)
    picture_goes_on(under)


def test_the_piano_comes_back_and_leaves_no_note(show: Show, record_property: Row) -> None:
    under = killed(show, "piano", record_property, lambda t: show.watch.said("/notes", t))
    picture_goes_on(under)


def test_a_piano_that_is_unplugged_leaves_no_note_and_is_found_again(
    show: Show, record_property: Row
) -> None:
    mark = show.mark()
    show.piano.play([(0.0, (0x90, key, 80)) for key in CHORD])
    show.wait(lambda: show.sounds(mark), "the chord")
    show.piano.unplug()
    since = time.monotonic()
    noticed = show.wait(lambda: says_piano(show, PianoState.LOST, since), "the loss")
    show.falls_silent()
    assert show.concert.server is not None
    plugged = time.monotonic()
    show.concert.piano = FakePiano(show.concert.server.environment)
    back = show.wait(lambda: says_piano(show, PianoState.PLAYING, plugged), "its return")
    with ordeal(show) as under:
        pass
    what = f"piano unplugged (noticed after {noticed - since:.1f} s)"
    tell(record_property, what, back - plugged, under)
    assert show.watch.newest("/piano_state").held == 0


def says_piano(show: Show, status: int, since: float) -> bool:
    """Whether the piano node has said `status` since then."""
    return any(s.status == status for _, s in show.watch.said("/piano_state", since))


def test_the_bags_are_whole_and_recomputed_to_the_bit(show: Show) -> None:
    assert show.concert.stop() == 0
    bags = sorted(Path(show.concert.bag).parent.glob("bag*"))
    assert len(bags) >= 2  # one more for each time that its test was run again
    for bag in bags:
        recording = read(bag)
        assert recording.notes
        assert {verdict.difference for verdict in verify(recording)} == {None}, bag
