# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance spread over three machines, by the commands of docs/stage-network.md: piano, synth,
learner and conductor on one, the camera on the second, the stage on the third, a witness on each.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from support.hosts import Network, network
from support.node import wait_until

DESCANT = str(Path(sys.executable).parent / "descant")
WITNESS = str(Path(__file__).with_name("witness.py"))
HOSTS = ("piano", "camera", "stage")
ROLES = {
    "piano": ("camera:=elsewhere", "screen:=elsewhere"),
    "camera": ("nodes:=elsewhere", "camera:=keyboard"),
    "stage": ("nodes:=elsewhere", "screen:=offscreen"),
}
PEERS = ";".join(HOSTS)
SOON_S = 60.0
SILENCE = 1e-4  # -80 dBFS
Said = dict[str, Any]
# What a shell may have set and a performer has not.
UNSET = ("ROS_STATIC_PEERS", "ROS_AUTOMATIC_DISCOVERY_RANGE", "FASTRTPS_DEFAULT_PROFILES_FILE")


@dataclass
class Spread:
    """The running performance; `folder` holds its logs, its sound and what the witnesses wrote."""

    net: Network
    folder: Path
    launchers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _read: dict[str, tuple[int, list[Said]]] = field(default_factory=dict)  # bytes, lines

    @property
    def sound(self) -> Path:
        """What was heard."""
        return self.folder / "sound.wav"

    def launch(self, host: str, *words: str) -> None:
        """The launch file on `host`, as a performer starts it there."""
        command = [DESCANT, "launch", *words, *ROLES[host], f"peers:={PEERS}"]
        log = self.folder / f"{host}.log"
        self.launchers[host] = self.net[host].start(command, log, environment())

    def watch(self, host: str, *topics: str, **discovery: str) -> None:
        """A witness on `host`, with the discovery of the launch files or with `discovery`.

        It is told everything but the pictures, or these `topics`; a host has one of each kind.
        """
        given = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "ROS_STATIC_PEERS": PEERS}
        kind = "watcher" if topics else "witness"
        book = str(self._book(host, kind))
        command = [sys.executable, WITNESS, f"{kind}_{host}", book, *topics]
        log = self.folder / f"{host}-{kind}.log"
        self.net[host].start(command, log, environment(discovery or given))

    def said(self, host: str, topic: str, since: float = 0.0) -> list[Said]:
        """What the witness on `host` has heard on `topic` since then (`time.monotonic`)."""
        return [e for e in self.entries(host) if e.get("topic") == topic and e["at"] >= since]

    def nodes(self, host: str) -> list[str]:
        """The nodes the witness on `host` knows of."""
        return next((e["nodes"] for e in reversed(self.entries(host)) if "nodes" in e), [])

    def entries(self, host: str) -> list[Said]:
        """Every finished line of the witnesses so far."""
        return [e for kind in ("witness", "watcher") for e in self._lines(self._book(host, kind))]

    def _lines(self, book: Path) -> list[Said]:
        read, entries = self._read.get(book.name, (0, []))
        if book.exists():
            with book.open("rb") as file:
                file.seek(read)
                fresh, newline, _ = file.read().rpartition(b"\n")
            entries += [json.loads(line) for line in fresh.splitlines()]
            self._read[book.name] = (read + len(fresh + newline), entries)
        return entries

    def wait(self, condition: Any, what: str, timeout_s: float = SOON_S) -> None:
        """Wait until `condition`; fails with what everybody printed."""
        wait_until(condition, lambda: f"{what}; {self.output()}", timeout_s)

    def output(self) -> str:
        """The last lines of every host."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{p.name}: {p.read_text(errors='replace')[-1500:]}" for p in logs)

    def stop(self, host: str) -> int:
        """ctrl-c for the launch on `host`; returns the exit status."""
        return self.net[host].stop(self.launchers[host])

    def heard(self) -> np.ndarray:
        """The left channel of the sound, from its first to its last."""
        samples, _ = soundfile.read(self.sound)
        loud = np.flatnonzero(np.abs(samples[:, 0]) > SILENCE)
        assert len(loud), "nothing was heard"
        left: np.ndarray = samples[loud[0] : loud[-1] + 1, 0]
        return left

    def _book(self, host: str, kind: str) -> Path:
        return self.folder / f"{host}-{kind}.jsonl"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's, but for what it says of discovery, on the domain everybody begins with."""
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return {**kept, "ROS_DOMAIN_ID": "0", "PYTHONUNBUFFERED": "1", **(more or {})}


@contextlib.contextmanager
def spread(folder: Path, *others: str) -> Iterator[Spread]:
    """The machines, and `others` beside them; nothing runs on them yet."""
    with network(folder, *HOSTS, *others) as net:
        yield Spread(net, folder)
