# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The topics of a performance are found under any name, and two performances are never mixed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest

from descant import topics
from descant.bags.bag_scan import BagScan
from descant.bags.performances import choose
from descant.bags.reader import read
from descant.bags.scan import Record
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError
from descant.page.recording import recording_data
from descant.performance.recompute import verify
from descant.piano.settings import PianoSettings
from descant.programme.reading import load_programme
from descant.replay.bag_source import BagSource
from descant.report.bag_data import load_bag
from descant.report.timing import timings
from descant.research.batch_export import export_many
from descant.synth.settings import SynthSettings
from descant.whatif.performance_source import open_bag
from support.bags import message, topic, write
from support.commands import descant

RECORDINGS = Path(__file__).parents[1] / "recordings"
RESTARTED, STUDIES = RECORDINGS / "0.4" / "restarted", RECORDINGS / "0.3" / "studies"
Rename = Callable[[str], Iterable[str]]
"""Name of a topic -> the names under which it is written."""


def inside(namespace: str) -> Rename:
    return lambda name: [namespace.rstrip("/") + name]


def counts_of(*names: str, **more: int) -> dict[tuple[str, str], int]:
    """The topics of the table with these names in front, ten messages each."""
    counts = {
        (f"{space.rstrip('/')}{each.name}", each.message_type): 10
        for space in names
        for each in topics.TOPICS
    }
    kinds = {each.name: each.message_type for each in topics.TOPICS}
    for name, count in more.items():
        space, _, usual = name.rpartition("__")
        counts[f"{space}/{usual}", kinds[f"/{usual}"]] = count
    return counts


def merged(folder: Path, *bags: tuple[Path, Rename], recorder: str = "") -> Path:
    """One bag with the messages of several, each under other names; with `recorder` the recorder
    is in that namespace alone.
    """
    found: list[tuple[Record, RecordedTopic]] = []
    for bag, rename in bags:
        for record in BagScan(bag):
            if recorder and record.topic.message_type == topics.RECORDER_STATE.message_type:
                continue
            for name in rename(record.topic.name):
                found.append((record, dataclasses.replace(record.topic, name=name)))
    first_ns = found[0][0].log_time_ns
    own = topic(f"{recorder}/recorder_state", "RecorderState")

    def fill(writer: BagWriter) -> None:
        for record, renamed in found:
            sent = record.publish_time_ns
            writer.write(writer.add_topic(renamed), record.log_time_ns, sent, record.data)
        if recorder:
            data = message("RecorderState", stamp=first_ns)
            writer.write(writer.add_topic(own), first_ns, first_ns, data)

    return write(folder, [], fill)


def states_of(bag: Path, namespace: str | None = None) -> list[int]:
    """States of each learner's run; every one must be recomputed to the bit."""
    comparisons = verify(read(bag, namespace))
    assert all(comparison.identical for comparison in comparisons)
    return [comparison.states for comparison in comparisons]


def test_one_performance_is_read_whatever_its_names() -> None:
    for counts in (
        counts_of("/"),
        counts_of("/hall_a"),
        counts_of("/house/hall_a"),
        {(f"/any{number}", kind): 3 for number, (_, kind) in enumerate(counts_of("/"))},
        {(f"/x{number}/y", kind): 3 for number, (_, kind) in enumerate(counts_of("/"))},
    ):
        choice = choose(counts)
        assert (choice.others, choice.left_out, dict(choice.again)) == ((), frozenset(), {})
        assert choice.remarks == ()


def test_the_recorders_namespace_is_read_and_the_others_are_named() -> None:
    counts = counts_of("/hall_a", "/hall_b", "/hall_c")
    recorders = [key for key in counts if key[0].endswith("/recorder_state")]
    for key in recorders:
        own = {k: n for k, n in counts.items() if k == key or k not in recorders}
        choice = choose(own)
        assert choice.namespace == key[0].removesuffix("/recorder_state")
        assert {name.split("/")[1] for name, _ in choice.left_out} == {
            space[1:] for space in choice.others
        }
        [remark] = choice.remarks
        assert remark == (
            f"performances of several namespaces: that in {choice.namespace} is read, left out: "
            f"{', '.join(choice.others)}; another is chosen by its namespace"
        )


def test_where_the_recorder_does_not_tell_the_larger_is_read() -> None:
    assert choose(counts_of("/hall_a", "/hall_b", **{"/hall_b__notes": 11})).namespace == "/hall_b"
    assert choose(counts_of("/", "/hall_b", **{"/hall_b__notes": 9})).namespace == "/"
    assert choose(counts_of("/hall_b", "/hall_a")).namespace == "/hall_a"  # always the same


@pytest.mark.parametrize(
    ("outer", "inner"),
    [("/", "/hall_b"), ("/", "/a/b"), ("/a", "/a/b")],
)
def test_a_recorder_around_other_recorders_is_the_one_that_recorded(outer: str, inner: str) -> None:
    """That of the root records a hall as well, with the hall's recorder_state."""
    counts = counts_of(outer, inner)
    counts |= {key: 99 for key in counts if key[0] == f"{inner}/notes"}
    assert choose(counts).namespace == outer
    assert choose(counts, inner).namespace == inner


def test_a_namespace_is_chosen_or_refused() -> None:
    counts = counts_of("/hall_a", "/hall_b")
    assert choose(counts, "/hall_b").namespace == "/hall_b"
    with pytest.raises(
        UserError, match=r"^no performance in the namespace / of this bag; in: /hall_a, /hall_b$"
    ):
        choose(counts, "/")


def test_what_a_performance_has_elsewhere_belongs_to_it() -> None:
    """A piano, a camera or a stage with a namespace of its own, or shared by two halls."""
    counts = counts_of("/hall_a", "/hall_b")
    shared = {
        (name.removeprefix("/hall_a"), kind): n
        for (name, kind), n in counts.items()
        if name.endswith(("/notes", "/pedals", "/piano_state"))
    }
    own = {k: n for k, n in counts.items() if not k[0].endswith(tuple(name for name, _ in shared))}
    choice = choose({**own, **shared, ("/played", topics.PLAYED.message_type): 3}, "/hall_a")
    assert choice.others == ("/hall_b",)
    assert not {name for name, _ in choice.left_out} & {"/notes", "/pedals", "/played"}


def test_what_other_packages_recorded_stays_unless_it_is_in_another_hall() -> None:
    image = topics.CAMERA_IMAGE.message_type
    others = {("/tf", "tf2_msgs/msg/TFMessage"): 5, ("/usb/image_raw", image): 5}
    counts = counts_of("/hall_a", "/hall_b") | others | {("/hall_b/rear", image): 5}
    left_out = {name for name, _ in choose(counts, "/hall_a").left_out}
    assert {"/hall_b/rear", "/hall_b/camera/image_raw"} <= left_out
    assert not any(name.startswith(("/hall_a/", "/tf", "/usb")) for name in left_out)
    assert not choose(counts_of("/") | others).left_out
    names = choose(counts_of("/hall_a") | {("/keys", topics.NOTES.message_type): 5}).usual_names
    assert names["/hall_a/camera/image_raw"] == "/camera/image_raw"
    assert names["/keys"] == "/notes"
    assert choose({("/a/camera/image", image): 1}).usual_names == {
        "/a/camera/image": "/camera/image_raw"
    }


@pytest.mark.parametrize("name", ["/keys", "/upstairs/keys", "/upstairs/learner_state"])
def test_a_remapped_topic_that_was_recorded_twice_is_read_once(tmp_path: Path, name: str) -> None:
    """As a recorder did that subscribed to /notes and found /keys."""
    for number, twice in enumerate(("/notes", "/learner_state")):
        bag = merged(
            tmp_path / str(number),
            (RESTARTED, lambda each, twice=twice: [each, name] if each == twice else [each]),
        )
        recorded = read(bag)
        once = read(RESTARTED)
        assert (recorded.notes, recorded.pedals) == (once.notes, once.pedals)
        assert (recorded.states, recorded.settings) == (once.states, once.settings)
        [remark] = recorded.remarks
        count = sum(record.topic.name == twice for record in BagScan(RESTARTED))
        if "keys" in name:
            assert remark == f"{count} messages of {name} set aside: also on {twice}"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bag with the performances of two halls; the recorder was in hall_b."""
    halls = ((RESTARTED, inside("/hall_a")), (STUDIES, inside("/hall_b")))
    return merged(tmp_path_factory.mktemp("halls") / "both", *halls, recorder="/hall_b")


def test_two_halls_in_one_bag_are_read_one_at_a_time(both: Path) -> None:
    assert states_of(both) == states_of(both, "/hall_b") == states_of(STUDIES)
    assert states_of(both, "/hall_a") == states_of(RESTARTED)
    assert read(both, "/hall_a").notes == read(RESTARTED).notes
    [remark] = read(both).remarks
    assert "that in /hall_b is read, left out: /hall_a" in remark
    with pytest.raises(UserError, match=r"both: no performance in the namespace /hall_c of this"):
        read(both, "/hall_c")


def test_every_reader_reads_the_same_one(both: Path, tmp_path: Path) -> None:
    programme = load_programme("paper")
    for hall, alone in (("/hall_a", RESTARTED), (None, STUDIES)):
        recording = read(both, hall)
        assert recording.notes == read(alone).notes
        report = load_bag(both, None, hall)
        assert report.recording.notes == load_bag(alone).recording.notes
        space = "/hall_b" if hall is None else hall
        assert {name.startswith(f"{space}/") for name in report.columns["latencies"]["topic"]} == {
            True
        }
        assert {timing.name for timing in timings(report)} >= {"notes", "learner"}
        assert {each.name.split("/")[1] for each in BagScan(both, hall).topics} == {space[1:]}
        assert report.name == f"both{space.replace('/', '-')}"
        assert recording_data(both, hall)["notes"] == recording_data(alone)["notes"]
        if hall is None:
            continue
        source, states = open_bag(both, SynthSettings(), programme, hall)
        assert (len(source.events), len(states)) == (
            len(open_bag(alone, SynthSettings(), programme)[0].events),
            len(read(alone).states),
        )
        played = BagSource(
            PianoSettings(source=f"bag:{both}", bag_namespace="hall_a"),
            None,
            None,  # type: ignore[arg-type]
        )
        assert played.duration == pytest.approx(
            BagSource(PianoSettings(source=f"bag:{alone}"), None, None).duration  # type: ignore[arg-type]
        )


def test_both_performances_of_a_bag_are_exported_side_by_side(both: Path, tmp_path: Path) -> None:
    keys = set()
    for hall in ("/hall_a", "/hall_b"):
        [outcome] = export_many([both], tmp_path / "tables", ["csv"], namespace=hall)
        assert outcome.exported is not None
        keys.add(outcome.exported.key.partition("@")[0])
    assert keys == {"both-hall_a", "both-hall_b"}
    assert {path.name.partition("@")[0] for path in (tmp_path / "tables").iterdir()} == keys


@pytest.mark.parametrize(
    "command", ["verify", "picture", "page", "whatif", "report", "export", "render"]
)
def test_every_command_takes_the_namespace(both: Path, tmp_path: Path, command: str) -> None:
    output = {
        "page": "p.html",
        "render": "f.mp4",
        "picture": "p.png",
        "report": "r.html",
        "export": "tables",
    }
    more = ["-o", str(tmp_path / output[command])] if command in output else []
    run = descant(command, str(both), *more, "--namespace", "hall_c")
    assert run.returncode == 2
    assert run.stderr.strip().endswith(
        "both: no performance in the namespace /hall_c of this bag; in: /hall_a, /hall_b"
    )
    assert not list(tmp_path.iterdir())
    assert descant(command, str(both), *more, "--namespace", "2nd").returncode == 2


@pytest.mark.parametrize(
    ("spaces", "own", "other"),
    [
        (
            ["/hall_a"],
            ["/hall_a/learner", "/hall_a/rear/camera", "/piano", "camera"],
            ["/hall_b/x"],
        ),
        (["/hall_a", "/hall_b"], ["/hall_a/learner", "/piano"], ["/hall_b/learner", "/hall_b/r/x"]),
        (["/h/a", "/h/b", "/"], ["/h/a/learner", "/h/a/rear/x"], ["/h/b/learner", "/piano"]),
        (["/"], ["/learner", "/rear/camera", "/any/name", ""], []),
        (["/", "/hall_b"], ["/learner", "/rear/camera"], ["/hall_b/learner"]),
    ],
)
def test_the_diagnostics_of_another_halls_nodes_are_not_its_own(
    spaces: list[str], own: list[str], other: list[str]
) -> None:
    choice = choose(counts_of(*spaces), spaces[0])
    assert [choice.has_node(name) for name in own] == [True] * len(own)
    assert [choice.has_node(name) for name in other] == [False] * len(other)


@pytest.mark.parametrize("seed", range(40))
def test_topics_with_any_names_are_one_performance_for_each_hall(seed: int) -> None:
    """Some topics keep their names, others are renamed, within their hall, at any depth."""
    random = Random(seed)
    own = [each for each in topics.TOPICS if each.message_type.startswith("descant/")]
    halls = ["/hall_a", "/hall_b", "/b/hall_a", "/"][: random.choice([1, 2, 3, 4])]
    renamed = random.sample(own, random.randrange(len(own)))
    counts, hall_of = {}, {}
    for hall in halls:
        for number, each in enumerate(own):
            new = f"/{random.choice('pqr')}" * random.randrange(3) + f"/topic_{number}"
            name = new if each in renamed else each.name
            key = f"{hall.rstrip('/')}{name}", each.message_type
            counts[key], hall_of[key] = random.randrange(1, 100), hall
    for hall in halls:
        choice = choose(counts, hall)
        assert {key for key in counts if hall_of[key] == hall}.isdisjoint(choice.left_out)
        assert set(choice.left_out) == {key for key in counts if hall_of[key] != hall}
        assert not choice.again
        if len(halls) == 1:
            assert choose(counts).left_out == frozenset()


def test_thousands_of_namespaces_and_long_names_are_one_short_remark() -> None:
    kind = topics.NOTES.message_type
    for names in (
        [f"/hall_{number}/notes" for number in range(3_000)],
        ["/a" * 100_000 + "/notes", "/\x1b[2J/notes", "/b/notes"],
        ["/a" * 100_000, "/" * 100_000, "", "/notes"],
    ):
        choice = choose({(name, kind): 3 for name in names})
        assert len(choice.left_out) == len(choice.others)
        for remark in choice.remarks:
            assert len(remark) < 800
            assert remark.isprintable()
