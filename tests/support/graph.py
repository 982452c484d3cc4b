"""Graph tests on a domain of their own, with real nodes in their own processes."""

from __future__ import annotations

import itertools
import os

# Fast DDS turns the domain id into UDP ports; up to 101 they stay below Linux's ephemeral range.
FIRST_DOMAIN, LAST_DOMAIN = 10, 101
_count = itertools.count()


def domain_id() -> int:
    """A domain id that no other test running at the same time uses."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = (LAST_DOMAIN - FIRST_DOMAIN + 1) // workers
    return FIRST_DOMAIN + worker * share + next(_count) % share


def graph_environment(domain: int) -> dict[str, str]:
    """The environment of a node in a test: this one's, on `domain`, on this machine only."""
    return {
        **os.environ,
        "ROS_DOMAIN_ID": str(domain),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        "PYTHONUNBUFFERED": "1",
    }
