# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write the sound alone as a WAV file, and the frames alone as PNG files."""

from __future__ import annotations

import contextlib
from pathlib import Path

from descant.arrays import Pixels, Samples
from descant.errors import UserError
from descant.render.outputs import OutputKind, Target, existing_frames, write_errors
from descant.synth.sinks.wav_file import MOST_SAMPLES, WavFile
from descant.whole_file import Unfinished, UnfinishedFolder

COMPRESSION = 3  # of zlib's 1 .. 9: half the time of the default, a tenth more bytes


class WavOutput:
    """A WAV file being written, stereo, 24 bits; see `outputs.Output`."""

    def __init__(self, path: Path, sample_rate: int, length: int) -> None:
        """`length` is the number of samples that will be written."""
        if length > MOST_SAMPLES:
            hours = MOST_SAMPLES / sample_rate / 3600
            raise UserError(f"{path}: a WAV file holds at most {hours:.1f} hours: choose --to")
        self.path = path
        with write_errors(path), contextlib.ExitStack() as failing:
            self._file = Unfinished(path)
            failing.callback(self._file.abort)
            self._wav = WavFile(self._file.path, sample_rate)
            failing.pop_all()

    def write_frame(self, pixels: Pixels) -> None:
        """A sound has no frames."""

    def write_samples(self, samples: Samples) -> None:
        """See `Output.write_samples`."""
        with write_errors(self.path):
            self._wav.write(samples[0], samples[1])

    def finish(self) -> None:
        """See `Output.finish`."""
        with write_errors(self.path):
            self._wav.flush()
            self._wav.close()
            self._file.finish()

    def abort(self) -> None:
        """See `Output.abort`."""
        self._wav.close()  # a second time does nothing
        self._file.abort()


class PngOutput:
    """PNG files being written, numbered from 0, or a single one; see `outputs.Output`.

    Older frames of the same pattern are replaced, and removed, when the new ones are complete.
    """

    def __init__(self, target: Target) -> None:
        self.path = target.path
        self._numbered = target.kind is OutputKind.PNG
        self._older = existing_frames(target) if self._numbered else []
        self._count = 0
        with write_errors(self.path):
            self._folder = UnfinishedFolder(self.path.parent)

    def write_frame(self, pixels: Pixels) -> None:
        """See `Output.write_frame`."""
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        upright = cv2.flip(cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGR), 0)
        data = cv2.imencode(".png", upright, [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION])[1]
        with write_errors(self._place(self._count)):
            (self._folder.path / self._place(self._count).name).write_bytes(data.tobytes())
        self._count += 1

    def write_samples(self, samples: Samples) -> None:
        """Frames have no sound."""

    def finish(self) -> None:
        """See `Output.finish`; frames that an older, longer film left are removed."""
        with write_errors(self.path):
            self._folder.finish()
            for path in set(self._older).difference(map(self._place, range(self._count))):
                path.unlink(missing_ok=True)

    def abort(self) -> None:
        """See `Output.abort`."""
        self._folder.abort()

    def _place(self, number: int) -> Path:
        return self.path.with_name(self.path.name % number) if self._numbered else self.path
