# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write an MP4 file: H.264 and AAC, synchronous from the first sample on.

AAC begins with 1,024 samples of encoder delay, and H.264 with frames that depend on later ones;
both have times before zero, and the container's edit list lets the film begin at zero. Every player
that applies edit lists (all current ones) plays them synchronously.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Pixels, Samples
from descant.errors import UserError
from descant.render.outputs import write_errors
from descant.render.settings import RenderSettings
from descant.whole_file import Unfinished

AAC_FRAME = 1024
AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
KEYFRAME_S = 2.0
"""Longest time between two frames to which a player can jump."""
# ISO/IEC 23091-2: limited range, BT.601's matrix (as OpenCV converts), BT.709's colours.
LIMITED, BT709, BT601 = 1, 1, 6


class Mp4Output:
    """A film being written; see `outputs.Output`. `UserError` where it cannot be written."""

    def __init__(
        self,
        path: Path,
        settings: RenderSettings,
        *,
        size: tuple[int, int],
        fps: Fraction,
        sample_rate: int,
    ) -> None:
        import av  # noqa: PLC0415 -- a device library: imported only where used
        import cv2  # noqa: PLC0415 -- the same

        if sample_rate not in AAC_RATES:
            rates = ", ".join(map(str, AAC_RATES))
            raise UserError(f"AAC has no sample rate of {sample_rate} Hz; expected one of {rates}")
        self._av, self._cv2 = av, cv2
        self.path = path
        self._size = size
        self._frames = self._samples = 0
        self._rest: Samples = np.zeros((2, 0), np.float32)
        with write_errors(path), contextlib.ExitStack() as failing:
            self._file = Unfinished(path)
            failing.callback(self._file.abort)
            self._container: Any = av.open(
                str(self._file.path), "w", format="mp4", options={"movflags": "+faststart"}
            )
            self._video = self._video_stream(settings, fps)
            self._audio = self._container.add_stream("aac", rate=sample_rate, layout="stereo")
            self._audio.bit_rate = settings.audio_rate
            self._audio.time_base = self._audio.codec_context.time_base = Fraction(1, sample_rate)
            failing.pop_all()

    def write_frame(self, pixels: Pixels) -> None:
        """See `Output.write_frame`."""
        width, height = self._size
        i420 = np.asarray(self._cv2.cvtColor(pixels, self._cv2.COLOR_RGBA2YUV_I420), np.uint8)
        frame = self._av.VideoFrame(width, height, "yuv420p")
        copy_i420(i420, frame)
        self.encode(frame)

    def encode(self, frame: Any) -> None:
        """Encode the next frame, a `VideoFrame` in yuv420p."""
        frame.pts, frame.time_base = self._frames, self._video.codec_context.time_base
        self._frames += 1
        with write_errors(self.path):
            for packet in self._video.encode(frame):
                self._container.mux(packet)

    def write_samples(self, samples: Samples) -> None:
        """See `Output.write_samples`."""
        joined = np.concatenate([self._rest, samples], axis=1)
        whole = joined.shape[1] // AAC_FRAME * AAC_FRAME
        for start in range(0, whole, AAC_FRAME):
            self._encode_samples(joined[:, start : start + AAC_FRAME])
        self._rest = joined[:, whole:]

    def finish(self) -> None:
        """See `Output.finish`."""
        if self._rest.shape[1]:
            self._encode_samples(self._rest)
        with write_errors(self.path):
            for stream in (self._video, self._audio):
                for packet in stream.encode(None):
                    self._container.mux(packet)
            self._container.close()
            self._file.finish()

    def abort(self) -> None:
        """See `Output.abort`."""
        with contextlib.suppress(OSError, self._av.FFmpegError):
            self._container.close()
        self._file.abort()

    def _video_stream(self, settings: RenderSettings, fps: Fraction) -> Any:
        options = {"preset": settings.preset, "crf": str(settings.crf)}
        stream = self._container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = 1 / fps
        context = stream.codec_context
        context.gop_size = max(1, round(KEYFRAME_S * fps))
        context.color_range, context.colorspace = LIMITED, BT601
        context.color_primaries = context.color_trc = BT709
        return stream

    def _encode_samples(self, samples: Samples) -> None:
        frame = self._av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples), format="fltp", layout="stereo"
        )
        frame.sample_rate = self._audio.rate
        frame.pts, frame.time_base = self._samples, self._audio.codec_context.time_base
        self._samples += samples.shape[1]
        with write_errors(self.path):
            for packet in self._audio.encode(frame):
                self._container.mux(packet)


def copy_i420(i420: NDArray[np.uint8], frame: Any) -> None:
    """Copy I420 of OpenCV, the lowest row first, into a `VideoFrame`, the first row on top."""
    width, height = frame.width, frame.height
    flat = i420.reshape(-1)
    luma, chroma = width * height, width * height // 4
    cuts = ((0, luma), (luma, luma + chroma), (luma + chroma, luma + 2 * chroma))
    for plane, (start, end) in zip(frame.planes, cuts, strict=True):
        rows = flat[start:end].reshape(plane.height, plane.width)
        to = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        to[: plane.height, : plane.width] = rows[::-1]
