"""The parameters of the stage's window and frames."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter


@dataclass(frozen=True, kw_only=True)
class CanvasSettings(Settings):
    """Where the picture goes, its size, and how often it is drawn."""

    canvas: str = parameter(
        "auto",
        "where the picture goes; auto: a window where there is a display, else offscreen",
        choices=("auto", "window", "offscreen"),
        live=False,
    )
    width: int = parameter(
        1280, "width of the window or canvas", unit="px", ge=64, le=8192, live=False
    )
    height: int = parameter(
        720, "height of the window or canvas", unit="px", ge=64, le=8192, live=False
    )
    fullscreen: bool = parameter(False, "open the window over the whole monitor", live=False)
    monitor: str = parameter(
        "",
        "monitor of the window: its number from 0, or a part of its name; '': the first monitor",
        live=False,
    )
    vsync: bool = parameter(True, "show frames at the monitor's refresh", live=False)
    frame_rate: float = parameter(
        60.0,
        "highest number of frames per second; with vsync the monitor's rate where that is lower",
        ge=1.0,
        le=500.0,
    )
    distort_on: str = parameter(
        "auto",
        "processor that computes distortion 1; auto: cpu where OpenGL draws in software, else gpu",
        choices=("auto", "cpu", "gpu"),
        live=False,
    )
    snapshots: str = parameter("", "folder for snapshots of the stage as PNG files; '': none")
    snapshot_period: float = parameter(
        5.0, "time from one snapshot to the next", unit="s", ge=0.05, le=3600.0
    )
