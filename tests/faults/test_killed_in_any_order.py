# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Piano, learner, conductor and recorder killed in random order: every bag verifies.

Each is started again half a second later, as by the launcher, and may live a while before the next
one is killed. What was played outlives the piano, so a recorder that is started again has it in its
bag, whatever died before.
"""

import random
import time
from pathlib import Path

import pytest

from descant.bags.reader import read
from descant.performance.recompute import verify
from support.graph import domain_id
from support.midifiles import write_midi_file
from support.node import NodeProcess

pytestmark = [pytest.mark.graph, pytest.mark.timeout(400)]

PROFILE = Path(__file__).parents[2] / "config" / "fastdds.xml"
NODES = ("piano", "learner", "conductor", "recorder")
RESPAWN_S = 0.5
RETURN_S = 90.0  # a few seconds on a quiet machine
# A node that is killed while it starts has delivered nothing to the others, nor they to it.
LIFE_S = (3.0, 6.0)
STARTED = {
    "piano": "playing", "learner": "caught up", "conductor": "part ", "recorder": "recording to",
}  # fmt: skip
RATES = {"sparse": 12, "dense": 60}  # notes a second; with the dense ones topics keep not all


def music(folder: Path, rate: int) -> Path:
    """Two minutes of single notes over a bass, with a pedal now and then."""
    messages: list[tuple[float, tuple[int, ...]]] = []
    for n in range(120 * rate):
        key, at = 60 + n % 24, n / rate
        messages += [(at, (0x90, key, 70)), (at + 0.6 / rate, (0x80, key, 64))]
        if n % 3 == 0:
            messages.append((at, (0xB0, 64, n % 128)))
        if n % rate == 0:
            messages += [(at, (0x90, 40, 70)), (at + 0.4, (0x80, 40, 64))]
    return write_midi_file(folder / "music.mid", [sorted(messages)])


class Graph:
    """The four nodes, each started again under the same name."""

    def __init__(self, folder: Path, rate: int) -> None:
        self._domain = domain_id()
        self._parameters = {
            "piano": {"source": f"file:{music(folder, rate)}", "listeners_timeout": 1.0},
            "recorder": {"bag": folder / "bag", "reserve": 1},
        }
        self._running: dict[str, NodeProcess] = {}
        self.logs: list[str] = []
        for name in reversed(NODES):
            self.start(name)
        self._running["piano"].says(STARTED["piano"], RETURN_S)

    def start(self, name: str) -> None:
        """Start a node, or start it again."""
        self._running[name] = NodeProcess(name, self._domain, self._parameters.get(name, {}))

    def kill(self, name: str) -> None:
        """SIGKILL, and half a second later the next process."""
        self._running[name].kill()
        self._leave(name)
        time.sleep(RESPAWN_S)
        self.start(name)
        self._running[name].says(STARTED[name], RETURN_S)

    def stop(self) -> None:
        """End all of them in order, the recorder last."""
        for name in NODES:
            self._running[name].stop()
            self._leave(name)

    def close(self) -> None:
        """End what still runs."""
        for name in list(self._running):
            if self._running[name].process.poll() is None:
                self._running[name].kill()
            self._leave(name)

    def _leave(self, name: str) -> None:
        gone = self._running.pop(name)
        self.logs += [f"{name}: {line}" for line in gone.output().splitlines()]
        gone.log.unlink()


def order(seed: int, kills: int) -> list[str]:
    """Who is killed, one after the other: each of the four at least once in the first four."""
    chance = random.Random(seed)
    first = chance.sample(NODES, len(NODES))
    return [*first, *chance.choices(NODES, k=max(0, kills - len(NODES)))][:kills]


def show(folder: Path, seed: int, rate: int, kills: int) -> None:
    """One performance with its kills; every bag of it verifies."""
    chance, killed = random.Random(-seed), order(seed, kills)
    graph = Graph(folder, rate)
    try:
        time.sleep(LIFE_S[1])
        for name in killed:
            graph.kill(name)
            time.sleep(chance.uniform(*LIFE_S))
        graph.stop()
    finally:
        graph.close()
    bags = sorted(folder.glob("bag*"))
    assert len(bags) == 1 + killed.count("recorder")
    for bag in bags:
        recording = read(bag)
        assert recording.states, (killed, bag.name, graph.logs)
        found = {verdict.run: verdict.difference for verdict in verify(recording)}
        assert set(found.values()) == {None}, (killed, bag.name, found, graph.logs)


@pytest.fixture(autouse=True)
def _profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fast DDS as the launch files have it: heartbeats tell soon what is not for who joins."""
    monkeypatch.setenv("FASTRTPS_DEFAULT_PROFILES_FILE", str(PROFILE))


@pytest.mark.proof
@pytest.mark.parametrize("density", RATES)
@pytest.mark.parametrize("seed", range(10))
def test_every_bag_verifies(tmp_path: Path, seed: int, density: str) -> None:
    show(tmp_path, seed, RATES[density], kills=6)
