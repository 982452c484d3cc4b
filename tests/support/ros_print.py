# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What `descant launch --print` would say, said by ROS's own launch.

    python ros_print.py < [[FILE, name:=value, ..], ..] > [TEXT, ..]

Each launch is run for real, in a process of its own, and stopped as soon as its processes have been
started: so the executables ought to be such as do nothing. What is printed is what ROS's launch
handed to the system, in the words of `descant.launcher.commands`.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import yaml
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription, RegisterEventHandler, Shutdown
from launch.event_handlers import OnProcessStart
from launch.launch_description_sources import AnyLaunchDescriptionSource

from descant.launcher.commands import Command, ParameterText, commands_text


def printed(case: list[str]) -> str:
    """The launch of `case`, a launch file and arguments, as text."""
    file, *words = case
    before, commands = dict(os.environ), list[Command]()
    arguments = [tuple(word.split(":=", maxsplit=1)) for word in words]
    started = OnProcessStart(on_start=lambda event, _: commands.append(_command(event)))
    launched = IncludeLaunchDescription(
        AnyLaunchDescriptionSource(file), launch_arguments=arguments
    )
    service = LaunchService(argv=words, noninteractive=True)
    service.include_launch_description(
        LaunchDescription([RegisterEventHandler(started), launched, Shutdown()])
    )
    if service.run() != 0:
        return "[refused]"
    return commands_text(sorted(commands, key=_number), before)


def _number(command: Command) -> int:
    return int(command.name.rsplit("-", 1)[1])


def _command(event: Any) -> Command:
    """A process as ROS's launch started it."""
    action = event.action
    respawn, delay, retries = (  # ROS's launch has no getters for these
        vars(action)[f"_ExecuteLocal__respawn{part}"] for part in ("", "_delay", "_max_retries")
    )
    return Command(
        name=event.process_name,
        arguments=tuple(_word(word) for word in event.cmd),
        environment=dict(event.env),
        respawn=respawn,
        respawn_delay=0.0 if delay is None else delay,
        respawn_max_retries=retries,
        required=any(isinstance(entity, Shutdown) for entity in action.get_sub_entities()),
    )


def _word(word: str) -> str | ParameterText:
    """A word of a command; a temporary parameter file as what is in it."""
    if "launch_params_" not in word or not os.path.isfile(word):
        return word
    [(node, contents)] = yaml.safe_load(Path(word).read_text(encoding="utf-8")).items()
    return ParameterText(node, tuple(contents["ros__parameters"].items()))


def main() -> None:
    """Standard output is kept for the answer: ROS's launch writes its log to it."""
    cases = json.load(sys.stdin)
    fork = multiprocessing.get_context("fork")
    with contextlib.redirect_stdout(sys.stderr), fork.Pool(2, maxtasksperchild=1) as pool:
        texts = pool.map(printed, cases, chunksize=1)
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()
