# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from descant.child_process import OWN_GROUP
from support.launching import (
    TIMEOUT_S,
    Launch,
    alive,
    gone,
    launch_file,
    package,
    shell,
    wait_for,
)

pytestmark = pytest.mark.slow

WAIT = "while :; do sleep 0.05; done"
# A process that ends at once, in order, when it is interrupted.
POLITE = shell("trap 'echo bye; exit 0' INT", "echo ready $$", WAIT)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's prctl and /proc")


def _launch(folder: Path, *actions: str, stop_timeout_s: float = 5.0) -> Launch:
    file = launch_file(folder, "\n".join(actions))
    return Launch(str(file), stop_timeout_s=stop_timeout_s)


def _pid(line: str) -> int:
    return int(line.rsplit(maxsplit=1)[-1])


def test_output_is_prefixed_and_no_line_is_lost(tmp_path: Path) -> None:
    count = 20_000
    script = tmp_path / "many.py"
    script.write_text(
        f"import sys\nfor n in range({count}):\n    print('out', n)\n"
        "print('err', file=sys.stderr)\nprint('x' * 200_000)\nsys.stdout.write('last')\n",
        encoding="utf-8",
    )
    with _launch(tmp_path, f'<executable name="m" cmd="{sys.executable} -S {script}"/>') as launch:
        assert launch.ended() == 0
    numbers = [int(line.split()[-1]) for line in launch.lines if line.startswith("[m-1] out")]
    assert numbers == list(range(count))
    assert {"[m-1] err", "[m-1] last", "[m-1] " + "x" * 200_000} <= set(launch.lines)


def test_ctrl_c_interrupts_all_and_returns_zero(tmp_path: Path) -> None:
    actions = [f'<executable name="{name}" cmd="{POLITE}"/>' for name in "ab"]
    with _launch(tmp_path, *actions) as launch:
        pids = [_pid(launch.line(rf"\[{name}-\d\] ready")) for name in "ab"]
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 0
    assert gone(*pids)
    assert "[launch] SIGINT: stopping all (once more: at once)" in launch.lines
    assert {"[a-1] bye", "[b-2] bye", "[launch] a-1 ended", "[launch] b-2 ended"} <= set(
        launch.lines
    )
    assert launch.lines[-1] == "[launch] all ended, status 0"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_stop_in_the_same_order(tmp_path: Path, number: signal.Signals) -> None:
    with _launch(tmp_path, f'<executable name="a" cmd="{POLITE}"/>') as launch:
        pid = _pid(launch.line(r"\[a-1\] ready"))
        launch.process.send_signal(number)
        assert launch.ended() == 0
    assert gone(pid)
    assert "[a-1] bye" in launch.lines


def test_ctrl_c_in_the_terminal_reaches_the_launcher_alone(tmp_path: Path) -> None:
    with _launch(tmp_path, f'<executable name="a" cmd="{POLITE}"/>') as launch:
        pid = _pid(launch.line(r"\[a-1\] ready"))
        assert os.getpgid(pid) != os.getpgid(launch.process.pid)


def test_interrupt_then_terminate_then_kill(tmp_path: Path) -> None:
    stubborn = shell("trap 'echo int' INT", "trap 'echo term' TERM", "echo ready $$", WAIT)
    action = f'<executable name="s" cmd="{stubborn}"/>'
    with _launch(tmp_path, action, stop_timeout_s=0.5) as launch:
        pid = _pid(launch.line(r"\[s-1\] ready"))
        launch.process.send_signal(signal.SIGINT)
        launch.ended()
    assert gone(pid)
    # The shell's own word about its sleep is left out.
    told = [line for line in launch.lines if "s-1" in line and "Terminated" not in line]
    assert told[2:] == [
        "[s-1] int",
        "[launch] s-1 is still running: sending SIGTERM",
        "[s-1] term",
        "[launch] s-1 is still running: sending SIGKILL",
        "[launch] s-1 was ended by SIGKILL",
    ]


def test_another_ctrl_c_does_not_wait_any_longer(tmp_path: Path) -> None:
    stubborn = shell("trap 'echo int' INT", "trap 'echo term' TERM", "echo ready $$", WAIT)
    action = f'<executable name="s" cmd="{stubborn}"/>'
    with _launch(tmp_path, action, stop_timeout_s=1000.0) as launch:
        pid = _pid(launch.line(r"\[s-1\] ready"))
        launch.process.send_signal(signal.SIGINT)
        launch.line(r"\[s-1\] int")
        launch.process.send_signal(signal.SIGINT)
        launch.line(r"\[s-1\] term")
        launch.process.send_signal(signal.SIGINT)
        launch.ended()
    assert gone(pid)
    assert launch.lines.count("[launch] SIGINT again: not waiting any longer") == 2


def test_what_died_is_started_again_while_the_others_go_on(tmp_path: Path) -> None:
    again = f'<executable name="again" cmd="{POLITE}" respawn="true" respawn_delay="0.1"/>'
    with _launch(tmp_path, again, f'<executable name="other" cmd="{POLITE}"/>') as launch:
        other = _pid(launch.line(r"\[other-2\] ready"))
        first = _pid(launch.line(r"\[again-1\] ready"))
        os.kill(first, signal.SIGKILL)
        second = _pid(launch.line(r"\[again-1\] ready", count=2))
        assert second != first
        assert alive(other)
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 0
    assert gone(second, other)
    line = "[launch] again-1 was ended by SIGKILL: starting it again after 0.1 s"
    assert line in launch.lines


DEAD = shell("echo RuntimeError: no such thing", "echo bye", "exit 3")
AGAIN = 'respawn="true" respawn_delay="0.01" respawn_max_retries="1"'


def test_what_cannot_start_is_given_up_with_its_last_error_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    dead = f'<executable name="d" cmd="{DEAD}" {AGAIN}/>'
    with _launch(tmp_path, dead, f'<executable name="a" cmd="{POLITE}"/>') as launch:
        line = launch.line("given up")
        launch.line(r"\[a-2\] ready")
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 3
    assert line == (
        "[launch] d-1 failed with status 3 (RuntimeError: no such thing), given up after 2 short "
        "runs in a row: the others go on"
    )
    assert launch.lines.count("[d-1] bye") == 2


@pytest.mark.parametrize(("node", "ends"), [("piano", True), ("synth", True), ("learner", False)])
def test_a_show_that_would_be_silent_ends(tmp_path: Path, node: str, ends: bool) -> None:
    nodes = ("piano", "synth", "learner")
    package(tmp_path / "prefix", "descant", *nodes, script="#!/bin/sh\necho Error: dead\nexit 3\n")
    actions = (
        f'<node pkg="descant" exec="{node}" name="{node}" {AGAIN}/>',
        f'<executable name="a" cmd="{POLITE}"/>',
    )
    file = launch_file(tmp_path, "\n".join(actions))
    environment = {"AMENT_PREFIX_PATH": str(tmp_path / "prefix")}
    with Launch("--anyway", str(file), env=environment) as launch:
        line = launch.line(f"{node}-1 failed with status 3 .Error: dead., given up after 2 short")
        if not ends:
            launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 3
    assert line.endswith("stopping all" if ends else "the others go on")


def test_ctrl_c_does_not_wait_for_a_restart(tmp_path: Path) -> None:
    dying = '<executable name="d" cmd="/bin/false" respawn="true" respawn_delay="1000"/>'
    with _launch(tmp_path, dying) as launch:
        launch.line("d-1 failed with status 1: starting it again after 1000 s")
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 0


def test_the_end_of_a_required_process_stops_all_with_its_status(tmp_path: Path) -> None:
    required = f'<executable name="r" cmd="{shell("exit 3")}" on_exit="shutdown"/>'
    with _launch(tmp_path, f'<executable name="a" cmd="{POLITE}"/>', required) as launch:
        assert launch.ended() == 3
    assert "[launch] r-2 failed with status 3: stopping all" in launch.lines


def test_a_failure_without_restart_shows_in_the_status_once_all_have_ended(tmp_path: Path) -> None:
    failing = f'<executable name="f" cmd="{shell("exit 4")}"/>'
    with _launch(tmp_path, failing, f'<executable name="a" cmd="{POLITE}"/>') as launch:
        launch.line(r"\[launch\] f-1 failed with status 4: the others go on")
        launch.line(r"\[a-2\] ready")
        launch.process.send_signal(signal.SIGINT)
        assert launch.ended() == 4


def test_a_users_mistake_stops_all_instead_of_starting_for_ever(tmp_path: Path) -> None:
    mistaken = f'<executable name="m" cmd="{shell("echo error: no file", "exit 2")}"'
    mistaken += ' respawn="true"/>'
    with _launch(tmp_path, mistaken, f'<executable name="a" cmd="{POLITE}"/>') as launch:
        assert launch.ended() == 2
    assert launch.lines.count("[m-1] error: no file") == 1
    assert "[launch] m-1 failed with status 2: stopping all" in launch.lines


def test_a_program_that_cannot_be_started_stops_all(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("no interpreter", encoding="utf-8")
    broken.chmod(0o755)
    actions = [f'<executable name="a" cmd="{POLITE}"/>', f'<executable cmd="{broken}"/>']
    with _launch(tmp_path, *actions) as launch:
        assert launch.ended() == 2
    assert "[launch] broken-2 cannot be started: Exec format error: stopping all" in launch.lines


def test_a_launch_without_processes_ends_at_once(tmp_path: Path) -> None:
    with _launch(tmp_path, '<arg name="a" default="1"/>') as launch:
        assert launch.ended() == 0


@LINUX
def test_what_a_process_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    leaving = shell("sleep 1000 & echo child $!")
    with _launch(tmp_path, f'<executable name="l" cmd="{leaving}"/>') as launch:
        assert launch.ended() == 0
        assert gone(_pid(launch.line(r"\[l-1\] child")))


@LINUX
def test_children_do_not_outlive_a_killed_launcher(tmp_path: Path) -> None:
    polite = shell("trap 'exit 0' TERM", "echo ready $$", WAIT)
    with _launch(tmp_path, f'<executable name="a" cmd="{polite}"/>') as launch:
        pid = _pid(launch.line(r"\[a-1\] ready"))
        launch.process.kill()
        assert gone(pid)


@pytest.mark.parametrize(
    ("end", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")],
)
def test_lines_that_are_lost_stop_nothing_and_are_told(
    end: str, reason: str, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    talk = shell("echo a", "sleep 0.1", "echo b", f"touch {done}")
    file = launch_file(tmp_path, f'<executable name="t" cmd="{talk}"/>')
    run = subprocess.run(
        f"{sys.executable} -m descant.cli launch {file} {end}",
        shell=True, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert run.stderr == f"descant: standard output: {reason}: lines of this launch are lost\n"
    assert run.returncode == 2
    assert done.exists()


def test_a_reader_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    said = tmp_path / "said"
    talk = f"while :; do echo talk; echo x >> {said}; sleep 0.02; done"
    action = f'<executable name="t" cmd="{shell("trap exit INT", talk)}"/>'
    launcher = subprocess.Popen(
        [sys.executable, "-m", "descant.cli", "launch", str(launch_file(tmp_path, action))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **OWN_GROUP,
    )
    assert launcher.stdout is not None
    assert launcher.stderr is not None
    launcher.stdout.readline()
    launcher.stdout.close()
    before = said.stat().st_size if said.exists() else 0
    assert wait_for(lambda: said.exists() and said.stat().st_size > before + 20)
    launcher.send_signal(signal.SIGINT)
    assert (launcher.wait(TIMEOUT_S), launcher.stderr.read()) == (0, b"")
    launcher.stderr.close()
