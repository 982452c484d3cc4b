# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The `descant` command: a table of commands, each imported when it is called."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys

import click

from descant import interrupts, streams
from descant.errors import UserError
from descant.remarks import tell

USER_ERROR = 2

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
    interrupts.end_in_order()


def main() -> int:
    """Run the command line; return its exit status.

    A mistake of the user is one line on standard error and status 2, as is output that cannot be
    written. A signal ends the command in order, with status 128 + number.
    """
    interrupts.end_at_once()
    streams.prepare()
    try:
        status = _run()
    except KeyboardInterrupt as interrupt:
        status = _interrupted(interrupt)
    finally:
        interrupts.end_at_once()
        with contextlib.suppress(OSError):
            streams.flush()
    return status


def _run() -> int:
    try:
        status = cli.main(prog_name="descant", standalone_mode=False)
        streams.flush()
        return int(status or 0)
    except UserError as error:
        tell(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "descant"
        tell(f"{error.format_message()} (see '{path} --help')")
    except click.ClickException as error:
        tell(error.format_message())
    except click.Abort as abort:
        if not isinstance(abort.__cause__, EOFError):
            return _interrupted(abort.__cause__)
        tell("unexpected end of the input")
    except OSError as error:
        tell(": ".join(str(part) for part in (error.filename, error.strerror) if part))
    return USER_ERROR


def _interrupted(cause: BaseException | None) -> int:
    """Say by what signal the command was stopped; return its exit status."""
    number = cause.number if isinstance(cause, interrupts.Interrupted) else signal.SIGINT
    tell(interrupts.stopped_by(number))
    return 128 + number


if __name__ == "__main__":
    sys.exit(main())
