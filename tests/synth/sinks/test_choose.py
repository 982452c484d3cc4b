# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which sink is opened for which words."""

from pathlib import Path

import pytest

from descant.errors import UserError
from descant.synth.settings import SynthSettings
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.choose import check, open_sink
from support.jack import jack_server, needs_jack


@pytest.fixture
def no_jack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "descant-no-such-server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")


@pytest.mark.parametrize(
    "sink", ["auto", "jack", "portaudio", "portaudio:USB: Audio", "wav:a:b.wav", "none"]
)
def test_words_that_are_understood(sink: str) -> None:
    check(sink)


@pytest.mark.parametrize("sink", ["", "loudspeaker", "wav", "wav:", "wav:-", "jack:8", "none:"])
def test_words_that_are_not(sink: str) -> None:
    with pytest.raises(UserError, match=r"must be auto, jack, .*, not '"):
        check(sink)


@pytest.mark.usefixtures("no_jack")
def test_auto_without_any_device_is_none_and_says_why() -> None:
    sink, line = open_sink(SynthSettings(sink="auto"))
    sink.close()
    if sink.name == "portaudio":
        pytest.skip("this machine has a sound card")
    assert sink.name == "none"
    assert line.startswith("nothing will be heard: no JACK server is running; PortAudio ")


@pytest.mark.usefixtures("no_jack")
def test_jack_without_a_server_is_one_line() -> None:
    with pytest.raises(SinkError, match="no JACK server is running"):
        open_sink(SynthSettings(sink="jack"))


def test_a_device_that_is_not_there_is_one_line() -> None:
    with pytest.raises(SinkError, match="no output device"):
        open_sink(SynthSettings(sink="portaudio:no such loudspeaker"))


def test_a_wav_file_says_where(tmp_path: Path) -> None:
    sink, line = open_sink(SynthSettings(sink=f"wav:{tmp_path}/a.wav"))
    sink.close()
    assert line == f"sound goes to wav:{tmp_path}/a.wav at 48000 Hz"


@pytest.mark.jack
@needs_jack
def test_auto_takes_jack_where_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server(sample_rate=44_100, period=128) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        monkeypatch.setenv("JACK_NO_START_SERVER", "1")
        sink, line = open_sink(SynthSettings(sink="auto"))
        sink.close()
    assert line == "sound goes to jack at 44100 Hz, 128 frames a period"
