"""The stage's parameters; the defaults are the profile `paper`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import ParameterError, Settings, parameter

LINES = 1080
"""Lengths on the screen are given in pixels of a picture with so many lines, and scale with it."""


def screen_units(pixels: float) -> float:
    """Pixels at 1080 lines as screen units (the picture's height is 2)."""
    return 2.0 * pixels / LINES


def _colour(default: tuple[float, float, float], what: str) -> tuple[float, ...]:
    return parameter(default, f"{what}: red, green, blue", ge=0.0, le=1.0)  # type: ignore[no-any-return]


@dataclass(frozen=True, kw_only=True)
class StageSettings(Settings):
    """What is shown, and where. Lengths are pixels of a picture with 1080 lines."""

    canvas: str = parameter(
        "auto",
        "where the picture goes; auto: a window where there is a display, else offscreen",
        choices=("auto", "window", "offscreen"),
        live=False,
    )
    width: int = parameter(1280, "width of window or canvas", unit="px", ge=64, le=8192, live=False)
    height: int = parameter(
        720, "height of window or canvas", unit="px", ge=64, le=8192, live=False
    )
    fullscreen: bool = parameter(False, "fill the monitor from the start", live=False)
    monitor: str = parameter(
        "", "its number from 0, or a part of its name; '': the first", live=False
    )
    vsync: bool = parameter(True, "show frames at the screen's refresh", live=False)
    frame_rate: float = parameter(
        60.0, "frames a second at most; with vsync the screen's rate if less", ge=1.0, le=500.0
    )
    distort_on: str = parameter(
        "auto",
        "where distortion 1 is computed; auto: cpu where OpenGL draws in software, else gpu",
        choices=("auto", "cpu", "gpu"),
    )
    snapshots: str = parameter("", "folder for pictures of the stage as PNG files; '': none")
    snapshot_period: float = parameter(
        5.0, "from one such picture to the next", unit="s", ge=0.05, le=3600.0
    )
    part: int = parameter(1, "the part shown until /part says otherwise", ge=1, le=4)
    seed: int = parameter(1, "what is random on stage is drawn from this", ge=0, le=2**53)
    overlay: bool = parameter(False, "show part, episode, loss and frame rate (key o)")

    target_colour: tuple[float, ...] = _colour((0.96, 0.94, 0.88), "the target")
    learned_colour: tuple[float, ...] = _colour((1.0, 0.22, 0.12), "the learned function")
    past_colour: tuple[float, ...] = _colour((0.42, 0.46, 0.54), "episodes gone by")
    residual_colour: tuple[float, ...] = _colour((0.93, 0.66, 0.32), "residuals")
    line_width: float = parameter(6.0, "the curves", unit="px", ge=0.5, le=100.0)
    dot_size: float = parameter(11.0, "diameter of sample points", unit="px", ge=0.0, le=100.0)
    residual_width: float = parameter(1.6, "the residuals", unit="px", ge=0.0, le=50.0)
    glow: float = parameter(0.35, "light around the curves; 0: none", ge=0.0, le=1.0)
    knot_width: float = parameter(38.0, "the target knot", unit="px", ge=1.0, le=200.0)
    knot_slimmest: float = parameter(
        0.45, "the least part of that width, for knots whose thread is long", ge=0.05, le=1.0
    )
    knot_inlay: float = parameter(
        0.6, "width of the learned knot, of the target's", ge=0.05, le=1.0
    )
    knot_distance: float = parameter(
        5.0, "from the eye to the middle of a knot whose sides are 2 long", ge=2.5, le=1000.0
    )
    knot_turn: tuple[float, ...] = parameter(
        (4.0, 9.0, 0.0), "the knot's turning about x, y and z", unit="deg/s", ge=-720.0, le=720.0
    )
    past_episodes: int = parameter(6, "graphs gone by that stay in sight", ge=0, le=30)
    past_knots: int = parameter(6, "knots gone by that stay in sight", ge=0, le=30)
    past_time: float = parameter(
        25.0, "until one of them is out of sight", unit="s", ge=0.1, le=600
    )

    follow_time: float = parameter(
        0.09, "in which curves and distortions follow the learner", unit="s", ge=0.0, le=5.0
    )
    fade_time: float = parameter(
        0.5, "in which scenes and episodes come and go", unit="s", ge=0.0, le=10.0
    )
    video_part3: float = parameter(
        0.9, "brightness of the camera picture in part 3", ge=0.0, le=1.0
    )
    video_part4: float = parameter(
        0.75, "brightness of the camera picture in part 4", ge=0.0, le=1.0
    )
    silent_after: float = parameter(
        1.0, "the camera is silent after so long without a picture", unit="s", ge=0.1, le=60.0
    )
    silent_time: float = parameter(
        20.0, "in which the last picture of a silent camera dims", unit="s", ge=0.1, le=600.0
    )
    silent_video: float = parameter(0.25, "what remains of its brightness", ge=0.0, le=1.0)
    rest_at_convergence: bool = parameter(
        True, "both distortions come to rest when an episode has converged"
    )

    shift_amplitude: float = parameter(
        150.0, "distortion 1: way of a colour for a partial gradient of 1", unit="px", ge=0, le=2000
    )
    shift_limit: float = parameter(
        270.0, "distortion 1: and never further than this", unit="px", ge=0.0, le=2000.0
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
        "distortion 1: in each 1/60 s it is seen with a probability of this times the loss; "
        "0: always",
        ge=0.0,
        le=1e6,
    )
    wave_form: str = parameter(
        "resting",
        "distortion 2; resting: ways grow with the partial gradients, phases are carried on at a "
        "rate; running: ways are constant, phases are gradient times rate times running time",
        choices=("resting", "running"),
    )
    wave_amplitude: float = parameter(
        110.0,
        "distortion 2: way of a pixel for a partial gradient of 1; running: for any",
        unit="px",
        ge=0,
        le=1000,
    )
    wave_gradient: float = parameter(
        100.0, "distortion 2: partial gradients count no further than this", ge=0.0, le=100.0
    )
    wave_limit: float = parameter(
        60.0, "distortion 2: and never further than this", unit="px", ge=0.0, le=1000.0
    )
    wave_rate: float = parameter(
        5.0,
        "distortion 2: speed of the phase for a partial gradient of 1",
        unit="rad/s",
        ge=0,
        le=100,
    )
    wave_length: float = parameter(
        260.0, "distortion 2: its waves", unit="px", ge=10.0, le=20_000.0
    )
    bubbles: int = parameter(60, "bubbles at once; the oldest gives way", ge=1, le=100)
    bubble_radius: float = parameter(
        150.0, "of a bubble struck at full velocity", unit="px", ge=5.0, le=1000.0
    )
    bubble_softest: float = parameter(
        0.45, "radius of one struck as softly as can be, of that", ge=0.0, le=1.0
    )
    bubble_place: str = parameter(
        "key",
        "where a bubble is; key: from left to right as the keys; random: anywhere",
        choices=("key", "random"),
    )
    bubble_time: float = parameter(7.0, "life of a bubble", unit="s", ge=0.2, le=60.0)
    bubble_swell: float = parameter(
        0.18, "in which a bubble comes; 0: at once", unit="s", ge=0.0, le=10.0
    )
    bubble_leave: float = parameter(
        0.6, "in which a bubble leaves; 0: at once", unit="s", ge=0.0, le=10.0
    )
    bubble_shrink: float = parameter(
        0.5, "part of its radius that a bubble loses over its life", ge=0.0, le=1.0
    )
    bubble_opacity: float = parameter(1.0, "strength of a new bubble", ge=0.0, le=1.0)
    bubble_fade: float = parameter(
        0.0, "part of its strength that a bubble loses over its life", ge=0.0, le=1.0
    )
    bubble_over: bool = parameter(
        False,
        "a bubble's strength is the opacity of its picture over the plain one; else it is how far "
        "pixels move",
    )
    bubble_from: int = parameter(0, "the lowest key that makes a bubble", ge=0, le=127)
    bubble_clear_below: int = parameter(
        0, "keys below this one clear all bubbles; 0: none does", ge=0, le=128
    )
    bubble_light: float = parameter(
        0.5, "brightness added inside a bubble that is fully distorted; none at rest", ge=0, le=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value in self.values().items():
            if isinstance(value, tuple) and len(value) != 3:
                raise ParameterError(f"parameter '{name}' must be three numbers, not {value!r}")
