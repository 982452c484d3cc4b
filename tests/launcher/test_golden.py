"""What part 1 comes to, as text. After a change that was meant, write the texts anew and read the
difference: DESCANT_GOLDEN=write pytest tests/launcher/test_part1.py
"""

import os
import sys
from pathlib import Path

import pytest
import yaml

from descant.launcher import arguments, reader, show
from descant.launcher.commands import Command, ParameterText
from descant.launcher.context import Context
from descant.launcher.expansion import expand
from support.launching import installed_descant

GOLDEN = Path(__file__).parent / "golden"


def _environment(prefix: Path, **more: str) -> dict[str, str]:
    return {"AMENT_PREFIX_PATH": str(prefix), "PATH": "/usr/bin:/bin", **more}


def _expanded(prefix: Path, *words: str, **more: str) -> tuple[Command, ...]:
    path = prefix / "share" / "descant" / "launch" / "part1.launch.xml"
    return expand(reader.read(path), arguments.parse(words), _environment(prefix, **more))


def _compare(text: str, prefix: Path, name: str) -> None:
    text = text.replace(str(prefix), "PREFIX").replace(sys.prefix, "ENVIRONMENT") + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DESCANT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("part1", []),
        (
            "part1-recorded",
            ["piano:=file:a show.mid", "bag:=out/bag", "sound:=wav:out.wav", "screen:=none"],
        ),
        (
            "part1-original",
            ["profile:=original", "piano:=port:12:30", "seed:=42", "awaited:=learner"],
        ),
    ],
)
def test_commands_of_part_1(tmp_path: Path, name: str, words: list[str]) -> None:
    prefix = installed_descant(tmp_path)
    text = show.commands_text(_expanded(prefix, *words), _environment(prefix))
    _compare(text, prefix, name)


def test_arguments_of_part_1(tmp_path: Path) -> None:
    prefix = installed_descant(tmp_path)
    launch = reader.read(prefix / "share" / "descant" / "launch" / "part1.launch.xml")
    known = arguments.declared(launch, Context({}, _environment(prefix)))
    _compare(show.arguments_text(known), prefix, "part1-arguments")


def test_what_the_environment_says_of_discovery_and_transport_holds(tmp_path: Path) -> None:
    given = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "FASTRTPS_DEFAULT_PROFILES_FILE": "/mine"}
    for command in _expanded(installed_descant(tmp_path), **given):
        assert given.items() <= command.environment.items()


@pytest.mark.parametrize(
    "source", ["08", "1e5", "12:30", "true", "null", "file:a b.mid", "# x", ""]
)
def test_whatever_a_source_looks_like_it_arrives_as_that_text(tmp_path: Path, source: str) -> None:
    text = ParameterText("/**", (("source", source),)).yaml()
    value = yaml.compose(text).value[0][1].value[0][1].value[0][1]
    assert (value.value, value.style) == (source, '"')
