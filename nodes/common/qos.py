"""Quality of service of every topic, in one table (docs/architecture.md gives the reasons)."""

from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

# A publisher keeps so many for whoever starts late or stands still. Fast DDS goes over them with
# the topic locked, in a time that grows with their square: 20 ms for these, 5 s for 30,000, in
# which nobody hears what is played. The rest of the past is on /played.
KEPT = 2_048
# What a listener may have waiting costs nothing until it waits.
WAITING = 65_536
# A glissando is 88 notes in a second; nobody is a thousand events behind and alive.
BURST_DEPTH = 1_000


def _reliable(depth: int, durability: DurabilityPolicy) -> QoSProfile:
    return QoSProfile(depth=depth, reliability=ReliabilityPolicy.RELIABLE, durability=durability)


HISTORY = _reliable(KEPT, DurabilityPolicy.TRANSIENT_LOCAL)
"""Publishers of /pedals and /learner_state."""

CATCH_UP = _reliable(WAITING, DurabilityPolicy.TRANSIENT_LOCAL)
"""Subscribers of /notes, /pedals and /learner_state, whether or not they use what was before."""

PAST = _reliable(KEPT, DurabilityPolicy.TRANSIENT_LOCAL)
"""/played: a quarter of a million events, in blocks."""

LIVE = _reliable(BURST_DEPTH, DurabilityPolicy.VOLATILE)
"""/cue. Not for subscribers of a topic that keeps its past: see news.py."""

LATCHED = _reliable(1, DurabilityPolicy.TRANSIENT_LOCAL)
"""The latest value, given at once to whoever starts late: /episode, /piano_state and the like."""

LOG = _reliable(KEPT, DurabilityPolicy.TRANSIENT_LOCAL)
"""Few messages, all of them wanted by whoever starts late: /learner_settings, /part."""

LEASE = Duration(seconds=2)
"""A publisher of /notes that is silent in every respect for this long is dead."""

NOTES = QoSProfile(
    depth=KEPT,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
    liveliness=LivelinessPolicy.AUTOMATIC,
    liveliness_lease_duration=LEASE,
)
"""Publisher of /notes: HISTORY that says that it lives. Matches CATCH_UP and LIFE."""

LIFE = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
    liveliness=LivelinessPolicy.AUTOMATIC,
    liveliness_lease_duration=LEASE,
)
"""Subscribers that want to know whether a publisher lives, not what it says."""

PICTURES = QoSProfile(
    depth=1, reliability=ReliabilityPolicy.BEST_EFFORT, durability=DurabilityPolicy.VOLATILE
)
"""/camera/image: only the newest picture matters, and nobody waits for one that was lost."""
