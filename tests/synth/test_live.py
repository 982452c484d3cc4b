# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The live synthesiser: real sinks, dying and coming back."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.errors import UserError
from descant.synth import live
from descant.synth.engine import SynthCommand
from descant.synth.live import LiveSynth, SinkStatus
from descant.synth.settings import SynthSettings
from descant.synth.sinks.base import Pull, Sink
from descant.synth.sinks.wav_recording import hidden
from support.jack import JackServer, jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.notes import off, on
from support.smalldisk import fill, small_disk
from support.sound import RATE, cents, jumps, partial_near, smoothest
from support.states import state

PORTS = ("descant:out_1", "descant:out_2")


def maintained(
    synth: LiveSynth, condition: Callable[[], bool], what: str, timeout: float = 20.0
) -> float:
    """Maintain the synthesiser until `condition`; returns the seconds it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + timeout, f"waited {timeout} s in vain for {what}"
        synth.maintain(time.monotonic())
        time.sleep(0.05)
    return time.monotonic() - start


def enter(monkeypatch: pytest.MonkeyPatch, server: JackServer) -> None:
    for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
        monkeypatch.setenv(name, server.environment[name])


def test_a_wav_file_holds_what_was_played(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    synth = LiveSynth(SynthSettings(sink=f"wav:{path}"), time.monotonic())
    assert synth.sink_state.status is SinkStatus.SOUNDING
    synth.add(on(0, 69, 1, 100))
    synth.add(state(0, 0.25, 1))
    maintained(synth, lambda: soundfile.info(hidden(path)).frames > 1.5 * RATE, "1.5 s of sound")
    assert synth.report().voices == 1
    synth.close()
    heard, _ = soundfile.read(path)
    part = heard[round(0.2 * RATE) : round(1.4 * RATE)].sum(axis=1)
    for expected in (440.0, 1_100.0, 1_650.0, 2_200.0):
        assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0


def test_closing_fades_out_without_a_click(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    synth = LiveSynth(SynthSettings(sink=f"wav:{path}"), time.monotonic())
    synth.add(on(0, 60, 1, 127))
    maintained(synth, lambda: soundfile.info(hidden(path)).frames > 0.5 * RATE, "half a second")
    start = time.monotonic()
    synth.close()
    assert time.monotonic() - start < 1.0
    heard = soundfile.read(path)[0].sum(axis=1)
    assert not heard[-1]
    sounding = np.flatnonzero(heard)[-1]
    steady = jumps(heard[sounding - 9_600 : sounding - 2_400])
    end = jumps(heard[sounding - 1_200 :])
    assert end[0] <= 1.05 * steady[0]
    assert end[1] <= 2.0 * steady[1]


def test_a_wav_file_that_cannot_be_written_is_reported_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    synth = LiveSynth(SynthSettings(sink=f"wav:{tmp_path}/file/a.wav"), time.monotonic())
    assert synth.sink_state.status is SinkStatus.LOST
    assert "cannot write" in synth.sink_state.message
    synth.add(on(0, 60, 1))
    (tmp_path / "file").unlink()
    maintained(synth, lambda: synth.sink_state.status is SinkStatus.SOUNDING, "the file")
    assert synth.report().voices == 0, "what was struck while nothing sounded stays silent"
    synth.close()


def test_a_full_disk_ends_the_file_and_not_the_synth(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 18_000) as disk:
        synth = LiveSynth(SynthSettings(sink=f"wav:{disk}/a.wav"), time.monotonic())
        maintained(synth, lambda: soundfile.info(hidden(disk / "a.wav")).frames > 0, "sound")
        filler = fill(disk, leave=0)
        maintained(synth, lambda: synth.sink_state.status is SinkStatus.LOST, "the full disk")
        assert "No space left on device; trying again" in synth.sink_state.message
        maintained(synth, lambda: "16 MB are free" in synth.sink_state.message, "an attempt")
        filler.unlink()
        maintained(synth, lambda: synth.sink_state.status is SinkStatus.SOUNDING, "the next file")
        assert soundfile.info(disk / "a.wav").frames > 0
        assert len([r for r in caplog.records if r.levelname == "WARNING"]) == 2
        synth.close()


def test_none_keeps_time_and_levels_but_says_it_is_silent() -> None:
    synth = LiveSynth(SynthSettings(sink="none"), time.monotonic())
    assert (synth.sink_state.status, synth.sink_state.sink) == (SinkStatus.SILENT, "none")
    synth.add(on(0, 60, 1, 127))
    maintained(synth, lambda: synth.report().held == 1, "the note")
    synth.add(SynthCommand.RELEASE_ALL)
    maintained(synth, lambda: synth.report().voices == 0, "its end")
    synth.close()


def test_a_sink_that_is_not_understood_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="parameter 'sink' must be auto, jack"):
        LiveSynth(SynthSettings(sink="gramophone"), 0.0)


def test_new_parameters_hold_from_the_next_note_on() -> None:
    synth = LiveSynth(
        SynthSettings(sink="none", decay_bass=60.0, decay_treble=60.0), time.monotonic()
    )
    synth.change(SynthSettings(sink="none", decay_bass=0.4, decay_treble=0.4))
    synth.add(on(0, 60, 1))
    maintained(synth, lambda: synth.report().voices == 1, "the note")
    maintained(synth, lambda: synth.report().voices == 0, "its end")
    synth.close()


class SlowSink(Sink):
    """Calls for samples only when a test does."""

    name, sample_rate, period = "slow", RATE, 256

    def start(self, pull: Pull) -> None:
        pass

    def close(self) -> None:
        pass


def test_only_a_sink_that_was_just_opened_may_be_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """JACK calls a new client first after up to its timeout, where others are late."""
    sink = SlowSink()
    monkeypatch.setattr(live, "open_sink", lambda _settings, _memory: (sink, "slow"))
    synth = LiveSynth(SynthSettings(sink="jack"), 0.0)
    for now in (1.5, 4.5):
        synth.maintain(now)
        assert synth.sink_state.status is SinkStatus.SOUNDING
    sink.pulls += 1
    for now in (5.9, 6.5, 6.8):
        synth.maintain(now)
        assert synth.sink_state.status is SinkStatus.SOUNDING
    synth.maintain(7.0)
    assert (
        synth.sink_state.message == "slow has asked for no samples for more than 1 s; trying again"
    )
    synth.close()


@pytest.mark.jack
@needs_jack
@pytest.mark.parametrize("period", [64, 256, 1_024])
def test_jack_receives_the_partials(monkeypatch: pytest.MonkeyPatch, period: int) -> None:
    with jack_server(period=period) as server:
        enter(monkeypatch, server)
        synth = LiveSynth(SynthSettings(sink="jack"), time.monotonic())
        with jack_recording(server, *PORTS) as recording:
            synth.add(on(0, 69, 1, 100))
            synth.add(state(0, 0.1, 1))
            maintained(synth, lambda: recording.samples().shape[1] > 1.6 * RATE, "1.6 s")
            heard = recording.samples().sum(axis=0).astype(float)
        synth.close()
    # Short, to fit between the holes that a busy machine leaves at 64 frames a period.
    part = smoothest(heard[np.flatnonzero(heard)[0] + 9_600 :], RATE // 7)
    for expected in (440.0, 968.0, 1_452.0, 1_936.0):
        assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0


@pytest.mark.jack
@needs_jack
def test_a_killed_jack_is_noticed_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server() as server:
        enter(monkeypatch, server)
        synth = LiveSynth(SynthSettings(sink="jack"), time.monotonic())
        synth.add(on(0, 60, 1))
        maintained(synth, lambda: synth.report().voices == 1, "the note")
        server.kill()
        took = maintained(synth, lambda: synth.sink_state.status is SinkStatus.LOST, "the loss")
        assert took < 2.0
        assert "JACK" in synth.sink_state.message
        synth.add(off(0, 60, 1))
        with jack_server(name=server.name) as again:
            maintained(
                synth, lambda: synth.sink_state.status is SinkStatus.SOUNDING, "JACK's return"
            )
            assert synth.sink_state.restarts == 1
            with jack_recording(again, *PORTS) as recording:
                synth.add(on(0, 64, 2))
                maintained(synth, lambda: bool(recording.samples().any()), "sound again")
            synth.close()


@pytest.mark.jack
@needs_jack
def test_another_sample_rate_after_the_return_is_in_tune(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server() as server:
        enter(monkeypatch, server)
        synth = LiveSynth(SynthSettings(sink="jack"), time.monotonic())
        server.kill()
        maintained(synth, lambda: synth.sink_state.status is SinkStatus.LOST, "the loss")
        with jack_server(name=server.name, sample_rate=44_100, period=128) as again:
            maintained(
                synth, lambda: synth.sink_state.status is SinkStatus.SOUNDING, "JACK's return"
            )
            assert synth.sink_state.sample_rate == 44_100
            with jack_recording(again, *PORTS) as recording:
                synth.add(on(0, 69, 1))
                maintained(synth, lambda: recording.samples().shape[1] > 120_000, "sound")
                heard = smoothest(recording.samples()[0, 20_000:].astype(float), 15_000)
            synth.close()
    assert abs(cents(partial_near(heard, 440.0, 44_100)[0], 440.0)) < 2.0
