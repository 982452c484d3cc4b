"""A launch file as data: what it says, not yet what it comes to with given arguments.

Everything here is frozen and has no side effects, so it can be visited, printed and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from descant.launcher.errors import Position
from descant.launcher.substitutions import Template
from descant.launcher.values import Raw


@dataclass(frozen=True)
class Condition:
    """`if` (wanted: true) or `unless` (wanted: false)."""

    text: Template
    wanted: bool


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something a launch file asks for; done where its condition holds."""

    where: Position
    condition: Condition | None


@dataclass(frozen=True, kw_only=True)
class Argument(Action):
    """`<arg>`: may be given as `name:=value`; must be, where there is no default."""

    name: str
    default: Template | None
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Let(Action):
    """`<let>`: gives a name a value, over any argument of that name."""

    name: Template
    value: Template


@dataclass(frozen=True, kw_only=True)
class SetEnvironment(Action):
    """`<set_env>` (a value) or `<unset_env>` (None), for the processes that follow."""

    name: Template
    value: Template | None


@dataclass(frozen=True, kw_only=True)
class Group(Action):
    """`<group>`: where scoped, what it changes is as before when it ends."""

    scoped: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class Include(Action):
    """`<include>`: another launch file, with arguments; not scoped, as in ROS."""

    file: Template
    arguments: tuple[tuple[Template, Template], ...]


@dataclass(frozen=True, kw_only=True)
class Running:
    """What `<node>` and `<executable>` have in common; times in seconds."""

    cwd: Template | None
    output: Template
    respawn: Template
    respawn_delay: float
    respawn_max_retries: int  # negative: without end
    required: bool  # on_exit="shutdown"
    shell: bool
    sigterm_timeout: float
    sigkill_timeout: float
    environment: tuple[tuple[Template, Template], ...]


@dataclass(frozen=True, kw_only=True)
class Executable(Action):
    """`<executable>`: any program; `arguments` begins with it."""

    name: Template | None
    arguments: tuple[Template, ...]
    running: Running


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`<param name value type>`."""

    where: Position
    name: Template
    value: Raw
    kind: str


@dataclass(frozen=True, kw_only=True)
class ParameterFile:
    """`<param from>`."""

    where: Position
    path: Template


@dataclass(frozen=True, kw_only=True)
class Node(Action):
    """`<node>`: a ROS node's executable of a package, or a program where `package` is None."""

    package: Template | None
    executable: Template
    name: Template | None
    namespace: Template | None
    label: Template | None
    arguments: tuple[Template, ...]
    ros_arguments: tuple[Template, ...] | None
    parameters: tuple[Parameter | ParameterFile, ...]
    remappings: tuple[tuple[Template, Template], ...]
    running: Running


@dataclass(frozen=True)
class LaunchFile:
    """One launch file, read."""

    path: Path
    actions: tuple[Action, ...]
