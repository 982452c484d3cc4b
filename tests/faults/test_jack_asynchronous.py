# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""In JACK's default, asynchronous mode a client that is killed costs a period at most."""

import random
import time
from collections.abc import Callable

import pytest

from support.graph import domain_id
from support.jack import jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.node import node, wait_until
from support.sound import RATE

pytestmark = [pytest.mark.proof, pytest.mark.graph, pytest.mark.jack, needs_jack]
PERIOD = 1_024
KILLS = 20
BUSY_S = 0.02  # this recorder is Python, and the server has no real-time priority here


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["piano", "synth"])
def test_a_kill_at_any_point_of_the_period_costs_a_period(
    monkeypatch: pytest.MonkeyPatch, name: str, record_property: Callable[[str, object], None]
) -> None:
    parameters = {"piano": {"source": "virtual:descant"}, "synth": {"sink": "jack"}}
    draw, longest = random.Random(1), 0.0
    with jack_server(period=PERIOD) as server:
        for variable in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(variable, server.environment[variable])
        with node("synth", domain_id(), {"sink": "jack"}) as heard:
            heard.says("connected to system")
            with jack_recording(server, "descant:out_1") as recording:
                for kill in range(KILLS):
                    before = len(server.ports())
                    with node(name, domain_id(), parameters[name]) as victim:
                        wait_until(lambda b=before: len(server.ports()) > b, f"the {name}'s ports")
                        time.sleep(0.2 + (kill + draw.random()) / KILLS * PERIOD / RATE)
                        start = recording.frames
                        victim.kill()
                        end = start + RATE // 2
                        wait_until(lambda e=end: recording.frames > e, "half a second")
                        longest = max(longest, recording.held_up_s(start))
    record_property("longest stop of JACK, ms", 1_000 * longest)
    assert longest < PERIOD / RATE + BUSY_S
