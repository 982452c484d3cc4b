"""The `descant` command: a table of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from descant.errors import UserError

# name -> (module of the command, one line of help); the module has a click command `command`.
COMMANDS = {
    "launch": ("descant.commands.launch", "Run a launch file: descant launch part1 piano:=..."),
    "demo": ("descant.commands.demo", "Play the bundled improvisation and record it."),
    "programme": ("descant.commands.programme", "List, show or check programmes of parts."),
    "devices": ("descant.commands.devices", "List MIDI ports, sound devices and cameras."),
    "cue": ("descant.commands.cue", "Send a cue to the running graph: panic, restart, next."),
    "bag": ("descant.commands.bag", "Show what is in a recording, or repair one that was cut off."),
    "replay": ("descant.commands.replay", "Play a recording into the running graph."),
    "verify": ("descant.commands.verify", "Recompute a recording and compare it to the bit."),
    "whatif": ("descant.commands.whatif", "Learn a performance otherwise, many ways at once."),
    "render": ("descant.commands.render", "Turn a MIDI file or a recording into a film."),
    "picture": ("descant.commands.picture", "Draw a recording: piano roll and losses."),
    "export": ("descant.commands.export", "Turn recordings into tables for research."),
    "report": ("descant.commands.report", "One page that says what recordings hold, with figures."),
    "parameters": ("descant.commands.parameters", "Every parameter with range and meaning."),
}


class _Table(click.Group):
    """Looks commands up in COMMANDS, so that `descant --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=_Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="descant", message="descant %(version)s")
def cli() -> None:
    """Gradient descent, in concert: play the piano, hear and see the learning."""


def main() -> int:
    """Run the command line; a `UserError` is one line on standard error and status 2."""
    try:
        return int(cli.main(standalone_mode=False) or 0)
    except UserError as error:
        click.echo(f"descant: {error}", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130


if __name__ == "__main__":
    sys.exit(main())
