# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""docs/extend/signal.md: its code adds a signal, and a programme can use it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant import signals
from descant.parameters import ParameterError
from descant.programme.reading import read_programme
from support.pages import ROOT, blocks
from support.staging import state

PAGE = "docs/extend/signal.md"


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page's signal, for one test."""
    monkeypatch.setattr(signals, "PLAIN", dict(signals.PLAIN))
    signals.parse_signals.cache_clear()
    [code] = blocks(PAGE, "python")
    exec(code, {})
    yield
    signals.parse_signals.cache_clear()


def test_it_has_a_value(added: None) -> None:
    (signal,) = signals.parse_signals("0.8 * root_loss + 0.1 * loss")
    for loss in (0.25, math.inf):
        value = signals.signal_value(signal, state()._replace(loss=loss))
        assert value == 0.8 * math.sqrt(loss) + 0.1 * loss
    assert math.isnan(signals.signal_value(signal, state()._replace(loss=math.nan)))


def programme(folder: Path) -> Path:
    """The copied programme with the page's line in its first part."""
    [line] = blocks(PAGE, "yaml")
    copied = (ROOT / "share" / "programmes" / "paper.yaml").read_text(encoding="utf-8")
    head, family, tail = copied.partition("    family: cubic\n")
    mine = folder / "mine.yaml"
    mine.write_text(head + family + line + tail, encoding="utf-8")
    return mine


def test_a_programme_uses_it(added: None, tmp_path: Path) -> None:
    read, mistakes = read_programme(programme(tmp_path))
    assert mistakes == []
    assert read is not None
    assert read.part(1).synth["detune"] == "0.8 * root_loss"


def test_without_the_code_there_is_none(tmp_path: Path) -> None:
    _, [mistake] = read_programme(programme(tmp_path))
    assert "no signal 'root_loss'" in mistake.text
    with pytest.raises(ParameterError, match="no signal 'root_loss'"):
        signals.parse_signals("root_loss")
