# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's synthesiser by itself in a browser, rendered as fast as can be."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.page import assembly
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.types import Note, Pedal, State
from support.browser import Browser

RATE = 48_000
SHORTEST_LINE = 0.005
"""Seconds of the shortest line of a level: a stolen note's fade."""

_RENDER = """
const [settings, seconds, rate, body, done] = arguments;
(async () => {
  const sound = Sound.offline(settings, seconds, rate);
  new Function("sound", "settings", body)(sound, settings);
  const began = performance.now();
  const buffer = await sound.render();
  const took = performance.now() - began;
  const channels = [0, 1].map((channel) => {
    const bytes = new Uint8Array(buffer.getChannelData(channel).buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) {
      text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    }
    return btoa(text);
  });
  done({ channels, took });
})().catch((error) => done({ error: String(error.stack) }));
"""


def write_sound_page(path: Path, settings: dict[str, Any] | None = None, body: str = "") -> Path:
    """A page that has nothing but the synthesiser and a button, and runs `body` when loaded."""
    script = assembly.joined("ui/sound.js")
    path.write_text(
        '<!doctype html><meta charset="utf-8"><title>Sound</title><button>Touch</button>'
        f'<script type="module">{script}\nObject.assign(window, {{ Sound, VoiceAllocator }});'
        f"const settings = {json.dumps(settings)};\n{body}</script>",
        encoding="utf-8",
    )
    return path


def settings_json(**changes: Any) -> dict[str, Any]:
    """The synthesiser's settings as the page has them."""
    return SynthSettings(**changes).values()


def render_page_sound(
    browser: Browser, body: str, settings: dict[str, Any], seconds: float, rate: int = RATE
) -> NDArray[np.float32]:
    """What the JavaScript `body` lets `sound` play, as an array (2, frames)."""
    result = browser.driver.execute_async_script(_RENDER, settings, seconds, rate, body)
    assert "error" not in result, result["error"]
    return np.stack([np.frombuffer(base64.b64decode(c), np.float32) for c in result["channels"]])


def playing(events: Iterable[Note | Pedal | State]) -> str:
    """JavaScript that lets `sound` take events at their times."""
    return "".join(f"sound.at({e.time_ns / 1e9!r});{taking(e)}" for e in events)


def taking(event: Note | Pedal | State) -> str:
    """JavaScript that lets `sound` take an event."""
    if isinstance(event, State):
        return f"sound.state({json.dumps(event_json(event))});"
    return f"sound.take({json.dumps(event_json(event))});"


def event_json(event: Note | Pedal | State) -> dict[str, Any]:
    """An event as the page's core has it."""
    if isinstance(event, Pedal):
        pedal = {"pedal": event.pedal, "value": event.value}
        return {"kind": "pedal", "timeNs": event.time_ns, **pedal}
    if isinstance(event, State):
        state = {"loss": event.loss, "residual": event.residual, "notes": list(event.notes)}
        return {"kind": "state", "timeNs": event.time_ns, "gradient": [], "theta": [], **state}
    note = {"id": event.id, "on": event.on, "key": event.key, "velocity": event.velocity}
    return {"kind": "note", "timeNs": event.time_ns, **note, "velocity14bit": event.velocity_14bit}


def bend_bound(keys: Iterable[int], stretch: float, rate: int = RATE) -> float:
    """The largest second difference of notes of these keys, all at full velocity.

    The level g moves on lines no shorter than SHORTEST_LINE, so it turns by at most 2 g / n in a
    sample, and moves by g / n; a partial a sin(w t) bends by at most a w^2 and moves by a w. The
    sum of g'' w + 2 g' w' + g w'' is the bound. A jump of the samples is a bend of its size.
    """
    settings = SynthSettings()
    amplitudes = settings.partial_balance
    level = 10 ** (settings.level / 20) / sum(amplitudes)
    n = SHORTEST_LINE * rate
    bound = 0.0
    for key in keys:
        base = 2 * math.pi * key_frequency(key, settings.a4) / rate
        turns = [base * k * (1 + stretch if k > 1 else 1) for k in range(1, len(amplitudes) + 1)]
        moves = sum(a * w for a, w in zip(amplitudes, turns, strict=True))
        bends = sum(a * w * w for a, w in zip(amplitudes, turns, strict=True))
        bound += level * (2 * sum(amplitudes) / n + 2 * moves / n + bends)
    return bound
