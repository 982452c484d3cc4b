# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant page`: a whole file or none, opened where there is a browser; errors are one line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.commands import descant

pytestmark = pytest.mark.slow

RECORDING = Path(__file__).parent.parent / "recordings" / "0.2" / "learner_restarted"


def _page(*arguments: object, browser: str | None = None) -> subprocess.CompletedProcess[str]:
    return descant("page", *arguments, **({} if browser is None else {"BROWSER": browser}))


def test_it_replaces_a_file_and_leaves_nothing_else(tmp_path):
    file = tmp_path / "new" / "page.html"
    for _ in range(2):
        done = _page("-o", file)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"{file}: ")
        assert file.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_recording_is_put_into_it(tmp_path):
    plain, night = tmp_path / "plain.html", tmp_path / "night.html"
    assert _page("-o", plain).returncode == 0
    done = _page(RECORDING, "-o", night)
    assert (done.returncode, done.stderr) == (0, "")
    assert night.stat().st_size > plain.stat().st_size


def test_without_a_file_it_is_opened(tmp_path):
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    done = _page(browser=str(opener))
    assert (done.returncode, done.stderr) == (0, "")
    file = Path(done.stdout.split(": ")[0])
    assert (tmp_path / "opened").read_text().strip() == file.as_uri()
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    file.unlink()
    file.parent.rmdir()


def test_where_no_browser_opens_the_address_is_told(tmp_path):
    file = tmp_path / "page.html"
    done = _page("-o", file, "--open", browser="/bin/false")
    assert done.returncode == 2
    assert (
        done.stderr == f"descant: no browser to open the page in; open {file.as_uri()} yourself\n"
    )
    assert file.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "-o", "x.html"], "descant: no bag nowhere\n"),
        (["-o", "/proc/nothing/x.html"], "descant: cannot write /proc/nothing/x.html: "),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments, message):
    done = _page(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
