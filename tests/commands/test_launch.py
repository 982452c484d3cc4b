# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from descant.commands.launch import command
from descant.errors import UserError
from support.launching import TIMEOUT_S, Launch, installed_descant, launch_file


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    prefix = installed_descant(tmp_path)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(prefix))
    return prefix


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, words, standalone_mode=False)


def test_without_a_name_the_launch_files_are_listed(prefix: Path) -> None:
    output = _run().output
    assert "part1" in output
    assert str(prefix / "share" / "descant" / "launch" / "part1.launch.xml") in output


@pytest.mark.parametrize("name", ["part1", "part1.launch.xml"])
def test_arguments_are_listed(prefix: Path, name: str) -> None:
    output = _run("--show-args", name).output
    assert "  piano\n" in output
    assert "      one of: paper, original\n      default: paper\n" in output


def test_a_path_is_a_launch_file_too(tmp_path: Path) -> None:
    path = launch_file(tmp_path, '<arg name="own"/>')
    assert "  own\n      must be given\n" in _run("-s", str(path)).output


def test_printing_runs_nothing(
    prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # what would be set anew is printed as well
    path = launch_file(tmp_path, f'<executable cmd="touch {tmp_path}/made"/>')
    assert _run("--print", str(path)).output == f"[touch-1]\n  touch {tmp_path}/made\n"
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["prat1"], r"unknown launch file 'prat1'; did you mean 'part1'\?"),
        (["no/such.launch.xml"], r"no launch file /.*/no/such\.launch\.xml"),
        (["part1", "pinao:=auto"], r"unknown argument 'pinao'; did you mean 'piano'\?"),
        (["part1", "profile:=papr"], "'profile' must be one of paper, original, not 'papr'"),
        (["part1", "seed:=many"], "not a parameter value: 'many' is not of type int"),
        (["part1", "namespace:=1a"], "'/1a' is no namespace: expected names of letters, digits"),
        (["part1", "params:=no.yaml"], r"^no\.yaml: No such file or directory$"),
        (["part1", "auto"], "'auto' is not a launch argument; expected name:=value"),
    ],
)
def test_a_mistake_is_one_line_and_starts_nothing(
    prefix: Path, words: list[str], message: str
) -> None:
    result = _run(*words)
    with pytest.raises(UserError, match=message) as caught:
        raise result.exception or AssertionError(result.output)
    assert "\n" not in str(caught.value)
    assert result.output == ""


def test_what_the_nodes_would_not_read_is_told_and_nothing_else_changes(
    prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text("lerner:\n  ros__parameters: {a: 1}", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    result = CliRunner().invoke(command, ["--print", "part1", "params:=~/mine.yaml"])
    assert result.exit_code == 0
    assert f"--params-file {tmp_path}/mine.yaml" in result.stdout
    assert result.stderr == (
        f"descant: {tmp_path}/mine.yaml: 'lerner' is no node of this launch: did you mean "
        "'/learner'?\n"
    )


def test_a_mistake_exits_with_status_two(tmp_path: Path) -> None:
    path = launch_file(tmp_path, "<nod/>")
    with Launch(str(path)) as launch:
        assert launch.ended() == 2
    (line,) = launch.lines
    assert line.startswith(
        f"descant: {path}:2: unknown tag in <launch> 'nod'; did you mean 'node'? known: arg, "
    )


def test_missing_variables_of_the_environment_get_defaults(tmp_path: Path) -> None:
    show = "import os; print(os.environ['AMENT_PREFIX_PATH'], os.environ['PYTHONUNBUFFERED'])"
    action = f'<executable cmd="{sys.executable} -S -c &quot;{show}&quot;" name="n"/>'
    with Launch(str(launch_file(tmp_path, action)), unset=("AMENT_PREFIX_PATH",)) as launch:
        assert launch.ended() == 0
    assert f"[n-1] {sys.prefix} 1" in launch.lines


def test_part_1_starts_stops_and_starts_again_what_ended(prefix: Path, tmp_path: Path) -> None:
    environment = {"AMENT_PREFIX_PATH": str(prefix)}
    words = (f"bag:={tmp_path}/bag", "screen:=none")
    with Launch("part1", *words, env=environment) as launch:
        for name in ("recorder-1", "conductor-2", "synth-3", "learner-4", "piano-5"):
            launch.line(rf"\[{name}\] .*ros__parameters", count=2)
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 0


def test_where_signals_are_missing_a_launch_is_printed_all_the_same(tmp_path: Path) -> None:
    path = launch_file(tmp_path, '<executable cmd="true"/>')
    code = (
        "import signal; del signal.SIGHUP; from descant.commands.launch import command; "
        f"command(['--print', {str(path)!r}], standalone_mode=False)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert (done.stderr, done.stdout.splitlines()[:2]) == ("", ["[true-1]", "  true"])


def test_without_a_home_folder_all_processes_get_one_log_folder_said_once(tmp_path: Path) -> None:
    path = launch_file(tmp_path, '<executable cmd="printenv ROS_LOG_DIR"/>' * 2)
    variables = {"HOME": "/proc/none", "TMPDIR": str(tmp_path), "ROS_LOG_DIR": "", "ROS_HOME": ""}
    launched = subprocess.run(
        [sys.executable, "-m", "descant", "launch", path],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    (folder,) = tmp_path.glob("descant-log-*")
    (said,) = launched.stderr.splitlines()
    assert said.endswith(f": log files of ROS go to {folder}")
    assert launched.stdout.count(f"] {folder}\n") == 2


def test_output_that_nobody_reads_does_not_keep_the_launcher_from_ending(tmp_path: Path) -> None:
    """As in a terminal that is paused: what is left is lost, and the exit status says so."""
    path = launch_file(
        tmp_path,
        f"""<executable cmd="sh -c 'yes | head -c 300000;
        touch {tmp_path}/written'"/>""",
    )
    launcher = subprocess.Popen(
        [sys.executable, "-m", "descant", "launch", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert launcher.wait(TIMEOUT_S) != 0
        assert (tmp_path / "written").exists()
    finally:
        launcher.kill()
        launcher.wait()
        assert launcher.stdout
        launcher.stdout.close()
