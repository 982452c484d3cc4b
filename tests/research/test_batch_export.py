# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Export of many bags: the same tables for any number of workers, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.research.batch_export import ExportOutcome, export_many, find_bags
from descant.types import NANOSECONDS
from support.bags import START_NS, notes_bag
from support.latecomers import joined_at, rewritten
from support.performed import performed_bag, strokes

pytestmark = pytest.mark.slow

pytest.importorskip("pyarrow", reason="pyarrow is not installed")
BOTH = ("parquet", "csv")


@pytest.fixture(scope="module", autouse=True)
def _no_tracker_left() -> Iterator[None]:
    """Python's tracker of semaphores, begun with the first process pool, outlives every pool."""
    yield
    resource_tracker._resource_tracker._stop()


@pytest.fixture(scope="module")
def bags(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("bags")
    made = [performed_bag(folder / f"show{n}", strokes(30 + n)) for n in range(3)]
    whole = performed_bag(folder.parent / "whole", strokes(100))
    late = joined_at(whole, START_NS + 8 * NANOSECONDS)
    return [*made, rewritten(folder / "show3", late)]  # its beginning is in a block alone


@pytest.fixture
def broken(tmp_path: Path) -> list[Path]:
    """Two bags whose only message is half of one."""
    from support.bags import NOTES, START_NS, note, write

    def fill(writer):
        writer.write("/notes", START_NS, START_NS, note(1)[:20])

    return [write(tmp_path / name, [NOTES], fill) for name in ("broken1", "broken2")]


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def test_one_worker_and_three_write_the_same_bytes(bags, tmp_path):
    reported: list[ExportOutcome] = []
    one = export_many(bags, tmp_path / "one", BOTH, workers=1, done=reported.append)
    assert reported == one
    assert [outcome.bag for outcome in one] == bags
    assert all(outcome.exported for outcome in one)
    assert export_many(bags, tmp_path / "three", BOTH, workers=3) == one
    assert contents(tmp_path / "one") == contents(tmp_path / "three") != {}
    assert len(list((tmp_path / "one").iterdir())) == len(bags)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_bag_stops_everything_and_nothing_is_left(bags, broken, tmp_path, workers):
    mixed = [bags[0], *broken, bags[1]]
    with pytest.raises(UserError, match=r"broken1: topic /notes: a message cannot be read"):
        export_many(mixed, tmp_path / "new" / "t", BOTH, workers=workers)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_keep_going_leaves_bad_bags_out_and_names_them(bags, broken, tmp_path, workers):
    mixed = [bags[0], *broken, tmp_path / "nowhere", bags[1]]
    outcomes = export_many(mixed, tmp_path / "t", BOTH, workers=workers, keep_going=True)
    assert [outcome.bag for outcome in outcomes] == mixed
    assert [bool(outcome.exported) for outcome in outcomes] == [True, False, False, False, True]
    assert "broken2" in outcomes[2].error
    assert "no bag" in outcomes[3].error
    names = sorted(path.name for path in (tmp_path / "t").iterdir())
    assert [name.partition("@")[0] for name in names] == ["show0", "show1"]


def test_what_was_exported_before_is_replaced_only_when_asked(bags, tmp_path):
    export_many(bags[:1], tmp_path, ("csv",))
    before = contents(tmp_path)
    with pytest.raises(UserError, match=r"show0@\S+ exists already; replace it with --replace"):
        export_many(bags[:1], tmp_path, BOTH)
    assert contents(tmp_path) == before
    export_many(bags[:1], tmp_path, ("parquet",), replace=True)
    assert {Path(name).suffix for name in contents(tmp_path)} == {".parquet"}


def test_the_same_performance_twice_is_refused(bags, tmp_path):
    from shutil import copytree

    copy = copytree(bags[0], tmp_path / "copy" / bags[0].name)
    with pytest.raises(UserError, match="are the same performance"):
        export_many([bags[0], copy], tmp_path / "t", BOTH)


def test_bags_are_found_in_folders_once_each(bags, tmp_path):
    parent = bags[0].parent
    assert find_bags([parent]) == sorted(bags)
    assert find_bags([bags[1], parent]) == [bags[1], bags[0], *bags[2:]]
    deep = notes_bag(tmp_path / "a" / "b" / "deep", 3)
    assert find_bags([tmp_path]) == [deep]
    [file] = deep.glob("*.mcap")
    assert find_bags([file]) == [file]
    assert find_bags([tmp_path / "nowhere"]) == [tmp_path / "nowhere"]


def test_a_dask_cluster_of_two_processes_writes_the_same_bytes(bags, broken, tmp_path):
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    export_many(bags, tmp_path / "here", BOTH)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        worker_dashboard_address=None, local_directory=str(tmp_path / "scratch"),
    ) as cluster:  # fmt: skip
        address = cluster.scheduler_address
        export_many(bags, tmp_path / "there", BOTH, scheduler=address)
        with pytest.raises(UserError, match="broken1"):
            export_many([*broken, *bags], tmp_path / "bad", BOTH, scheduler=address)
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert not (tmp_path / "bad").exists()


def test_a_scheduler_that_is_not_there_is_one_line(bags, tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="distributed is not installed")
    monkeypatch.setattr("descant.research.batch_export.CONNECT_S", 1)
    with pytest.raises(UserError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"):
        export_many(bags, tmp_path / "t", BOTH, scheduler="tcp://127.0.0.1:9")
    assert not (tmp_path / "t").exists()
