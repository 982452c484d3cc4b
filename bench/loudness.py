# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How loud the voices are: performances rendered with `bright` beside `paper`.

    python bench/loudness.py [FILE.mid ...] [--to 60]

Integrated loudness by ITU-R BS.1770 (pyloudnorm), the highest sample, and the share of the power
that lies above 3.5 kHz, of part 1 of each file; without a file the bundled performance.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import click
import numpy as np
import pyloudnorm
import soundfile
from results import Row, show

from descant.resources import resource

DESCANT = Path(sys.prefix) / "bin" / "descant"
HIGH_HZ = 3_500.0
VOICES = ("paper", "bright")


def figures(path: Path) -> tuple[float, float, float]:
    """Loudness in LUFS, peak in dBFS, and power above `HIGH_HZ` in dB of all."""
    sound, rate = soundfile.read(path)
    power = np.abs(np.fft.rfft(sound.sum(axis=1))) ** 2
    high = power[int(HIGH_HZ * len(sound) / rate) :].sum() / power.sum()
    loudness = pyloudnorm.Meter(rate).integrated_loudness(sound)
    return loudness, 20 * np.log10(np.abs(sound).max()), 10 * np.log10(high)


def measure(midi: Path, to: str) -> list[Row]:
    """The rows of one performance."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for voice in VOICES:
            wav = Path(folder) / f"{voice}.wav"
            words = ["--part", "1", "--to", to, "--set", f"synth.voice={voice}", "-o", str(wav)]
            quiet = subprocess.DEVNULL
            subprocess.run([str(DESCANT), "render", str(midi), *words], check=True, stdout=quiet)
            found[voice] = figures(wav)
    paper, bright = (found[voice] for voice in VOICES)
    names = (("loudness", "LUFS"), ("highest sample", "dBFS"), ("power above 3.5 kHz", "dB"))
    return [
        Row(f"{midi.stem}: {what}, bright", ours, "paper", theirs, unit)
        for (what, unit), ours, theirs in zip(names, bright, paper, strict=True)
    ]


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", default="60", show_default=True, help="seconds of each file")
def main(files: tuple[Path, ...], to: str) -> None:
    """Measure and print."""
    bundled = resource("midi", "performance.mid")
    rows = [row for midi in files or (bundled,) for row in measure(midi, to)]
    show("Loudness of the voices", rows, f"part 1, the first {to} s")


if __name__ == "__main__":
    main()
