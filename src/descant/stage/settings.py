# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage's parameters; the defaults are part 1 of the paper's programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from descant.parameters import ParameterError, Settings, parameter
from descant.signals import check_signals
from descant.types import MOST_PARTS

LINES = 1080
"""Lengths on the screen are given in pixels of a picture with so many lines, and scale with it."""
MOST_SIGNALS = 3


def screen_units(pixels: float) -> float:
    """Pixels at 1080 lines as screen units (the picture's height is 2)."""
    return 2.0 * pixels / LINES


def _colour(default: tuple[float, float, float], what: str) -> tuple[float, ...]:
    return parameter(  # type: ignore[no-any-return]
        default, f"colour of {what}: red, green, blue", ge=0.0, le=1.0
    )


@dataclass(frozen=True, kw_only=True)
class StageSettings(Settings):
    """What is shown, and where. Lengths are pixels of a picture with 1080 lines."""

    REMOVED: ClassVar[Mapping[str, str]] = {
        "past_knots": "past_episodes",
        "video_part3": "camera_brightness",
        "video_part4": "camera_brightness",
    }

    canvas: str = parameter(
        "auto",
        "where the picture goes; auto: a window where there is a display, else offscreen",
        choices=("auto", "window", "offscreen"),
        live=False,
    )
    width: int = parameter(1280, "width of the canvas", unit="px", ge=64, le=8192, live=False)
    height: int = parameter(720, "height of the canvas", unit="px", ge=64, le=8192, live=False)
    fullscreen: bool = parameter(False, "open the window over the whole monitor", live=False)
    monitor: str = parameter(
        "",
        "monitor of the window: its number from 0, or a part of its name; '': the first monitor",
        live=False,
    )
    vsync: bool = parameter(True, "show frames at the monitor's refresh", live=False)
    frame_rate: float = parameter(
        60.0, "highest frame rate; with vsync the monitor's where that is lower", ge=1.0, le=500.0
    )
    distort_on: str = parameter(
        "auto",
        "processor that computes distortion 1; auto: cpu where OpenGL draws in software, else gpu",
        choices=("auto", "cpu", "gpu"),
        live=False,
    )
    pictures: str = parameter(
        "auto",
        "camera pictures shown: raw, compressed; auto: raw of this machine's camera only",
        choices=("auto", "raw", "compressed"),
        live=False,
    )
    snapshots: str = parameter("", "folder for snapshots as PNG files; '': none", live=False)
    snapshot_period: float = parameter(
        5.0, "time from one snapshot to the next", unit="s", ge=0.05, le=3600.0
    )
    part: int = parameter(1, "number of the part shown at the start", ge=1, le=MOST_PARTS)
    seed: int = parameter(1, "seed of everything random on the stage", ge=0, le=2**53)
    overlay: bool = parameter(
        False, "show part, episode, loss and frame rate as text (key o in the window)"
    )

    curve: str = parameter(
        "auto",
        "how the curves are drawn; auto: as their family gives them; graph: in the plane, of a "
        "curve in space its x and y; thread: in space, a graph bent into a bow",
        choices=("auto", "graph", "thread"),
    )
    target_colour: tuple[float, ...] = _colour((0.96, 0.94, 0.88), "the target curve")
    learned_colour: tuple[float, ...] = _colour((1.0, 0.22, 0.12), "the learned curve")
    past_colour: tuple[float, ...] = _colour((0.42, 0.46, 0.54), "the curves of past episodes")
    residual_colour: tuple[float, ...] = _colour((0.93, 0.66, 0.32), "the residuals")
    line_width: float = parameter(6.0, "width of a graph's curves", unit="px", ge=0.5, le=100.0)
    dot_size: float = parameter(11.0, "diameter of sample points", unit="px", ge=0.0, le=100.0)
    residual_width: float = parameter(
        1.6, "width of the lines that show residuals", unit="px", ge=0.0, le=50.0
    )
    glow: float = parameter(
        0.35, "strength of the light around a graph's curves; 0: none", ge=0.0, le=1.0
    )
    knot_width: float = parameter(
        38.0, "thickness of a target thread (a knot or harmonograph)", unit="px", ge=1.0, le=200.0
    )
    knot_slimmest: float = parameter(
        0.45, "thinnest that a long thread gets, as a fraction of knot_width", ge=0.05, le=1.0
    )
    knot_inlay: float = parameter(
        0.6, "thickness of the learned thread, as a fraction of the target's", ge=0.05, le=1.0
    )
    knot_distance: float = parameter(
        5.0, "distance from the eye to the middle of a thread, which is 2 wide", ge=2.5, le=1000.0
    )
    knot_turn: tuple[float, ...] = parameter(
        (4.0, 9.0, 0.0), "angular velocity of threads about x, y, z", unit="deg/s", ge=-720, le=720
    )
    past_episodes: int = parameter(6, "number of past episodes that stay in sight", ge=0, le=30)
    past_time: float = parameter(
        25.0, "time until the curves of a past episode are out of sight", unit="s", ge=0.1, le=600
    )

    follow_time: float = parameter(
        0.09, "time constant with which the picture follows the learner", unit="s", ge=0.0, le=5.0
    )
    fade_time: float = parameter(
        0.5, "time in which parts and episodes fade in and out", unit="s", ge=0.0, le=10.0
    )
    camera_brightness: float = parameter(
        0.0, "brightness of the camera picture; 0: no camera picture", ge=0.0, le=1.0
    )
    silent_after: float = parameter(
        1.0, "time without a picture after which the camera is silent", unit="s", ge=0.1, le=60.0
    )
    silent_time: float = parameter(
        20.0, "time in which the last picture of a silent camera dims", unit="s", ge=0.1, le=600.0
    )
    silent_video: float = parameter(
        0.25, "brightness of a silent camera's last picture, as a fraction", ge=0.0, le=1.0
    )

    distortion: str = parameter(
        "none",
        "how the camera picture is distorted; shift: distortion 1, its colours move apart; "
        "bubbles: distortion 2, waves inside bubbles",
        choices=("none", "shift", "bubbles"),
    )
    distortion_signals: str = parameter(
        "gradient[0], gradient[1], gradient[2]",
        "signals that drive the distortion: 1 to 3 sums of [NUMBER *] loss, residual, gradient[i], "
        "gradient_length or distance[i], with commas between them. shift: for red, green and blue; "
        "bubbles: for the horizontal and the vertical displacement; fewer are used in turn",
    )
    rest_at_convergence: bool = parameter(
        True, "the distortions come to rest when an episode has converged"
    )
    shift_amplitude: float = parameter(
        150.0, "distortion 1: displacement of a colour for a signal of 1", unit="px", ge=0, le=2000
    )
    shift_limit: float = parameter(
        270.0, "distortion 1: largest displacement of a colour", unit="px", ge=0.0, le=2000.0
    )
    shift_angles: tuple[float, ...] = parameter(
        (90.0, 210.0, 330.0),
        "distortion 1: directions of red, green and blue, from the right, counterclockwise",
        unit="deg",
        ge=-360.0,
        le=360.0,
    )
    shift_chance: float = parameter(
        0.0,
        "distortion 1: in each 1/60 s it is shown with a probability of this times the loss; "
        "0: always",
        ge=0.0,
        le=1e6,
    )
    wave_form: str = parameter(
        "resting",
        "distortion 2: form of the waves; resting: amplitudes grow with the signals, phases "
        "integrate a rate; running: amplitudes are constant, phases are signal times rate times "
        "running time",
        choices=("resting", "running"),
    )
    wave_amplitude: float = parameter(
        110.0,
        "distortion 2: displacement for a signal of 1 (running: any)",
        unit="px",
        ge=0,
        le=1000,
    )
    wave_gradient: float = parameter(
        100.0, "distortion 2: signals beyond plus/minus this count as this", ge=0.0, le=100.0
    )
    wave_limit: float = parameter(
        60.0, "distortion 2: largest displacement of a pixel each way", unit="px", ge=0.0, le=1000.0
    )
    wave_rate: float = parameter(
        5.0, "distortion 2: speed of the phase for a signal of 1", unit="rad/s", ge=0, le=100
    )
    wave_length: float = parameter(
        260.0, "distortion 2: wavelength of the displacement", unit="px", ge=10.0, le=20_000.0
    )
    bubbles: int = parameter(
        60, "largest number of bubbles at once; one more removes the oldest", ge=1, le=100
    )
    bubble_events: str = parameter(
        "notes",
        "events that make a bubble; notes: a key going down; pedals: a pedal going down; all: both",
        choices=("notes", "pedals", "all"),
    )
    bubble_radius: float = parameter(
        150.0, "radius of a bubble of full velocity", unit="px", ge=5.0, le=1000.0
    )
    bubble_softest: float = parameter(
        0.45, "radius of the softest bubble, as a fraction of bubble_radius", ge=0.0, le=1.0
    )
    bubble_place: str = parameter(
        "key",
        "where a bubble is; key: from left to right as the keys; random: anywhere",
        choices=("key", "random"),
    )
    bubble_time: float = parameter(7.0, "lifetime of a bubble", unit="s", ge=0.2, le=60.0)
    bubble_swell: float = parameter(
        0.18, "time in which a bubble appears; 0: at once", unit="s", ge=0.0, le=10.0
    )
    bubble_leave: float = parameter(
        0.6, "time in which a bubble disappears; 0: at once", unit="s", ge=0.0, le=10.0
    )
    bubble_shrink: float = parameter(
        0.5, "fraction of its radius that a bubble loses over its lifetime", ge=0.0, le=1.0
    )
    bubble_opacity: float = parameter(1.0, "strength of a new bubble", ge=0.0, le=1.0)
    bubble_fade: float = parameter(
        0.0, "fraction of its strength that a bubble loses over its lifetime", ge=0.0, le=1.0
    )
    bubble_over: bool = parameter(
        False,
        "a bubble's strength is the opacity of its picture over the undistorted one; else it is "
        "a factor of the displacement",
    )
    bubble_from: int = parameter(0, "lowest key that makes a bubble", ge=0, le=127)
    bubble_to: int = parameter(127, "highest key that makes a bubble", ge=0, le=127)
    bubble_clear_below: int = parameter(
        0, "keys below this one remove all bubbles; 0: none does", ge=0, le=128
    )
    bubble_light: float = parameter(
        0.5, "brightness added inside a bubble that is fully distorted; none at rest", ge=0, le=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_signals("distortion_signals", self.distortion_signals, most=MOST_SIGNALS)
        for name, value in self.values().items():
            if isinstance(value, tuple) and len(value) != 3:
                raise ParameterError(f"parameter '{name}' must be three numbers, not {value!r}")
