"""The `descant` command: a table of commands, each imported when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from descant.errors import UserError

# name -> one line of help; the module of this name in `descant.commands` has a click command
# `command`.
COMMANDS = {
    "launch": "Run a launch file: descant launch part1 piano:=..",
    "demo": "Play the bundled improvisation: a sound file, a bag and a picture.",
    "programme": "List, show or check programmes of parts.",
    "devices": "List MIDI ports, sound outputs and cameras.",
    "cue": "Send a cue to the running graph: panic, restart, next, part.",
    "bag": "Show what is in a recording, or repair one that was cut off.",
    "replay": "Play a recording into the running graph.",
    "verify": "Recompute a recording and compare every learner state bit for bit.",
    "whatif": "Recompute a performance with other parameters, many variants at once.",
    "render": "Render a MIDI file or a recording as a film, as sound or as frames.",
    "picture": "Draw a recording as a picture: piano roll and losses.",
    "export": "Export recordings as tables for research.",
    "report": "Write a report of recordings as one HTML page with figures.",
    "page": "Write the interactive page, or one of a recording: the piece in any browser.",
    "parameters": "Print every parameter with range and meaning.",
}


class _Table(click.Group):
    """Finds commands by COMMANDS, so that `descant --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"descant.commands.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"descant.commands.{cmd_name}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="descant", message="descant %(version)s")
def cli() -> None:
    """Gradient descent, in concert: piano playing trains a function, seen and heard live."""


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
