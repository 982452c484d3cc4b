# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The command line on any terminal, pipe and disk: the right text, or one line and a status.

Each command runs in a fork of this process, with streams of its own.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from descant import cli, interrupts
from descant.errors import UserError

RECORDING = Path(__file__).parent / "recordings" / "0.1" / "part1"
HARMFUL = "[red]x[/] \x1b]0;title\x07 :smile: \u202e"
COMMAND = [sys.executable, "-m", "descant"]


@dataclass(frozen=True)
class Ended:
    """A command that has ended, with what it wrote."""

    status: int
    out: str
    err: str

    def one_line(self) -> str:
        """What it said on standard error, which must be one harmless line."""
        [line] = self.err.splitlines()
        assert line.isprintable(), line
        return line


def run(*words: str, folder: Path, out: str = "", encoding: str = "utf-8") -> Ended:
    """Run `descant WORDS`; `out` is a file for standard output, 'closed', or '' to return it."""
    written, told = folder / "out.txt", folder / "err.txt"
    child = os.fork()
    if child == 0:
        _become(words, out or str(written), str(told), encoding)
    _, status = os.waitpid(child, 0)
    text = written.read_text(encoding) if not out else ""
    return Ended(os.waitstatus_to_exitcode(status), text, told.read_text("utf-8", "replace"))


def _become(words: tuple[str, ...], out: str, err: str, encoding: str) -> None:
    """Run the command in this process, which ends."""
    status = 99
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.stderr = open(2, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        if out == "closed":
            os.close(1)
            sys.stdout = sys.__stdout__ = None
        else:
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
            sys.__stdout__ = sys.stdout
        sys.argv = ["descant", *words]
        status = cli.main()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


# Arguments with which each command writes to standard output, without a graph; for those that need
# one their help.
ARGUMENTS = {
    "launch": ["--print", "part1"],
    "demo": ["--help"],
    "programme": ["show"],
    "devices": ["--json"],
    "cue": ["--help"],
    "bag": ["info", str(RECORDING)],
    "replay": ["--help"],
    "verify": [str(RECORDING)],
    "whatif": [str(RECORDING), "--jobs", "1"],
    "render": ["--help"],
    "picture": [str(RECORDING), "-o", "picture.png", "--size", "640x480"],
    "export": ["--columns"],
    "report": ["--help"],
    "page": ["-o", "page.html"],
    "parameters": [],
}


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Load what the commands load, once: the forks have it then."""
    for name in cli.COMMANDS:
        importlib.import_module(f"descant.commands.{name}")
    for name in ("page.recording", "picture.draw", "render.job", "report.analysis"):
        importlib.import_module(f"descant.{name}")


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", cli.COMMANDS)
def test_output_that_is_lost_is_one_line_and_a_status(name: str, tmp_path: Path) -> None:
    for out, reason in (("/dev/full", "No space left on device"), ("closed", "Bad file descr")):
        ended = run(name, *ARGUMENTS[name], folder=tmp_path, out=out)
        assert ended.status == 2, ended.err
        assert ended.one_line().startswith(f"descant: standard output: {reason}")


@pytest.mark.slow
@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_terminal_without_our_characters_gets_their_escapes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "20")
    known = run(name, *ARGUMENTS[name], folder=tmp_path)
    ended = run(name, *ARGUMENTS[name], folder=tmp_path, encoding="ascii")
    assert (ended.status, known.status) == (0, 0), ended.err + known.err
    assert ended.out == known.out.encode("ascii", "backslashreplace").decode("ascii")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_an_unknown_option_is_one_line(name: str, tmp_path: Path) -> None:
    ended = run(name, f"--{HARMFUL}", folder=tmp_path)
    assert ended.status == 2
    assert ended.one_line().startswith(
        "descant: No such option '--[red]x[/] \\x1b]0;title\\x07 :sm"
    )
    assert ended.one_line().endswith(f"(see 'descant {name} --help')")


# What a path cannot be, and what is said. A path that is read, then one that is written.
INPUTS = {
    ("bag", "info"): [],
    ("demo", "--midi"): [],
    ("export",): ["-o", "tables"],
    ("page",): ["-o", "page.html"],
    ("picture",): [],
    ("render",): ["-o", "x.wav"],
    ("replay",): [],
    ("report",): [],
    ("verify",): [],
    ("whatif",): [],
    ("launch",): [],
    ("programme", "check"): [],
}


@pytest.mark.parametrize("words", INPUTS, ids=" ".join)
@pytest.mark.parametrize("given", ["", "n" * 5000, HARMFUL, "\udcff.mid", "~/nothing", "folder"])
def test_an_input_that_is_none_is_one_line(
    words: tuple[str, ...], given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "folder").mkdir()
    ended = run(*words, given, *INPUTS[words], folder=tmp_path)
    assert ended.status == 2
    line = ended.one_line()
    assert line.startswith("descant: ")
    if given.startswith("~"):
        assert str(tmp_path / "home" / "nothing") in line
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "out.txt", "err.txt"}


@pytest.mark.parametrize(
    "words",
    [
        ("export", str(RECORDING)),
        ("page",),
        ("picture", str(RECORDING)),
        ("render", "part1.mid"),
        ("report", str(RECORDING)),
        ("whatif", "part1.mid"),
        ("demo",),
    ],
    ids=lambda words: words[0],
)
def test_standard_output_is_no_place_for_a_file(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = run(*words, "-o", "-", folder=tmp_path)
    assert ended.status == 2
    assert "standard output cannot be written; expected a path" in ended.one_line()
    assert run(*words, "-o", "", folder=tmp_path).one_line().count("expected a path") == 1
    assert not (tmp_path / "-").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("export", str(RECORDING)), "is a file, expected a folder"),
        (("page",), ""),
        (("picture", str(RECORDING)), ""),
        (("render", "part1.mid"), "/dev/null"),
        (("whatif", "part1.mid"), "expected a name that ends in .parquet or .csv"),
        (("demo",), "is a file, expected a folder"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_a_device_is_written_to_or_refused_and_stays(
    words: tuple[str, ...], refused: str, tmp_path: Path
) -> None:
    ended = run(*words, "-o", "/dev/null", folder=tmp_path)
    assert Path("/dev/null").is_char_device()
    if refused:
        assert ended.status == 2
        assert refused in ended.one_line()
    else:
        assert (ended.status, ended.err) == (0, "")
        assert ended.out.startswith("/dev/null: ")


@pytest.mark.parametrize("error", [UserError(HARMFUL + "\nsecond"), OSError(5, "bad", HARMFUL)])
def test_an_error_is_shown_harmlessly(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("descant.commands.launch._listing", fail)
    ended = run("launch", folder=tmp_path)
    assert ended.status == 2
    assert ended.one_line().startswith(r"descant: [red]x[/] \x1b]0;title\x07 :smile: \u202e")


@contextmanager
def started(*words: str, **streams: int) -> Iterator[subprocess.Popen[str]]:
    """`descant WORDS` as a process of its own, in which ctrl-c is not ignored."""
    process = subprocess.Popen(
        [*COMMAND, *words],
        text=True,
        preexec_fn=_signals_as_usual,  # noqa: PLW1509 -- no threads yet
        **streams,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _signals_as_usual() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("words", [("--help",), ("parameters",), ("launch", "--print", "part1")])
def test_who_reads_no_further_gets_no_words(words: tuple[str, ...]) -> None:
    with started(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_all_streams_closed_is_a_status() -> None:
    line = f"exec {' '.join(COMMAND)} programme show <&- >&- 2>&-"
    assert subprocess.run(["bash", "-c", line], timeout=60, check=False).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "after_s"),
    [(signal.SIGINT, 0.0), (signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGHUP, 0.3)],
)
def test_a_signal_ends_a_command_without_a_traceback(
    number: signal.Signals, after_s: float, tmp_path: Path
) -> None:
    words = ("whatif", "performance.mid", "--jobs", "1", "--set", "learner.seed=1:200:lin200")
    with started(*words, "-o", str(tmp_path / "o.csv"), stderr=subprocess.PIPE) as process:
        wait_for_python(process.pid)
        time.sleep(after_s)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert told.strip() == f"descant: stopped by {number.name}"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_ends_the_workers_of_an_export_too(tmp_path: Path) -> None:
    bags = [str(RECORDING.parent / name) for name in ("part1", "part2", "part3", "part4")]
    words = ("export", *bags, "--workers", "2", "-o", str(tmp_path / "tables"))
    with started(*words, stderr=subprocess.PIPE, start_new_session=True) as process:
        wait_for(lambda: len(processes(process.pid)) >= 3)  # with that which tracks resources
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (130, "descant: stopped by SIGINT")
    assert not list(tmp_path.iterdir())


def processes(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()


def wait_for_python(pid: int) -> None:
    """Wait until a new process has loaded `interrupts`: before that Python itself is starting."""
    wait_for(lambda: catches(pid, signal.SIGTERM))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30.0
    while time.monotonic() < deadline and not condition():
        time.sleep(0.002)


def catches(pid: int, number: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_a_signal_that_was_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    set_actions: dict[int, object] = {}
    actions = {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_DFL}
    monkeypatch.setattr(interrupts, "_handled", set())
    monkeypatch.setattr(interrupts.signal, "getsignal", lambda n: actions.get(n, signal.SIG_IGN))
    monkeypatch.setattr(interrupts.signal, "signal", set_actions.__setitem__)
    interrupts.end_at_once()
    interrupts.end_in_order()
    assert set(set_actions) == {signal.SIGTERM}
