"""The stage of bench/graph.py: the node as it is, and every picture's fate written to a file.

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
from descant.stage.show import Picture, Report, Show


class Observed(Show):
    """A show that is watched from outside."""

    log = sys.stderr

    def tell_picture(self, picture: Picture) -> None:
        """A picture came."""
        epoch_ns = time.time_ns() - time.monotonic_ns()
        self._write(came=picture.stamp_ns + epoch_ns)
        super().tell_picture(picture)

    def report(self) -> Report:
        """A second has passed."""
        report = super().report()
        self._write(
            time=time.time_ns(),
            delays=report.camera_delays_ms,
            dropped=report.dropped,
            frame_rate=report.frame_rate,
            frame_time=report.frame_time_ms,
        )
        return report

    def _write(self, **values: object) -> None:
        Observed.log.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    with Path(sys.argv.pop(1)).open("w", buffering=1) as Observed.log:
        stage.Show = Observed
        sys.exit(stage.main())
