# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The forms of the parameter `source` of the piano."""

import pytest

from descant.parameters import ParameterError
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.resources import SourceName


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("auto", SourceName("auto", "")),
        ("port:Disklavier", SourceName("port", "Disklavier")),
        # a name may hold colons
        ("port: USB: MIDI 2 ", SourceName("port", "USB: MIDI 2")),
        ("file:/a b/x.mid", SourceName("file", "/a b/x.mid")),
        ("virtual:descant", SourceName("virtual", "descant")),
    ],
)
def test_the_four_kinds_of_source(text, source):
    assert parse_midi_source(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "",  # nothing
        "port:",  # no name
        "auto:x",  # auto takes none
        "midi:x",  # no such kind
        "show.mid",  # a path without 'file:'
    ],
)
def test_a_source_that_is_none_of_them_is_refused_with_the_four_kinds(text):
    with pytest.raises(ParameterError, match=r"source.*port:.*file:.*virtual:.*auto"):
        PianoSettings(source=text)


def test_a_path_of_the_home_folder_is_resolved():
    assert "~" not in str(parse_midi_source("file:~/show.mid").path)


def test_every_parameter_is_described():
    for name, descriptor in PianoSettings.descriptors().items():
        assert descriptor.description, name
