# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The clock of the performance: live, simulated, and in the time of a bag."""

import time

import pytest
from builtin_interfaces.msg import Time
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from descant import topics
from descant.nodes.common.clock import PerformanceClock, steady_timer
from support.graph import domain_id
from support.node import listener, node

pytestmark = pytest.mark.graph
SECOND = 1_000_000_000
RECORDED_NS = 1_700_000_000 * SECOND


@pytest.fixture
def ears():
    with listener(domain_id()) as running:
        yield running


def simulate(ears):
    """A clock under `use_sim_time`, and a function that says the time on /clock."""
    ears.node.set_parameters([Parameter("use_sim_time", value=True)])
    clock = PerformanceClock(ears.node)
    publisher = ears.node.create_publisher(Clock, "/clock", 1)

    def say(time_ns):
        stamp = Time(sec=time_ns // SECOND, nanosec=time_ns % SECOND)

        def arrived():
            publisher.publish(Clock(clock=stamp))
            return 0 <= time_ns - clock.now_ns() <= SECOND // 10

        ears.wait(arrived, "the clock")

    return clock, say


def test_live_it_is_the_time_of_day(ears):
    clock = PerformanceClock(ears.node)
    assert not clock.simulated
    assert abs(clock.now_ns() - time.time_ns()) < SECOND // 10
    earlier = time.monotonic_ns() - SECOND
    assert clock.now_ns() - clock.at_ns(earlier) >= SECOND


def test_simulated_time_is_that_of_the_clock_topic_and_nothing_before_it(ears):
    clock, say = simulate(ears)
    assert clock.simulated
    assert clock.now_ns() == 0
    say(RECORDED_NS)
    say(RECORDED_NS + 8 * SECOND)
    assert 0 <= RECORDED_NS + 8 * SECOND - clock.now_ns() < SECOND // 10


def test_notes_of_a_bag_take_the_clock_to_their_time(ears):
    """Else a learner that steps while keys are held would make all the steps of years at once."""
    clock = PerformanceClock(ears.node)
    clock.observe(RECORDED_NS, sent_ns=time.time_ns())
    assert abs(clock.now_ns() - RECORDED_NS) < SECOND
    clock.observe(
        RECORDED_NS + 60 * SECOND, sent_ns=time.time_ns()
    )  # it was paused, or plays faster
    assert abs(clock.now_ns() - RECORDED_NS - 60 * SECOND) < SECOND


def test_the_history_of_a_live_piano_leaves_it_where_it_is(ears):
    """A note of a minute ago that is delivered only now was sent when it was played."""
    clock = PerformanceClock(ears.node)
    played_ns = time.time_ns() - 60 * SECOND
    clock.observe(played_ns, sent_ns=played_ns + 1_000_000)
    assert abs(clock.now_ns() - time.time_ns()) < SECOND // 10


def test_a_live_piano_after_a_bag_takes_it_back(ears):
    clock = PerformanceClock(ears.node)
    clock.observe(RECORDED_NS, sent_ns=time.time_ns())
    clock.observe(time.time_ns(), sent_ns=time.time_ns())
    assert abs(clock.now_ns() - time.time_ns()) < SECOND // 10


@pytest.mark.parametrize("set_by_s", [3600, -3600])
def test_a_clock_that_was_set_since_makes_no_live_piano_a_bag(ears, monkeypatch, set_by_s):
    """The piano stamps on by the clock of its beginning; DDS says by the new one when it sent."""
    clock, real = PerformanceClock(ears.node), time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + set_by_s * SECOND)
    clock.observe(real(), sent_ns=time.time_ns())
    assert abs(clock.now_ns() - real()) < SECOND // 10
    clock.observe(RECORDED_NS, sent_ns=time.time_ns())  # and a bag is known for one as before
    assert abs(clock.now_ns() - RECORDED_NS) < SECOND


def test_the_piano_tells_its_state_by_no_clock_that_can_be_set():
    """Here all ROS time stands still: a timer on it would tell nothing after the first state."""
    domain = domain_id()
    with listener(domain) as ears, node("piano", domain, {"use_sim_time": True}) as piano:
        states = ears.collect(topics.PIANO_STATE)
        ears.wait(lambda: bool(states), "the first state")
        told = len(states)
        ears.wait(lambda: len(states) > told + 3, "the next ones")
        assert piano.stop() == 0


def test_a_steady_timer_goes_on_while_simulated_time_stands_still(ears):
    _, say = simulate(ears)
    ticks = []
    steady_timer(ears.node, 0.01, lambda: ticks.append(1))
    say(RECORDED_NS)
    before = len(ticks)
    ears.wait(lambda: len(ticks) > before + 3, "the timer")
