"""The clock of the performance: live, simulated, and in the time of a bag."""

import time

import pytest
from builtin_interfaces.msg import Time
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from descant.nodes.clock import PerformanceClock, steady_timer
from support.graph import domain_id
from support.node import listener

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
    clock.heard(RECORDED_NS, sent_ns=time.time_ns())
    assert abs(clock.now_ns() - RECORDED_NS) < SECOND
    clock.heard(RECORDED_NS + 60 * SECOND, sent_ns=time.time_ns())  # it was paused, or plays faster
    assert abs(clock.now_ns() - RECORDED_NS - 60 * SECOND) < SECOND


def test_the_history_of_a_live_piano_leaves_it_where_it_is(ears):
    """A note of a minute ago that is delivered only now was sent when it was played."""
    clock = PerformanceClock(ears.node)
    played_ns = time.time_ns() - 60 * SECOND
    clock.heard(played_ns, sent_ns=played_ns + 1_000_000)
    assert abs(clock.now_ns() - time.time_ns()) < SECOND // 10


def test_a_live_piano_after_a_bag_takes_it_back(ears):
    clock = PerformanceClock(ears.node)
    clock.heard(RECORDED_NS, sent_ns=time.time_ns())
    clock.heard(time.time_ns(), sent_ns=time.time_ns())
    assert abs(clock.now_ns() - time.time_ns()) < SECOND // 10


def test_a_steady_timer_goes_on_while_simulated_time_stands_still(ears):
    _, say = simulate(ears)
    ticks = []
    steady_timer(ears.node, 0.01, lambda: ticks.append(1))
    say(RECORDED_NS)
    before = len(ticks)
    ears.wait(lambda: len(ticks) > before + 3, "the timer")
