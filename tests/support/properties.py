# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How many examples a property gets.

In the gate few, and the same ones every time. With DESCANT_HYPOTHESIS=deep forty times as many, by
chance; what fails is printed with what reproduces it. DESCANT_HYPOTHESIS_TIMES says another number.
"""

from __future__ import annotations

import os
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
PHASES = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)
NO_DEADLINE: timedelta | None = None

settings.register_profile(
    "gate",
    derandomize=True,
    deadline=NO_DEADLINE,
    database=None,
    phases=PHASES,
    suppress_health_check=SLOW,
)
settings.register_profile("deep", settings.get_profile("gate"), derandomize=False, print_blob=True)

NAME = os.environ.get("DESCANT_HYPOTHESIS", "gate")
PROFILE = settings.get_profile(NAME)
TIMES = int(os.environ.get("DESCANT_HYPOTHESIS_TIMES", "40")) if NAME == "deep" else 1


def examples(count: int, *, steps: int = 50) -> settings:
    """The settings of a property with `count` examples in the gate; `steps`: of a state machine."""
    return settings(PROFILE, max_examples=count * TIMES, stateful_step_count=steps)
