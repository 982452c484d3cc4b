# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Real-time scheduling for the thread that computes sound."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import threading

PRIORITY = 4
"""Above all ordinary threads, and below JACK's, which are at 5 or higher."""
MOST_TIME_US = 200_000
"""Microseconds of processor time without a pause after which Linux ends the process: rtkit demands
such a limit."""
_RTKIT = "org.freedesktop.RealtimeKit1"


def request_real_time() -> str:
    """Ask for SCHED_FIFO for the calling thread; return a few words about what holds now."""
    if set_real_time(PRIORITY):
        return f"SCHED_FIFO {PRIORITY}"
    return f"SCHED_FIFO {PRIORITY} by rtkit" if _ask_rtkit() else "no real-time priority"


def set_real_time(priority: int) -> bool:
    """Give the calling thread SCHED_FIFO; whether that is possible. Its new threads have none."""
    try:
        flags = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, flags, os.sched_param(priority))
    except (AttributeError, OSError):  # not Linux, or not allowed
        return False
    return True


def set_ordinary() -> None:
    """Give the calling thread the usual priority."""
    for flag in (0, os.SCHED_RESET_ON_FORK):  # who is not privileged may not take the flag away
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER | flag, os.sched_param(0))
            return


def is_time_limited() -> bool:
    """Whether Linux ends the process where a real-time thread does not pause for a while."""
    try:
        resource = importlib.import_module("resource")  # Windows has none
        return bool(resource.getrlimit(resource.RLIMIT_RTTIME)[0] != resource.RLIM_INFINITY)
    except (ImportError, AttributeError, ValueError, OSError):
        return True


def probe_real_time() -> str:
    """What a thread of this process would get, in the words of `request_real_time`."""
    words: list[str] = []
    thread = threading.Thread(target=lambda: words.append(request_real_time()))
    thread.start()
    thread.join()
    return words[0]


def _ask_rtkit() -> bool:
    """Let rtkit do it over D-Bus, by the command of systemd."""
    busctl = shutil.which("busctl")
    if busctl is None:
        return False
    thread = (str(os.getpid()), str(threading.get_native_id()), str(PRIORITY))
    path, method = f"/{_RTKIT.replace('.', '/')}", "MakeThreadRealtimeWithPID"
    command = [busctl, "call", _RTKIT, path, _RTKIT, method, "ttu", *thread]
    try:
        resource = importlib.import_module("resource")  # Windows has none
        limits = resource.getrlimit(resource.RLIMIT_RTTIME)
        resource.setrlimit(resource.RLIMIT_RTTIME, (MOST_TIME_US, limits[1]))
        asked = subprocess.run(command, capture_output=True, timeout=2.0, check=False)
    except (ImportError, AttributeError, ValueError, OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
