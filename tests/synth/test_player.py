"""The live synthesiser: real sinks, dying and coming back."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.errors import UserError
from descant.synth.engine import Order
from descant.synth.player import Player, Status
from descant.synth.settings import SynthSettings
from support.jack import JackServer, jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.notes import off, on
from support.sound import RATE, cents, jumps, partial_near, smoothest
from support.states import state

PORTS = ("descant:out_1", "descant:out_2")


def tended(
    player: Player, condition: Callable[[], bool], what: str, timeout: float = 20.0
) -> float:
    """Tend the player until `condition`; returns the seconds it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + timeout, f"waited {timeout} s in vain for {what}"
        player.tend(time.monotonic())
        time.sleep(0.05)
    return time.monotonic() - start


def enter(monkeypatch: pytest.MonkeyPatch, server: JackServer) -> None:
    for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
        monkeypatch.setenv(name, server.environment[name])


def test_a_wav_file_holds_what_was_played(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    player = Player(SynthSettings(sink=f"wav:{path}"), time.monotonic())
    assert player.condition.status is Status.SOUNDING
    player.play(on(0, 69, 1, 100))
    player.play(state(0, 0.25, 1))
    tended(player, lambda: soundfile.info(path).frames > 1.5 * RATE, "1.5 s of sound")
    assert player.report().voices == 1
    player.close()
    heard, _ = soundfile.read(path)
    part = heard[round(0.2 * RATE) : round(1.4 * RATE)].sum(axis=1)
    for expected in (440.0, 1_100.0, 1_650.0, 2_200.0):
        assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0


def test_closing_fades_out_without_a_click(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    player = Player(SynthSettings(sink=f"wav:{path}"), time.monotonic())
    player.play(on(0, 60, 1, 127))
    tended(player, lambda: soundfile.info(path).frames > 0.5 * RATE, "half a second")
    start = time.monotonic()
    player.close()
    assert time.monotonic() - start < 1.0
    heard = soundfile.read(path)[0].sum(axis=1)
    assert not heard[-1]
    sounding = np.flatnonzero(heard)[-1]
    steady = jumps(heard[sounding - 9_600 : sounding - 2_400])
    end = jumps(heard[sounding - 1_200 :])
    assert end[0] <= 1.05 * steady[0]
    assert end[1] <= 2.0 * steady[1]


def test_a_wav_file_that_cannot_be_written_is_said_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    player = Player(SynthSettings(sink=f"wav:{tmp_path}/file/a.wav"), time.monotonic())
    assert player.condition.status is Status.LOST
    assert "cannot write" in player.condition.message
    player.play(on(0, 60, 1))
    (tmp_path / "file").unlink()
    tended(player, lambda: player.condition.status is Status.SOUNDING, "the file")
    assert player.report().voices == 0, "what was struck while nothing sounded stays silent"
    player.close()


def test_none_keeps_time_and_levels_but_says_it_is_silent() -> None:
    player = Player(SynthSettings(sink="none"), time.monotonic())
    assert (player.condition.status, player.condition.sink) == (Status.SILENT, "none")
    player.play(on(0, 60, 1, 127))
    tended(player, lambda: player.report().held == 1, "the note")
    player.play(Order.RELEASE)
    tended(player, lambda: player.report().voices == 0, "its end")
    player.close()


def test_a_sink_that_is_not_understood_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="parameter 'sink' must be auto, jack"):
        Player(SynthSettings(sink="gramophone"), 0.0)


def test_new_parameters_hold_from_the_next_note_on() -> None:
    player = Player(
        SynthSettings(sink="none", decay_bass=60.0, decay_treble=60.0), time.monotonic()
    )
    player.change(SynthSettings(sink="none", decay_bass=0.4, decay_treble=0.4))
    player.play(on(0, 60, 1))
    tended(player, lambda: player.report().voices == 1, "the note")
    tended(player, lambda: player.report().voices == 0, "its end")
    player.close()


@pytest.mark.jack
@needs_jack
@pytest.mark.parametrize("period", [64, 256, 1_024])
def test_jack_hears_the_partials(monkeypatch: pytest.MonkeyPatch, period: int) -> None:
    with jack_server(period=period) as server:
        enter(monkeypatch, server)
        player = Player(SynthSettings(sink="jack"), time.monotonic())
        with jack_recording(server, *PORTS) as recording:
            player.play(on(0, 69, 1, 100))
            player.play(state(0, 0.1, 1))
            tended(player, lambda: recording.samples().shape[1] > 1.6 * RATE, "1.6 s")
            heard = recording.samples().sum(axis=0).astype(float)
        player.close()
    # Short, to fit between the holes that a busy machine leaves at 64 frames a period.
    part = smoothest(heard[np.flatnonzero(heard)[0] + 9_600 :], RATE // 7)
    for expected in (440.0, 968.0, 1_452.0, 1_936.0):
        assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0


@pytest.mark.jack
@needs_jack
def test_a_killed_jack_is_noticed_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server() as server:
        enter(monkeypatch, server)
        player = Player(SynthSettings(sink="jack"), time.monotonic())
        player.play(on(0, 60, 1))
        tended(player, lambda: player.report().voices == 1, "the note")
        server.kill()
        took = tended(player, lambda: player.condition.status is Status.LOST, "the loss")
        assert took < 2.0
        assert "JACK" in player.condition.message
        player.play(off(0, 60, 1))
        with jack_server(name=server.name) as again:
            tended(player, lambda: player.condition.status is Status.SOUNDING, "JACK's return")
            assert player.condition.restarts == 1
            with jack_recording(again, *PORTS) as recording:
                player.play(on(0, 64, 2))
                tended(player, lambda: bool(recording.samples().any()), "sound again")
            player.close()


@pytest.mark.jack
@needs_jack
def test_another_sample_rate_after_the_return_is_in_tune(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server() as server:
        enter(monkeypatch, server)
        player = Player(SynthSettings(sink="jack"), time.monotonic())
        server.kill()
        tended(player, lambda: player.condition.status is Status.LOST, "the loss")
        with jack_server(name=server.name, sample_rate=44_100, period=128) as again:
            tended(player, lambda: player.condition.status is Status.SOUNDING, "JACK's return")
            assert player.condition.sample_rate == 44_100
            with jack_recording(again, *PORTS) as recording:
                player.play(on(0, 69, 1))
                tended(player, lambda: recording.samples().shape[1] > 120_000, "sound")
                heard = smoothest(recording.samples()[0, 20_000:].astype(float), 15_000)
            player.close()
    assert abs(cents(partial_near(heard, 440.0, 44_100)[0], 440.0)) < 2.0
