# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A node: publish the loss of every new learner state as one number on /loss."""

import sys

from rclpy.node import Node
from std_msgs.msg import Float64

from descant import topics
from descant.msg import LearnerState
from descant.nodes.common.endpoints import publisher, subscription
from descant.nodes.common.runner import run

LOSS = topics.Topic(
    "/loss", "std_msgs/msg/Float64", ("loss_meter",), (),
    topics.LIVE, topics.LIVE, "the loss of every new state of the learner",
)  # fmt: skip


class LossMeter(Node):
    """Subscribes to /learner_state and publishes /loss."""

    def __init__(self) -> None:
        super().__init__("loss_meter")
        self._losses = publisher(self, LOSS)
        subscription(self, topics.LEARNER_STATE, self._on_state)

    def _on_state(self, message: LearnerState) -> None:
        self._losses.publish(Float64(data=message.loss))


def main() -> int:
    """Run the node until SIGINT or SIGTERM; return the exit status."""
    return run(LossMeter)


if __name__ == "__main__":
    sys.exit(main())
