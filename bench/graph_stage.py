# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage of bench/graph.py: the node, and what becomes of every camera picture in a file.

    python bench/graph_stage.py FILE --ros-args -p canvas:=offscreen

One JSON object a line: {"came": a picture's stamp, ns since the epoch} as a picture comes, and once
a second {"time": ns, "delays": ms each, "dropped": so far, "frame_rate", "frame_time"}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from descant.nodes import stage
from descant.stage.live_stage import CameraPicture, FrameStatistics, LiveStage


class ObservedStage(LiveStage):
    """A stage that logs its pictures and statistics."""

    log = sys.stderr

    def put_picture(self, picture: CameraPicture) -> None:
        """A picture arrived."""
        epoch_ns = time.time_ns() - time.monotonic_ns()
        self._write(came=picture.stamp_ns + epoch_ns)
        super().put_picture(picture)

    def statistics(self) -> FrameStatistics:
        """A second has passed."""
        statistics = super().statistics()
        self._write(
            time=time.time_ns(),
            delays=statistics.camera_delays_ms,
            dropped=statistics.dropped,
            frame_rate=statistics.frame_rate,
            frame_time=statistics.frame_time_ms,
        )
        return statistics

    def _write(self, **values: object) -> None:
        ObservedStage.log.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    with Path(sys.argv.pop(1)).open("w", buffering=1) as ObservedStage.log:
        stage.LiveStage = ObservedStage
        sys.exit(stage.main())
