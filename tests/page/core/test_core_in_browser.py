"""The page's core computes in a real browser, bit for bit, what Python computes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.piano.midifile import load
from descant.types import Event, Note, State
from support.page_core import PageCore, midi_file, page_core
from support.parts import conductor
from support.performances import NOTE_ONS
from support.state_hash import GOLDEN as STATES
from support.state_hash import sha256

WITHOUT_CHORDS = ("bach-prelude-860", 2)
"""A performance that never strikes three keys below middle C at once, and a part that needs it."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageCore]:
    with page_core(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def states_of(name: str | Path, part: int = 1) -> tuple[int, str]:
    """Number and hash of the states of a performance from part `part` of the paper on."""
    path = name if isinstance(name, Path) else midi_file(name)
    outputs = perform(load(path).events(), LearnerSettings(), conductor(part=part))
    states = [output for output in outputs if isinstance(output, State)]
    return len(states), sha256(states)


def fields(event: Event) -> list[int]:
    if isinstance(event, Note):
        numbers = [event.id, int(event.on), event.key, event.velocity, event.velocity_14bit]
        return [event.time_ns, *numbers]
    return [event.time_ns, event.pedal, event.value]


def test_all_golden_vectors_agree(core: PageCore) -> None:
    assert core.run("vectors") == []


def test_all_families_losses_optimisers_triggers_and_parts_have_the_same_states(
    core: PageCore,
) -> None:
    expected = json.loads(STATES.read_text(encoding="utf-8"))["performances"]
    found = core.run("states")
    assert found == {name: [row["states"], row["hash"]] for name, row in expected.items()}


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("name", NOTE_ONS)
def test_a_whole_performance_has_the_same_states(core: PageCore, name: str, part: int) -> None:
    expected = states_of(name, part)
    found = core.run("play", f"/midi/{name}", part)
    assert (found["states"], found["hash"]) == expected
    assert found["count"] == expected[0]
    assert expected[0] > 100 or (name, part) == WITHOUT_CHORDS


@pytest.mark.parametrize("name", ["performance", "part1", "liszt-etude-1"])
def test_a_midi_file_has_the_same_events(core: PageCore, name: str) -> None:
    file = load(midi_file(name))
    found = core.run("midi", f"/midi/{name}")
    assert found["durationNs"] == file.duration_ns
    assert found["fields"] == [fields(event) for event in file.events()]


@pytest.mark.parametrize("name", ["performance", "bach-prelude-860"])
def test_a_saved_performance_is_the_same_performance(
    core: PageCore, tmp_path: Path, name: str
) -> None:
    """Its times are those of the original, rounded to 50 microseconds."""
    saved = core.run("save", f"/midi/{name}")
    path = tmp_path / "saved.mid"
    path.write_bytes(bytes(saved["bytes"]))
    before, after = load(midi_file(name)).events(), load(path).events()
    assert [fields(event)[1:] for event in after] == [fields(event)[1:] for event in before]
    for old, new in zip(before, after, strict=True):
        assert new.time_ns % 50_000 == 0
        assert abs(new.time_ns - old.time_ns) <= 25_000
    assert tuple(saved["states"]) == states_of(path)
