"""Sound alone as a WAV file, and frames alone as PNG files."""

from __future__ import annotations

from pathlib import Path

from descant.errors import UserError
from descant.render.outputs import Kind, Pixels, Samples, Target, aside, frames_of, remove, writing
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.wav_file import WavFile

FASTER = 3  # of zlib's 1 .. 9: half the time of the usual, a tenth more bytes


class Wav:
    """A WAV file being written, stereo, 24 bits; see `outputs.Output`."""

    def __init__(self, path: Path, sample_rate: int) -> None:
        self.path = path
        self._part = aside(path)
        self._part.unlink()  # WavFile would move it out of the way
        self._samples = 0
        try:
            self._file = WavFile(self._part, sample_rate, interval=1e6)
        except SinkError as error:
            raise UserError(str(error)) from None

    def frame(self, pixels: Pixels) -> None:
        """A sound has no frames."""

    def sound(self, samples: Samples) -> None:
        """The next samples; see `Output.sound`."""
        try:
            self._file.write(samples[0], samples[1])
        except SinkError as error:
            raise UserError(str(error).replace(str(self._part), str(self.path))) from None
        self._samples += samples.shape[1]

    def finish(self) -> None:
        """Complete the file under its name."""
        self._file.close()
        with writing(self.path):
            if self._part.stat().st_size < 6 * self._samples:  # 24 bits, stereo
                raise UserError(f"cannot write {self.path}: the disk is full")
            self._part.replace(self.path)

    def abort(self) -> None:
        """Leave nothing behind."""
        self._file.close()  # a second time does no harm
        remove(self._part)


class Frames:
    """PNG files being written, numbered from 0, or a single one; see `outputs.Output`.

    Each is whole as soon as it has its name. Older frames of the same pattern are removed when
    the new ones are complete.
    """

    def __init__(self, target: Target) -> None:
        self.path = target.path
        self._target = target
        self._older = set(frames_of(target)) if target.kind is Kind.PNG else set()
        self._written: list[Path] = []
        aside(target.path).unlink()

    def frame(self, pixels: Pixels) -> None:
        """The next frame; see `Output.frame`."""
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        upright = cv2.flip(cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGR), 0)
        data = cv2.imencode(".png", upright, [cv2.IMWRITE_PNG_COMPRESSION, FASTER])[1]
        name = self.path.name
        if self._target.kind is Kind.PNG:
            name %= len(self._written)
        path = self.path.with_name(name)
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_bytes(data.tobytes())
            part.replace(path)
        except OSError as error:
            remove(part)
            raise UserError(f"cannot write {path}: {error.strerror}") from None
        self._written.append(path)

    def sound(self, samples: Samples) -> None:
        """Frames have no sound."""

    def finish(self) -> None:
        """Frames of an older, longer film do not stay behind these."""
        for path in self._older.difference(self._written):
            remove(path)
        self._written.clear()

    def abort(self) -> None:
        """Remove what was written; frames that were overwritten are lost."""
        for path in self._written:
            remove(path)
