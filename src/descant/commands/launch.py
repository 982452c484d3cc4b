# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant launch`: run a launch file, list its arguments, or print what it would run."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from descant.commands.parameters import SETTINGS, settings_of
from descant.errors import UserError, did_you_mean
from descant.launcher import arguments, parameter_files, schema
from descant.launcher.commands import Command, commands_text
from descant.launcher.context import Context
from descant.launcher.errors import unknown
from descant.launcher.expansion import expand
from descant.launcher.output import Printer
from descant.launcher.second_show import refuse_second_show
from descant.log_folder import ensure_log_folder
from descant.parameters import unknown_parameter
from descant.paths import user_path
from descant.plain_text import plain
from descant.programme.settings import ProgrammeSettings
from descant.remarks import tell
from descant.resources import need_ros, share
from descant.security import check_security
from descant.streams import print_text

SUFFIX = ".launch.xml"
LOST = 2  # exit status
PATHS = ("params", "enclaves")  # arguments whose ~ no node replaces


@click.command()
@click.option("-s", "--show-args", is_flag=True, help="List the arguments of the launch file.")
@click.option("-p", "--print", "only_print", is_flag=True, help="Print the commands, run nothing.")
@click.option("--anyway", is_flag=True, help="Start nodes that run already once more.")
@click.argument("name", required=False)
@click.argument("given", nargs=-1, metavar="[NAME:=VALUE]...")
def command(
    *, name: str | None, given: tuple[str, ...], show_args: bool, only_print: bool, anyway: bool
) -> int:
    """Run a launch file: a NAME of this package, or the path of a ROS launch XML file.

    Without a name, list the launch files of the package. Ctrl-c stops all processes.
    """
    if name is None:
        print_text(*_listing())
        return 0
    launch = schema.read(find(name))
    values = arguments.parse(given)
    values |= {name: str(user_path(values[name])) for name in PATHS if "~" in values.get(name, "")}
    environment = child_environment()
    if show_args:
        known = arguments.declared(launch, Context(values, environment))
        print_text(*arguments.arguments_text(known).split("\n"))
        return 0
    if name.removesuffix(SUFFIX) in available():
        need_ros("launch")
    if not only_print and (remark := ensure_log_folder(environment)):
        tell(remark)
    commands = expand(launch, values, environment)
    for remark in parameter_files.remarks(commands, CHECKS, share() / "config"):
        tell(remark)
    if only_print:
        print_text(*commands_text(commands, os.environ).split("\n"))
        return 0
    for each in commands:
        check_security(each.environment)
    if not anyway:
        refuse_second_show(commands)
    return _run(commands)


def _unknown_parameter(node: str, name: str, value: Any) -> str:
    """Return what is wrong with the name of a parameter of `node`, '' where it is one.

    Raises `UserError` for a value that it cannot have.
    """
    kind = settings_of(node)
    known = {*kind.descriptors(), *ProgrammeSettings.descriptors()}
    if name in known:
        (kind if name in kind.descriptors() else ProgrammeSettings).checked(name, value)
        return ""
    if name in kind.REMOVED:
        return unknown_parameter(name, {}, kind.REMOVED)
    hint = did_you_mean(name, known) or f"'descant parameters {node}' lists them"
    return f"unknown parameter '{plain(name)}'; {hint}"


CHECKS = {n: partial(_unknown_parameter, n) for n in SETTINGS if n != "render"} | {
    "synth_standby": partial(_unknown_parameter, "synth")
}
"""Node -> what is wrong with a parameter."""


def _run(commands: tuple[Command, ...]) -> int:
    """Run commands with their output on standard output; return the exit status."""
    if os.name != "posix":
        raise UserError("cannot launch on this system; --print prints the commands")
    from descant.launcher import service  # noqa: PLC0415 -- needs signals that not all have

    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    printer = Printer(sys.stdout, color=color)
    try:
        status = service.run(commands, printer)
    finally:
        printer.close()
    if printer.blocked:
        os._exit(status or LOST)  # Python itself would wait for the terminal, for ever
    if printer.lost:
        tell(f"standard output: {printer.lost}: lines of this launch are lost")
        return status or LOST
    return status


def find(name: str) -> Path:
    """Return the launch file `name` of the package, or the file at that path."""
    path = Path(os.path.abspath(user_path(name)))
    if path.is_file():
        return path
    if os.sep in name or path.is_dir():
        raise UserError(f"no launch file {path}")
    files = available()
    stem = name.removesuffix(SUFFIX)
    if stem not in files:
        raise UserError(unknown("launch file", name, files))
    return files[stem]


def available() -> dict[str, Path]:
    """Return the launch files of the package by name."""
    found = sorted((share() / "launch").glob(f"*{SUFFIX}"))
    return {path.name.removesuffix(SUFFIX): path for path in found}


def child_environment() -> dict[str, str]:
    """Return this process's environment, with defaults for the variables that nodes need."""
    needed = {"AMENT_PREFIX_PATH": sys.prefix, "PYTHONUNBUFFERED": "1"}
    return needed | dict(os.environ)


def _listing() -> list[str]:
    lines = [f"  {name:<16} {path}" for name, path in available().items()]
    hint = "descant launch NAME name:=value ..; descant launch --show-args NAME lists the arguments"
    return ["Launch files:", *lines, "", hint]
