# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage's node as a real process: what it shows, what it says, what it survives."""

import array
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from rcl_interfaces.srv import GetParameters
from rclpy.parameter import parameter_value_to_python
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image

from descant import topics
from descant.msg import Cue, Part, StageState
from descant.nodes.common.conversion import to_episode, to_learner_state, to_note_event, to_time
from descant.programme.part_description import PartDescription
from descant.types import Note
from support.graph import domain_id
from support.node import Listener, NodeProcess, listener, node, wait_until
from support.staging import KNOT_START, KNOT_TARGET, episode, offscreen, state
from support.xdisplay import needs_keyboard, needs_xvfb, screen

pytestmark = [
    pytest.mark.graph,
    pytest.mark.skipif(
        not (Path(sys.prefix) / "lib" / "descant" / "stage").exists(),
        reason="the executable 'stage' is not installed: scripts/develop.sh",
    ),
]
SMALL = {"canvas": "offscreen", "width": 320, "height": 180}
GONE = "nobody publishes camera pictures any more"


@pytest.fixture(scope="module", autouse=True)
def _needs_opengl() -> None:
    with offscreen(64, 64):
        pass


class House:
    """A piano, a learner, a conductor, a camera and an audience around one stage."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.said: list[StageState] = ears.collect(topics.STAGE_STATE)
        self.notes = ears.publisher(topics.NOTES)
        self.states = ears.publisher(topics.LEARNER_STATE)
        self.episodes = ears.publisher(topics.EPISODE)
        self.parts = ears.publisher(topics.PART)
        self.pictures = ears.publisher(topics.CAMERA_IMAGE)

    def meet(self) -> None:
        """Wait until the stage is there in both directions."""
        for publisher in (self.notes, self.states, self.episodes, self.parts, self.pictures):
            self.ears.wait(
                lambda p=publisher: p.get_subscription_count() > 0, f"stage on {publisher.topic}"
            )
        self.ears.wait(lambda: bool(self.said), "the stage's state")

    def picture(self, encoding: str = "bgr8") -> None:
        self.pictures.publish(image(encoding))

    def wait(self, condition: object, what: str) -> StageState:
        """Wait until the newest state fulfils `condition`, showing pictures meanwhile."""
        self.ears.wait(lambda: condition(self.said[-1]), what)  # type: ignore[operator]
        return self.said[-1]


def noise() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)


def image(encoding: str = "bgr8", *, stamp: int | None = None) -> Image:
    message = Image(width=160, height=90, step=480, encoding=encoding)
    message.header.stamp = to_time(time.time_ns() if stamp is None else stamp)
    message.data = array.array("B", noise().tobytes())
    return message


def compressed(suffix: str = ".jpg", *, length: int | None = None) -> CompressedImage:
    message = CompressedImage(format=f"bgr8; {suffix[1:]} compressed bgr8")
    message.header.stamp = to_time(time.time_ns())
    message.data = array.array("B", cv2.imencode(suffix, noise())[1].tobytes()[:length])
    return message


class Driver:
    """Somebody else's camera driver; `qos` as for `create_publisher`."""

    def __init__(self, ears: Listener, make: type, name: str, qos: QoSProfile | int = 10) -> None:
        self._ears = ears
        self._publisher = ears.node.create_publisher(make, f"camera/{name}", qos)
        self.said: list[StageState] = ears.collect(topics.STAGE_STATE)

    def send_until(self, condition: object, message: object, what: str) -> None:
        def told() -> bool:
            self._publisher.publish(message() if callable(message) else message)
            return bool(self.said) and condition(self.said[-1])  # type: ignore[operator]

        self._ears.wait(told, what)


def shown(state: StageState) -> bool:
    return not math.isnan(state.camera_age) and state.camera_age < 1.0


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def house(domain: int) -> Iterator[House]:
    with listener(domain) as ears:
        yield House(ears)


def ends_well(stage: NodeProcess) -> None:
    assert stage.stop() == 0, stage.output()
    assert "Traceback" not in stage.output()


def test_it_says_where_it_draws_and_how_fast(domain: int, house: House) -> None:
    with node("stage", domain, SMALL) as stage:
        house.meet()
        said = house.wait(lambda s: s.frame_rate > 10.0, "frames")
        assert said.part == 1
        assert said.canvas.startswith("offscreen, ")
        assert 0.0 < said.frame_time < 1000.0
        assert math.isnan(said.camera_age)
        assert math.isnan(said.camera_delay)
        stage.says("drawing off-screen, as asked; offscreen, ")
        ends_well(stage)


def test_it_shows_what_it_hears_through_all_four_parts(domain: int, house: House) -> None:
    with node("stage", domain, SMALL) as stage:
        house.meet()
        for part in (1, 2, 3, 4):
            house.parts.publish(Part(part=part, start=part, cause="test"))
            if part in (1, 4):
                house.episodes.publish(to_episode(episode(part), 1))
                told = state(part, gradient=(0.5, 0.4, 0.3, 0.2))
            else:
                told = state(part, KNOT_TARGET, KNOT_START, gradient=(0.3, -0.2, 0.1))
            house.states.publish(to_learner_state(told, 1))
            house.notes.publish(to_note_event(Note(time.time_ns(), part, True, 60, 90, 11520)))
            house.picture()
            house.wait(lambda s, p=part: s.part == p and s.frame_rate > 10.0, f"part {part}")
        ends_well(stage)


def test_the_settings_of_a_part_become_parameters_of_the_node(domain: int, house: House) -> None:
    with node("stage", domain, SMALL) as stage:
        house.meet()
        overrides = {"camera_brightness": 0.5, "distortion": "bubbles", "bubble_events": "pedals"}
        description = PartDescription("p", "P", stage=overrides).to_json()
        house.parts.publish(Part(part=7, start=1, cause="test", description="{}"))
        stage.says("/part: invalid message dropped: a part's description")
        house.parts.publish(Part(part=7, start=1, cause="test", description=description))
        house.wait(lambda s: s.part == 7, "part 7")
        client = house.ears.node.create_client(GetParameters, "/stage/get_parameters")
        house.ears.wait(client.service_is_ready, "the parameters of the stage")
        future = client.call_async(GetParameters.Request(names=list(overrides)))
        house.ears.wait(future.done, "the values")
        values = [parameter_value_to_python(value) for value in future.result().values]
        assert values == list(overrides.values())
        ends_well(stage)


def test_camera_pictures_are_shown_and_their_delay_is_measured(domain: int, house: House) -> None:
    with node("stage", domain, {**SMALL, "part": 3}) as stage:
        house.meet()

        def seen() -> bool:
            house.picture()
            return house.said[-1].camera_delay > 0.0

        house.ears.wait(seen, "a camera picture on the stage")
        said = house.said[-1]
        assert said.camera_delay < 5_000.0
        assert said.camera_age < 5.0
        house.wait(lambda s: s.camera_age > 1.5, "the camera's silence")
        assert house.said[-1].frame_rate > 10.0, "the last picture stays"
        ends_well(stage)


def test_a_picture_in_an_encoding_nobody_knows_is_one_line_and_no_end(
    domain: int, house: House
) -> None:
    with node("stage", domain, {**SMALL, "part": 3}) as stage:
        house.meet()
        said = "/camera/image_raw: picture not shown: encoding 'yuv411'; known: rgb8"

        def refused() -> bool:
            house.picture("yuv411")
            return said in stage.output()

        house.ears.wait(refused, "the refusal")
        house.ears.wait(lambda: house.said[-1].frame_rate > 10.0, "frames all the same")
        assert stage.output().count(said) == 1
        ends_well(stage)


@pytest.mark.parametrize(
    ("make", "name"), [(Image, "image_raw"), (CompressedImage, "image_raw/compressed")]
)
def test_a_driver_s_pictures_are_shown_whatever_its_quality_of_service(
    domain: int, make: type, name: str
) -> None:
    """Of rclpy's defaults, of sensor data, and of others; the stage follows while it runs."""
    message = image if make is Image else compressed
    with node("stage", domain, {**SMALL, "part": 3}) as stage:
        for number, qos in enumerate((10, qos_profile_sensor_data, QoSProfile(depth=1)), start=1):

            def taken(state: StageState, number: int = number) -> bool:
                return shown(state) and stage.output().count("showing the pictures") == number

            with listener(domain, "usb_cam") as ears:
                Driver(ears, make, name, qos).send_until(taken, message, f"a picture of {qos}")
            wait_until(lambda n=number: stage.output().count(GONE) == n, stage.output)
        assert "incompatible" not in stage.output()
        stage.says(f"showing the pictures on /camera/{name}")
        ends_well(stage)


def test_raw_of_this_machine_is_preferred_unless_told_otherwise(domain: int) -> None:
    with listener(domain, "usb_cam") as ears, node("stage", domain, {**SMALL}) as stage:
        driver = Driver(ears, CompressedImage, "image_raw/compressed")
        driver.send_until(shown, compressed, "a compressed picture")
        raw = Driver(ears, Image, "image_raw")
        stage.says("showing the pictures on /camera/image_raw\n")
        raw.send_until(shown, image, "a raw picture")
        with node("stage", domain, {**SMALL, "pictures": "compressed"}) as other:
            other.says("showing the pictures on /camera/image_raw/compressed")
            assert other.stop() == 0
        assert "pictures on /camera/image_raw/compressed" in stage.output()
        ends_well(stage)


def test_damaged_compressed_pictures_are_one_line_and_those_after_are_shown(domain: int) -> None:
    with listener(domain, "usb_cam") as ears, node("stage", domain, {**SMALL}) as stage:
        driver = Driver(ears, CompressedImage, "image_raw/compressed")
        said = "/camera/image_raw/compressed: picture not shown: 2000 bytes of format 'bgr8; jpg"
        driver.send_until(
            lambda _: said in stage.output(), lambda: compressed(length=2000), "the refusal"
        )
        for suffix in (".jpg", ".png"):
            driver.send_until(shown, lambda s=suffix: compressed(s), f"a picture of {suffix}")
        assert stage.output().count(said) == 1
        ends_well(stage)


@pytest.mark.parametrize("stamp", [0, 10**18, (2**31 - 1) * 10**9])
def test_stamps_of_another_clock_make_no_delay(domain: int, stamp: int) -> None:
    with listener(domain, "usb_cam") as ears, node("stage", domain, {**SMALL, "part": 3}) as stage:
        driver = Driver(ears, Image, "image_raw")
        driver.send_until(shown, lambda: image(stamp=stamp), "a picture")
        assert all(math.isnan(state.camera_delay) for state in driver.said)
        driver.send_until(lambda s: 0.0 < s.camera_delay < 5_000.0, image, "a delay")
        ends_well(stage)


def test_a_stage_that_starts_late_shows_the_part_and_the_episode_at_hand(
    domain: int, house: House
) -> None:
    house.parts.publish(Part(part=4, start=7, cause="test"))
    house.episodes.publish(to_episode(episode(), 1))
    with node("stage", domain, SMALL) as stage:
        house.meet()
        house.wait(lambda s: s.part == 4, "part 4")
        ends_well(stage)


def test_a_canvas_that_does_not_exist_is_one_line(domain: int) -> None:
    with node("stage", domain, {**SMALL, "canvas": "wall"}) as stage:
        assert stage.wait() == 2
        [line] = [x for x in stage.output().splitlines() if x.startswith("error:")]
        assert "parameter 'canvas' must be one of auto, window, offscreen" in line


def test_without_opengl_there_is_no_picture_and_nothing_else_is_disturbed(
    domain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere.json")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with node("stage", domain, {**SMALL, "canvas": "auto"}) as stage:
        stage.says("EGL gives no OpenGL 2.1 context")
        stage.says("sound and learning go on")
        assert stage.process.poll() is None
        assert stage.stop() == 0
    with node("stage", domain, SMALL) as stage:
        assert stage.wait() == 2  # asked for: a mistake, told at once


@needs_xvfb
def test_a_screen_that_crashes_ends_the_stage_and_nothing_hangs(
    domain: int, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen() as display:
        monkeypatch.setenv("DISPLAY", display.name)
        with node("stage", domain, {**SMALL, "canvas": "window"}) as stage:
            house.meet()
            display.crash()
            assert stage.wait() != 0
            assert "the connection to the X server is lost" in stage.output()
            assert "Traceback" not in stage.output()


@needs_keyboard
def test_keys_in_the_window_are_cues_and_escape_closes_it(
    domain: int, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Cue] = house.ears.collect(topics.CUE)
    with screen() as display:
        monkeypatch.setenv("DISPLAY", display.name)
        with node("stage", domain, {**SMALL, "canvas": "window"}) as stage:
            house.meet()
            house.ears.wait(
                lambda: house.ears.node.count_publishers("/cue") == 1, "the stage on /cue"
            )
            expected = {
                "n": (Cue.NEXT, 0),
                "3": (Cue.PART, 3),
                "r": (Cue.RESTART, 0),
                "p": (Cue.PANIC, 0),
            }
            for count, (key, cue) in enumerate(expected.items(), start=1):
                display.press(key)
                house.ears.wait(lambda n=count: len(heard) >= n, f"the cue of '{key}'")
                assert (heard[-1].command, heard[-1].part) == cue
            display.press("f")
            house.wait(lambda s: s.canvas.startswith("fullscreen, "), "a full screen")
            display.press("o")
            display.press("Escape")
            assert stage.wait() == 0
            stage.says("the window was closed: the stage ends; sound and learning go on")
    assert len(heard) == len(expected)
