# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Let `descant cue` reach a node of this machine without a start of ROS (local_commands.py)."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable

from rclpy.node import Node

from descant.errors import UserError
from descant.local_commands import ANSWER_S, Answer, CommandServer, Request, socket_path
from descant.plain_text import plain


class LocalCommands:
    """Answers requests in the node's executor: `act` returns what happened.

    A `UserError` of `act` is a refusal. Where no socket can be made, `descant cue` goes by ROS.
    """

    def __init__(self, node: Node, act: Callable[[Request], str]) -> None:
        self._act = act
        self._requests: queue.SimpleQueue[tuple[Request, queue.SimpleQueue[Answer]]]
        self._requests = queue.SimpleQueue()
        self._guard = node.create_guard_condition(self._answer)
        self._server: CommandServer | None = None
        domain = node.context.get_domain_id()
        try:
            path = socket_path(domain, node.get_namespace(), node.get_name(), os.environ)
            self._server = CommandServer(path, self._hand_over)
        except UserError as error:
            node.get_logger().warning(plain(f"descant cue goes by ROS, which is slower: {error}"))

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def _hand_over(self, request: Request) -> Answer:
        """In the server's thread: let the executor act, and wait for its answer."""
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._requests.put((request, answers))
        self._guard.trigger()
        try:
            return answers.get(timeout=ANSWER_S)
        except queue.Empty:
            return Answer(False, "the node is busy; it may still act")

    def _answer(self) -> None:
        while not self._requests.empty():
            request, answers = self._requests.get()
            try:
                answers.put(Answer(True, plain(self._act(request))))
            except UserError as error:
                answers.put(Answer(False, plain(str(error))))
