# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Start, spin and stop a node."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn, ParamSpec, Protocol, cast

import rclpy
from rclpy.duration import Duration
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.executors import (
    ExternalShutdownException,
    ShutdownException,
    SingleThreadedExecutor,
)
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import try_shutdown

from descant.errors import UserError
from descant.fastdds import use_profile
from descant.log_folder import ensure_log_folder
from descant.namespaces import ROOT, namespace_of, ros_arguments
from descant.nodes.common.secured import refusals_told, ros_reason
from descant.peers import VARIABLE, remove_unresolved
from descant.plain_text import plain
from descant.security import check_security
from descant.shared_memory import remove_dead_segments

P = ParamSpec("P")

LAST_MESSAGES_S = 0.5
"""Time for the last messages to arrive. A subscriber that died, but is still matched, never
acknowledges them."""

WAKE_PERIOD_S = 0.25
"""DDS may wait by the time of day (that in the wheels does, built for an old C library): when the
clock is set back by an hour, an executor that waits for its next timer would sleep for that hour.
It is woken this often by the monotonic clock."""

SWITCH_INTERVAL_S = 0.0005
"""For so long a thread of a node with a live thread keeps Python's lock while another waits for it;
Python's own 5 ms are too long for a note, or for a period of sound."""


class _Stop(Exception):  # noqa: N818 -- a signal, no error
    """Raised in the main thread, between two callbacks, after SIGINT or SIGTERM."""


def _stop() -> None:
    raise _Stop


@contextlib.contextmanager
def _woken(executor: SingleThreadedExecutor, on_signal: Callable[[], object]) -> Iterator[None]:
    """Call `on_signal` in a thread at the first SIGINT or SIGTERM, and keep the executor awake.

    Python's handler alone runs only when the executor next wakes, which a node without messages
    and timers never does, and then in the middle of whatever callback is running. The byte that
    Python writes for each signal wakes the thread at once; without one it wakes the executor every
    `WAKE_PERIOD_S`, whatever happens to the time of day.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    ended = threading.Event()

    def watch() -> None:
        stopping = False
        while not ended.is_set():
            if select.select([reader], [], [], WAKE_PERIOD_S)[0]:
                reader.recv(64)
                if not stopping and not ended.is_set():
                    on_signal()
                stopping = True  # a second ctrl-c has no effect: the node is stopping already
            with contextlib.suppress(Exception):  # it may be shutting down
                executor.wake()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=watch, name="wake", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        ended.set()
        writer.close()
        thread.join()


def run(make: Callable[[], Node], *, has_live_thread: bool = False) -> NoReturn:
    """Make a node, spin it until SIGINT or SIGTERM, and end the process.

    `has_live_thread`: a thread of MIDI or sound must not wait for the executor's.

    The node's `close()`, if it has one, runs before the node is destroyed, so that the last
    messages (held keys released, the bag closed) are sent. A `UserError` is one line on standard
    error and status 2.
    """
    if has_live_thread:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
    _end(_spin_until_signal, make)


def _spin_until_signal(make: Callable[[], Node]) -> int:
    _initialise(sys.argv)
    executor = SingleThreadedExecutor()
    node: Node | None = None
    with _woken(executor, lambda: executor.create_task(_stop)):
        try:
            with refusals_told():
                node = make()
            executor.add_node(node)
            _freeze_garbage_collector()
            executor.spin()
        except (_Stop, ExternalShutdownException):
            pass
        finally:
            _shut_down(node)
    return 0


def prepare_environment() -> None:
    """Mend what would keep ROS from starting, with a warning: unknown peers, no log folder.

    The shared memory of nodes that were killed is removed; security that ROS lacks is refused; Fast
    DDS gets the profile of the launch files, unless the user has one.
    """
    check_security(os.environ)
    remove_dead_segments()
    use_profile(os.environ)
    for peer in remove_unresolved(os.environ):
        _print(f"warning: unknown host '{peer}' in {VARIABLE}: peer ignored")
    if remark := ensure_log_folder(os.environ):
        _print(f"warning: {remark}")


def _initialise(arguments: Sequence[str]) -> None:
    prepare_environment()
    try:
        namespace = namespace_of(os.environ)  # rcl itself does not look there
        given = [*arguments, *(ros_arguments(namespace) if namespace != ROOT else ())]
        rclpy.init(args=given, signal_handler_options=SignalHandlerOptions.NO)
    except (RuntimeError, ValueError) as error:  # arguments or a file of parameters
        raise UserError(ros_reason(error)) from None


def _print(line: str) -> None:
    """Print one line for the user where there is no node that could log it."""
    print(plain(line), file=sys.stderr)  # noqa: T201


def _end(work: Callable[P, int], *arguments: P.args, **options: P.kwargs) -> NoReturn:
    """Work, and end the process with the status that `work` returns.

    Python's own teardown is left out: a thread that returns to it from C++ (OpenCV drawing a
    picture, DDS sending one) would abort the process. Some cannot be waited for: a driver may hang.
    """
    status = 1
    try:
        status = work(*arguments, **options)
    except (UserError, ParameterException, InvalidParameterTypeException) as error:
        _print(f"error: {error}")
        status = 2
    except KeyboardInterrupt:  # before its signals were handled
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        if status:
            gc.collect()  # a node that was not made leaves no shared memory behind
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


def _freeze_garbage_collector() -> None:
    """Exclude what was made at the start from every later collection: shorter pauses."""
    gc.collect()
    gc.freeze()


class MainThreadNode(Protocol):
    """A node with its own work for the main thread."""

    def perform(self, stop: threading.Event) -> int:
        """Work until `stop` is set or the work is done; return the exit status."""


def run_beside(make: Callable[[], Node], arguments: Sequence[str] | None = None) -> NoReturn:
    """Like `run`, for a `MainThreadNode`: it works in the main thread, and ROS spins in another.

    `arguments` are the arguments of ROS, by default those of the process.
    """
    _end(_perform, make, sys.argv if arguments is None else arguments)


def _perform(make: Callable[[], Node], arguments: Sequence[str]) -> int:
    _initialise(arguments)
    stop = threading.Event()
    executor = SingleThreadedExecutor()
    spinning = threading.Thread(target=_spin, args=(executor, stop), name="ros", daemon=True)
    node: Node | None = None
    with _woken(executor, stop.set):
        try:
            with refusals_told():
                node = make()
            executor.add_node(node)
            _freeze_garbage_collector()
            spinning.start()
            return cast(MainThreadNode, node).perform(stop)
        finally:
            stop.set()
            executor.shutdown()
            if spinning.is_alive():
                spinning.join()
            _shut_down(node)


def _spin(executor: SingleThreadedExecutor, stop: threading.Event) -> None:
    """Spin until the executor is shut down; an error of a callback stops the main thread."""
    try:
        executor.spin()
    except (ExternalShutdownException, ShutdownException):
        pass
    except AttributeError:  # raised by rclpy when the executor is shut down during an iteration
        if not stop.is_set():
            raise
    finally:
        stop.set()


def _shut_down(node: Node | None) -> None:
    if node is not None:
        close = getattr(node, "close", None)
        if close is not None:
            close()
        _await_last_messages(node)
        node.destroy_node()
    try_shutdown()


def _await_last_messages(node: Node) -> None:
    """Wait until the last message of every topic has arrived: destroying the node drops it."""
    end = time.monotonic() + LAST_MESSAGES_S
    for publisher in node.publishers:
        left_s = max(0.0, end - time.monotonic())
        publisher.wait_for_all_acked(Duration(seconds=left_s))
