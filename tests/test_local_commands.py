# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Commands over a Unix socket, without a graph."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from descant import local_commands
from descant.errors import UserError
from descant.local_commands import Answer, CommandServer, Request, ask, domain_of, socket_path

NEXT = Request("next", 0)
Serve = Callable[..., CommandServer]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return socket_path(7, "/", "conductor", {"XDG_RUNTIME_DIR": str(tmp_path)})


@pytest.fixture
def serve(path: Path) -> Iterator[Serve]:
    """Start a server that repeats the request, or acts as the test says."""
    with ExitStack() as stack:

        def start(act: Callable[[Request], Answer] | None = None) -> CommandServer:
            made = CommandServer(path, act or (lambda r: Answer(True, f"{r.cue} {r.part}")))
            stack.callback(made.close)
            return made

        yield start


def sent(path: Path, data: bytes) -> dict[str, object]:
    """The answer to raw bytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        connection.sendall(data)
        return dict(json.loads(connection.makefile().readline()))


def test_a_request_is_answered(path: Path, serve: Serve) -> None:
    serve()
    assert ask(path, Request("part", 3)) == Answer(True, "part 3")
    assert ask(path, NEXT) == Answer(True, "next 0")


def test_a_refusal_is_an_answer(path: Path, serve: Serve) -> None:
    serve(lambda _: Answer(False, "it is the last"))
    assert ask(path, NEXT) == Answer(False, "it is the last")


def test_nobody_listens(path: Path, serve: Serve) -> None:
    assert ask(path, NEXT) is None
    serve().close()
    assert ask(path, NEXT) is None
    assert not path.exists()


def test_what_a_killed_node_left_is_replaced(path: Path, serve: Serve) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(path))
    assert path.is_socket()
    assert ask(path, NEXT) is None
    serve()
    assert ask(path, NEXT) == Answer(True, "next 0")


def test_a_node_that_listens_is_not_replaced(path: Path, serve: Serve) -> None:
    serve()
    with pytest.raises(UserError, match="another node listens at"):
        CommandServer(path, lambda _: Answer(False, "second"))
    assert ask(path, NEXT) == Answer(True, "next 0")


@pytest.mark.parametrize(
    "data",
    [b"\n", b"next\n", b"[1]\n", b'{"cue": "next"}\n', b'{"cue": 1, "part": "x"}\n', b"x" * 5_000],
)
def test_what_is_no_request_is_refused(path: Path, serve: Serve, data: bytes) -> None:
    serve()
    assert sent(path, data) == {
        "done": False,
        "text": "expected a line of JSON with 'cue' and 'part'",
    }
    assert ask(path, NEXT) == Answer(True, "next 0")


def test_a_client_that_sends_nothing_is_left(
    path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_commands, "REQUEST_S", 0.1)
    serve()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as idle:
        idle.connect(str(path))
        assert ask(path, NEXT) == Answer(True, "next 0")


def test_a_node_that_does_not_answer_is_said(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as frozen:
        frozen.bind(str(path))
        frozen.listen(1)
        with pytest.raises(UserError, match=r"no answer from conductor within 0\.1 s: it is busy"):
            ask(path, NEXT, 0.1)


def test_graphs_do_not_meet(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    graphs = [(0, "/"), (1, "/"), (0, "/hall_a")]
    assert len({socket_path(*graph, "synth", environment) for graph in graphs}) == 3


def test_the_folder_is_this_user_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_commands.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = socket_path(0, "/", "synth", {}).parent
    assert folder == tmp_path / f"descant-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    with pytest.raises(UserError, match=f"{folder} is not a folder of this user alone"):
        socket_path(0, "/", "synth", {})
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(UserError, match="is not a folder of this user alone"):
        socket_path(0, "/", "synth", {})


def test_a_system_without_unix_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(UserError, match="this system has no Unix sockets"):
        socket_path(0, "/", "synth", {})


def test_the_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [
        domain_of({}),
        domain_of({"ROS_DOMAIN_ID": ""}),
        domain_of({"ROS_DOMAIN_ID": "12"}),
    ] == [
        0,
        0,
        12,
    ]
    with pytest.raises(UserError, match="ROS_DOMAIN_ID is no number: 'x'"):
        domain_of({"ROS_DOMAIN_ID": "x"})
