# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

r"""What every launch file comes to: the texts in `golden` are what ROS's own launch would run, and
`descant launch --print` must say the same, word for word.

Where ROS's launch is installed, the texts are compared with it as well, and written anew by

    DESCANT_GOLDEN=write python3 -m pytest -p no:launch_testing -p no:launch_ros \
      tests/launcher/test_golden.py

docs/launch.md has the line for a container. Read the difference before you commit it.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from descant.commands.launch import command
from descant.errors import UserError
from descant.launcher import arguments, schema
from descant.launcher.commands import ParameterText
from descant.launcher.context import Context
from support.launching import NO_ROS_LAUNCH, NOTHING, TIMEOUT_S, installed_descant

GOLDEN = Path(__file__).parent / "golden"
ROS_PRINT = Path(__file__).parents[1] / "support" / "ros_print.py"
WRITE = os.environ.get("DESCANT_GOLDEN") == "write"

EVERY: list[list[str]] = [
    [],
    ["profile:=original", "seed:=42", "piano:=port:12:30", "awaited:=learner"],
    ["piano:=file:a show.mid", "bag:=out/bag", "sound:=wav:out.wav"],
    ["camera:=none", "screen:=none"],
]
CASES: dict[str, list[list[str]]] = {
    "part1": [*EVERY, ["programme:=mine.yaml", "voice:=fm"]],
    "part2": EVERY,
    "part3": [*EVERY, ["nodes:=elsewhere", "camera:=device:0", "peers:=left;10.0.0.3"]],
    "part4": EVERY,
    "graph": [*EVERY, ["part:=3", "camera:=device:08"]],
    "performance": [
        *EVERY,
        ["camera:=elsewhere", "screen:=elsewhere", "bag:=elsewhere", "peers:=camera;stage"],
        ["nodes:=elsewhere", "screen:=window", "conductor:=here", "learner:=here"],
        ["part:=2", "camera:=keyboard", "screen:=offscreen", "width:=320", "height:=180"],
        ["bag:=2024", "screen:=none", "sound:=1e5", "piano:=true"],
        ["programme:=studies", "part:=5"],
        ["namespace:=hall_a", "bag:=out/bag", "topics:=camera/* /other/**", "exclude:=tf"],
        ["enclaves:=keys", "pictures:=compressed"],
        ["pictures:=none"],
        ["profile:=papr"],
        ["learner:=none"],
        ["seed:=many"],
    ],
}


@pytest.fixture(name="prefix")
def _prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment in which nothing but the launch files is set."""
    prefix = installed_descant(tmp_path, script=NOTHING)
    ros = os.environ.get("AMENT_PREFIX_PATH", sys.prefix)
    monkeypatch.setenv("AMENT_PREFIX_PATH", os.pathsep.join([str(prefix), ros]))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # what the launcher would set is printed as well
    discovery = ("ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_STATIC_PEERS")
    for name in (*discovery, "FASTRTPS_DEFAULT_PROFILES_FILE", "ROS_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    return prefix


def _file(prefix: Path, name: str) -> str:
    return str(prefix / "share" / "descant" / "launch" / f"{name}.launch.xml")


def _descant(prefix: Path, name: str, *words: str) -> str:
    """What `descant launch` says."""
    arguments = [words[0], _file(prefix, name), *words[1:]]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    if isinstance(result.exception, UserError):
        return "[refused]"
    assert result.exception is None, result.exception
    return result.output.rstrip("\n")


def _ros(prefix: Path) -> dict[str, str]:
    """The page of each launch file by what ROS's launch would run."""
    cases = [[_file(prefix, name), *words] for name in CASES for words in CASES[name]]
    done = subprocess.run(
        [sys.executable, str(ROS_PRINT)], input=json.dumps(cases),
        env={**os.environ, "ROS_LOG_DIR": str(prefix / "log")},
        capture_output=True, text=True, timeout=10 * TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    texts = iter(json.loads(done.stdout))
    return {name: _page(prefix, name, [next(texts) for _ in CASES[name]]) for name in CASES}


def _page(prefix: Path, name: str, texts: list[str]) -> str:
    """The texts of a launch file's cases, each under its command, with no path of this machine."""
    pages = [
        f"$ {shlex.join(['descant', 'launch', '--print', name, *words])}\n{text}\n"
        for words, text in zip(CASES[name], texts, strict=True)
    ]
    return "\n".join(pages).replace(str(prefix), "PREFIX")


def _golden(name: str, text: str, *, write: bool) -> str:
    path = GOLDEN / f"{name}.txt"
    if write:
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.timeout(600)
@pytest.mark.skipif(bool(NO_ROS_LAUNCH) and not WRITE, reason="ROS's own launch is not installed")
def test_the_texts_are_what_ros_would_run(prefix: Path) -> None:
    assert not NO_ROS_LAUNCH, "the texts are written by ROS's launch, which is not installed"
    for name, page in _ros(prefix).items():
        assert page == _golden(name, page, write=WRITE)


@pytest.mark.parametrize("name", CASES)
def test_what_would_be_run_is_what_ros_would_run(prefix: Path, name: str) -> None:
    texts = [_descant(prefix, name, "--print", *words) for words in CASES[name]]
    page = _page(prefix, name, texts)
    assert page == _golden(name, page, write=False)


@pytest.mark.skipif(bool(NO_ROS_LAUNCH), reason="ROS's own launch is not installed")
def test_ros_shows_the_arguments_of_every_launch_file(prefix: Path) -> None:
    """As `ros2 launch --show-args` does: without running anything."""
    source = "launch.launch_description_sources.get_launch_description_from_any_launch_file"
    listing = (
        "import sys, launch.launch_description_sources\n"
        f"for path in sys.argv[1:]: print(*[a.name for a in {source}(path).get_launch_arguments()])"
    )
    files = [_file(prefix, name) for name in CASES]
    done = subprocess.run(
        [sys.executable, "-c", listing, *files], capture_output=True, text=True, timeout=TIMEOUT_S,
        env={**os.environ, "ROS_LOG_DIR": str(prefix / "log")}, check=True,
    )  # fmt: skip
    for file, line in zip(files, done.stdout.splitlines(), strict=True):
        ours = arguments.declared(schema.read(Path(file)), Context({}, os.environ))
        assert set(line.split()) == {argument.name for argument in ours}
        assert {"namespace", "params", "bag"} <= set(line.split())


def test_every_launch_file_is_there() -> None:
    files = (Path(__file__).parents[2] / "launch").glob("*.launch.xml")
    assert sorted(CASES) == sorted(path.name.removesuffix(".launch.xml") for path in files)


def test_arguments_of_part_1(prefix: Path) -> None:
    text = _descant(prefix, "part1", "--show-args").replace(str(prefix), "PREFIX") + "\n"
    assert text == _golden("part1-arguments", text, write=WRITE)


def test_discovery_and_transport_of_the_environment_are_kept(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is as it was is not printed."""
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET")
    monkeypatch.setenv("FASTRTPS_DEFAULT_PROFILES_FILE", "/mine")
    text = _descant(prefix, "performance", "--print")
    assert "ROS_AUTOMATIC_DISCOVERY_RANGE" not in text
    assert "FASTRTPS_DEFAULT_PROFILES_FILE" not in text


@pytest.mark.parametrize(
    "source", ["08", "1e5", "12:30", "true", "null", "file:a b.mid", "# x", ""]
)
def test_whatever_a_source_looks_like_it_arrives_as_that_text(source: str) -> None:
    text = ParameterText("/**", (("source", source),)).yaml()
    value = yaml.compose(text).value[0][1].value[0][1].value[0][1]
    assert (value.value, value.style) == (source, '"')
