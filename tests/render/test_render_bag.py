# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Films of bags: what the audience saw and heard."""

import dataclasses
from pathlib import Path

import pytest

from descant.bags.reader import read
from descant.bags.writer import BagWriter
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.piano.midifile import load
from descant.types import NANOSECONDS
from support import bags, films
from support.midifiles import write_midi_file
from support.performed import performed_bag
from support.pictures import compressed_image, jpeg, plain_picture, raw_image

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # films take their time on a busy machine

SMALL = ("--size", "160x90", "--fps", 10)
FIRST_S = 0.5  # a bag's film begins so long before its first event


def piece(path: Path) -> Path:
    """Part 1, the gesture, and chords of part 2."""
    messages = [(FIRST_S + 0.2 * n, (0x90, key, 80)) for n, key in enumerate((40, 72, 74, 76))]
    messages += [(FIRST_S + 0.2 * n + 0.15, (0x80, key, 64))
                 for n, key in enumerate((40, 72, 74, 76))]  # fmt: skip
    for n, value in enumerate((127, 0, 127, 0)):
        messages.append((1.5 + 0.05 * n, (0xB0, 67, value)))
    for key in (48, 52, 55):
        messages += [(2.0, (0x90, key, 80)), (2.8, (0x80, key, 64))]
    return write_midi_file(path, [sorted(messages)])


def recorded(folder: Path, midi: Path, **settings: object) -> Path:
    """A bag of a MIDI file as the graph would have recorded it."""
    events = [
        dataclasses.replace(event, time_ns=bags.START_NS + event.time_ns)
        for event in load(midi).events()
    ]
    learner = LearnerSettings(**settings)
    return performed_bag(folder, events, learner, ConductorSettings(), devices=False)


def frames(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.png"))]


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    return piece(tmp_path / "piece.mid")


def test_the_film_of_a_bag_is_that_of_the_performance(tmp_path, midi):
    bag = recorded(tmp_path / "bag", midi)
    for name, source in (("live", midi), ("again", bag)):
        for target in (f"{name}/", f"{name}.wav"):
            assert films.render(source, "-o", f"{tmp_path}/{target}", *SMALL).status == 0
    assert frames(tmp_path / "live") == frames(tmp_path / "again")
    assert (tmp_path / "live.wav").read_bytes() == (tmp_path / "again.wav").read_bytes()


def test_it_shows_the_recorded_states_not_recomputed_ones(tmp_path, midi):
    """Another seed was recorded: the film shows that one's curves."""
    for seed in (1, 2):
        bag = recorded(tmp_path / f"bag{seed}", midi, seed=seed)
        films.render(bag, "-o", f"{tmp_path}/{seed}/", *SMALL)
    films.render(midi, "-o", f"{tmp_path}/midi/", *SMALL, "--seed", 2)
    assert frames(tmp_path / "2") == frames(tmp_path / "midi") != frames(tmp_path / "1")


def test_the_parts_of_a_bag_are_read(tmp_path, midi):
    found = read(recorded(tmp_path / "bag", midi))
    assert [(part.number, part.cause) for part in found.parts] == [
        (1, "launch"),
        (2, "soft pedal"),
    ]


def test_a_bag_with_descriptions_needs_no_programme(tmp_path, midi):
    bag = recorded(tmp_path / "bag", midi)
    programme = tmp_path / "wide.yaml"
    programme.write_text("title: T\nparts: [{name: a, title: A, stage: {line_width: 50.0}}]\n")
    films.render(bag, "-o", f"{tmp_path}/one/", *SMALL)
    done = films.render(bag, "-o", f"{tmp_path}/two/", *SMALL, "--programme", programme)
    assert done.status == 0, done.output
    assert frames(tmp_path / "one") == frames(tmp_path / "two")


def test_a_truncated_bag_is_rendered_as_far_as_it_goes_and_says_so(tmp_path):
    bag = bags.notes_bag(tmp_path / "bag", 900, flush_every=100)
    file = bags.mcap_of(bag)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert 100 <= len(read(bag).notes) < 900
    done = films.render(bag, "-o", tmp_path / "f.wav")
    assert done.status == 0, done.output
    assert f"{file.name}: it was cut off" in done.output


@pytest.mark.parametrize("form", ["raw", "compressed"])
def test_the_recorded_pictures_of_the_performer_are_the_video(tmp_path, form):
    """Red for a second, then a damaged one if they are compressed, then green, in part 3."""
    name = "/camera/image" if form == "raw" else "/hall_a/camera/image_raw/compressed"
    writer = BagWriter(tmp_path / "bag")
    writer.add_topic(bags.NOTES)
    writer.add_topic(bags.topic("/part", "Part"))
    kind = "Image" if form == "raw" else "CompressedImage"
    writer.add_topic(bags.topic(name, kind, "sensor_msgs"))
    start = bags.START_NS
    writer.write("/part", start, start, bags.message("Part", stamp=start, part=3))
    for number, colour in ((0, (0, 0, 200)), (1, (0, 200, 0))):
        time_ns = start + number * NANOSECONDS
        pixels = plain_picture(colour)
        if form == "raw":
            writer.write(name, time_ns, time_ns, raw_image(time_ns, pixels))
        else:
            data = jpeg(pixels)
            writer.write(name, time_ns, time_ns, compressed_image(time_ns, data))
            broken = compressed_image(time_ns - NANOSECONDS // 2, data[: len(data) // 2])
            writer.write(name, time_ns - NANOSECONDS // 2, time_ns, broken)
        for on in (1, 0):
            note = bags.message("NoteEvent", stamp=time_ns + (1 - on) * 10**8, id=number + 1,
                                kind=on, key=60, velocity=64, velocity_14bit=8192)  # fmt: skip
            writer.write("/notes", time_ns, time_ns, note)
    writer.close()
    done = films.render(writer.folder, "-o", tmp_path / "f.mp4", *SMALL)
    assert done.status == 0, done.output
    remark = f"2 pictures of {name} set aside: "
    assert done.output.count("set aside") == done.output.count(remark) == (form == "compressed")
    difference = {at: rgb[0] - rgb[1] for at, rgb in means(tmp_path / "f.mp4")}

    def red_minus_green(seconds: float) -> float:
        return difference[min(difference, key=lambda at: abs(at - seconds))]

    assert red_minus_green(1.3) > 40.0
    assert red_minus_green(2.0) < -40.0
    assert red_minus_green(0.2) == pytest.approx(0.0, abs=3.0)  # no picture had come yet


def means(path: Path) -> list[tuple[float, tuple[float, float, float]]]:
    """(time, mean red, green and blue) of every frame."""
    import av

    with av.open(str(path)) as container:
        return [
            (float(f.time), tuple(f.to_ndarray(format="rgb24").mean(axis=(0, 1))))
            for f in container.decode(video=0)
        ]
