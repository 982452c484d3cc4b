# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags damaged in many ways: read as far as they go or refused, in bounded time and memory."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from mcap.writer import CompressionType
from mcap.writer import Writer as McapWriter

from descant.bags.bag_scan import BagScan
from descant.bags.info import info
from descant.bags.reader import read
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.research.export import export
from support.bags import mcap_of
from support.mutations import mutate, survives
from support.performed import performed_bag, strokes

# How the good bag is stored. Without chunks there is no checksum: damage reaches the messages.
FORMS: dict[str, dict[str, Any]] = {
    "chunks": {"chunk_size": 8_000, "compression": CompressionType.ZSTD},
    "lz4": {"chunk_size": 8_000, "compression": CompressionType.LZ4, "enable_crcs": False},
    "messages": {"use_chunking": False},
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of everything that a graph records."""
    folder = tmp_path_factory.mktemp("good") / "show"
    return performed_bag(folder, strokes(30), conductor=ConductorSettings())


def stored(bag: Path, folder: Path, form: str) -> bytes:
    """The MCAP file of a bag in another form."""
    path = folder / "x.mcap"
    with path.open("wb") as file:
        writer: Any = McapWriter(file, **FORMS[form])
        writer.start(profile="ros2", library="test")
        channels = dict[str, int]()
        for topic, log_ns, sent_ns, _, data in BagScan(bag):
            if topic.name not in channels:
                schema = writer.register_schema(topic.message_type, "ros2msg", topic.definition)
                qos = {"offered_qos_profiles": topic.offered_qos}
                channels[topic.name] = writer.register_channel(topic.name, "cdr", schema, qos)
            writer.add_message(channels[topic.name], log_ns, data, sent_ns)
        writer.finish()
    return path.read_bytes()


def read_all(bag: Path, folder: Path) -> None:
    """Try every reader, also after one has refused."""
    for reader in (info, read, lambda path: export(path, folder / "tables", ("csv",))):
        with contextlib.suppress(UserError):
            reader(bag)


def read_file(data: bytes, folder: Path) -> None:
    bag = folder / "show"
    bag.mkdir()
    (bag / "show_0.mcap").write_bytes(data)
    read_all(bag, folder)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_damaged_is_read_or_refused(good: Path, tmp_path: Path, form: str) -> None:
    survives(mutate(stored(good, tmp_path, form), 20, seed=1), read_file)


@pytest.mark.proof
@pytest.mark.parametrize("form", FORMS)
def test_two_thousand_damaged_files_are_read_or_refused(
    good: Path, tmp_path: Path, form: str
) -> None:
    survives(mutate(stored(good, tmp_path, form), 700, seed=2), read_file)


@pytest.mark.parametrize("count", [50, pytest.param(2_000, marks=pytest.mark.proof)])
def test_damaged_metadata_is_used_or_passed_over(good: Path, count: int) -> None:
    whole = mcap_of(good).read_bytes()

    def look(data: bytes, folder: Path) -> None:
        bag = folder / "show"
        bag.mkdir()
        (bag / "show_0.mcap").write_bytes(whole)
        (bag / "metadata.yaml").write_bytes(data)
        found = info(bag)
        assert found.files[0].name == "show_0.mcap"

    survives(mutate((good / "metadata.yaml").read_bytes(), count), look)
