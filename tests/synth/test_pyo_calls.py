# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The private corner of pyo that is used while playing, and what happens without it."""

import pyo
import pytest

from descant.synth import bus, paper_voice, voice_bank
from descant.synth.pyo_calls import core
from descant.synth.settings import SynthSettings
from support.notes import off, on
from support.sound import render_notes
from support.states import state


def test_this_pyo_has_the_objects_with_the_calls_that_are_made() -> None:
    server = pyo.Server(audio="manual", duplex=0)
    server.setVerbosity(1)
    server.deactivateMidi()
    server.boot()
    try:
        thing = pyo.Sig(0.5)
        assert core(thing) is not thing
        for call in ("setMul", "setAdd", "play", "stop"):
            assert callable(getattr(core(thing), call))
    finally:
        server.shutdown()


def test_a_thing_without_cores_is_its_own() -> None:
    assert core("nothing of pyo's") == "nothing of pyo's"


def test_without_the_private_calls_it_sounds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [on(0, 60, 1), on(50, 64, 2), off(200, 60, 1)]
    states = [state(60, 0.2, 1, 2)]
    settings = SynthSettings(voices=2)
    quick = render_notes(notes, states, settings, tail=0.2)
    for module in (voice_bank, paper_voice, bus):
        monkeypatch.setattr(module, "core", lambda thing: thing)
    public = render_notes(notes, states, settings, tail=0.2)
    assert quick.any()
    assert abs(quick - public).max() < 1e-6
