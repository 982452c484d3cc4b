"""Write the sound alone as a WAV file, and the frames alone as PNG files."""

from __future__ import annotations

from pathlib import Path

from descant.arrays import Pixels, Samples
from descant.errors import UserError
from descant.render.outputs import (
    OutputKind,
    Target,
    existing_frames,
    remove,
    temporary_file,
    write_errors,
)
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.wav_file import WavFile

COMPRESSION = 3  # of zlib's 1 .. 9: half the time of the default, a tenth more bytes


class WavOutput:
    """A WAV file being written, stereo, 24 bits; see `outputs.Output`."""

    def __init__(self, path: Path, sample_rate: int) -> None:
        self.path = path
        self._part = temporary_file(path)
        self._part.unlink()  # WavFile would rename an existing file
        self._samples = 0
        try:
            self._file = WavFile(self._part, sample_rate, interval=1e6)
        except SinkError as error:
            raise UserError(str(error)) from None

    def write_frame(self, pixels: Pixels) -> None:
        """A sound has no frames."""

    def write_samples(self, samples: Samples) -> None:
        """See `Output.write_samples`."""
        try:
            self._file.write(samples[0], samples[1])
        except SinkError as error:
            raise UserError(str(error).replace(str(self._part), str(self.path))) from None
        self._samples += samples.shape[1]

    def finish(self) -> None:
        """See `Output.finish`."""
        self._file.close()
        with write_errors(self.path):
            if self._part.stat().st_size < 6 * self._samples:  # 24 bits, stereo
                raise UserError(f"cannot write {self.path}: the disk is full")
            self._part.replace(self.path)

    def abort(self) -> None:
        """See `Output.abort`."""
        self._file.close()  # a second time does nothing
        remove(self._part)


class PngOutput:
    """PNG files being written, numbered from 0, or a single one; see `outputs.Output`.

    Each is complete as soon as it has its name. Older frames of the same pattern are removed when
    the new ones are complete.
    """

    def __init__(self, target: Target) -> None:
        self.path = target.path
        self._target = target
        self._older = set(existing_frames(target)) if target.kind is OutputKind.PNG else set()
        self._written: list[Path] = []
        temporary_file(target.path).unlink()  # the folder can be written

    def write_frame(self, pixels: Pixels) -> None:
        """See `Output.write_frame`."""
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        upright = cv2.flip(cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGR), 0)
        data = cv2.imencode(".png", upright, [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION])[1]
        name = self.path.name
        if self._target.kind is OutputKind.PNG:
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

    def write_samples(self, samples: Samples) -> None:
        """Frames have no sound."""

    def finish(self) -> None:
        """Remove the frames that an older, longer film left."""
        for path in self._older.difference(self._written):
            remove(path)
        self._written.clear()

    def abort(self) -> None:
        """See `Output.abort`; frames that were overwritten are lost."""
        for path in self._written:
            remove(path)
