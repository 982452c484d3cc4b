# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Services of the performer's commands: offer one, and call one. Each answers what happened."""

from __future__ import annotations

import time
from collections.abc import Callable

import rclpy
from rclpy.node import Node
from std_srvs.srv import Trigger

from descant.errors import UserError
from descant.plain_text import plain
from descant.srv import GoToPart

NEXT_PART = "next_part"
RESTART_PART = "restart_part"
GO_TO_PART = "go_to_part"
PANIC = "panic"
SERVICES = {"next": NEXT_PART, "restart": RESTART_PART, "part": GO_TO_PART, "panic": PANIC}
"""Cue of `descant cue` -> service, as relative name: each namespace has its own."""

ANSWER_S = 5.0
PANIC_ANSWER_S = 2.0
POLL_S = 0.01


def offer(node: Node, name: str, act: Callable[[], str]) -> None:
    """Offer a std_srvs/Trigger: `act` returns what happened; its `UserError` is a refusal."""

    def on_request(_: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success, response.message = _answer(act)
        return response

    node.create_service(Trigger, name, on_request)


def offer_parts(node: Node, act: Callable[[int], str]) -> None:
    """Offer `GO_TO_PART`: `act` begins the part of a number, as in `offer`."""

    def on_request(request: GoToPart.Request, response: GoToPart.Response) -> GoToPart.Response:
        response.success, response.message = _answer(lambda: act(request.part))
        return response

    node.create_service(GoToPart, GO_TO_PART, on_request)


def _answer(act: Callable[[], str]) -> tuple[bool, str]:
    """Whether it was done, and what happened."""
    try:
        return True, plain(act())
    except UserError as error:
        return False, plain(str(error))


def call(node: Node, cue: str, part: int, is_hopeless: Callable[[], bool]) -> str | None:
    """Have the service of `cue` act, and return what happened; None once nobody offers it and
    `is_hopeless`, and where a panic is not answered: others than the one that offers the service
    act on it. Raises `UserError` where it refuses, and where no answer comes.

    `node` must be of the global context, and in no executor.
    """
    kind = GoToPart if cue == "part" else Trigger
    client = node.create_client(kind, SERVICES[cue])
    while not client.service_is_ready():
        if is_hopeless():
            return None
        time.sleep(POLL_S)
    request = kind.Request(part=part) if cue == "part" else kind.Request()
    future = client.call_async(request)
    timeout_s = PANIC_ANSWER_S if cue == "panic" else ANSWER_S
    rclpy.spin_until_future_complete(node, future, timeout_sec=timeout_s)
    response = future.result() if future.done() else None
    if response is None and cue == "panic":
        return None
    if response is None:
        raise UserError(
            f"no answer from {client.service_name} within {ANSWER_S:g} s: the node that offers it "
            "is busy or frozen, and may still act"
        )
    if not response.success:
        raise UserError(response.message)
    return str(response.message)
