# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The states of a recording by attempts: every gradient descent from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats, Ints
from descant.report.bag_data import BagData


@dataclass(frozen=True)
class Attempt:
    """One attempt, by steps. `offset` is theta - target and `gradient` d loss / d theta, of shape
    (states, parameters); `converged_at` is the index of the first converged state, or None.
    """

    family: str
    converged_at: int | None
    time: Floats
    step: Ints
    loss: Floats
    offset: Floats
    gradient: Floats

    @property
    def converged(self) -> bool:
        """Whether it converged."""
        return self.converged_at is not None


def attempts(data: BagData) -> tuple[Attempt, ...]:
    """All attempts by run and number; states without a finite loss are left out."""
    columns = data.columns["states"]
    loss = data.floats("states", "loss")
    keys = [np.array(columns[name]) for name in ("step", "attempt", "episode", "run")]
    order = np.lexsort(keys) if len(loss) else np.zeros(0, np.int64)
    order = order[np.isfinite(loss[order])]
    new = np.zeros(len(order), bool)
    for key in keys[1:]:
        new[1:] |= np.diff(key[order].astype(np.int64)) != 0
    pieces = np.split(order, np.flatnonzero(new)) if len(order) else []
    return tuple(_attempt(data, piece, loss) for piece in pieces)


def by_family(every: tuple[Attempt, ...]) -> Iterator[tuple[str, list[Attempt]]]:
    """The attempts by family, the family with most attempts first."""
    names = [attempt.family for attempt in every]
    for name in sorted(set(names), key=lambda name: (-names.count(name), name)):
        yield name, [attempt for attempt in every if attempt.family == name]


def _attempt(data: BagData, rows: Ints, loss: Floats) -> Attempt:
    columns = data.columns["states"]
    theta = np.array([columns["theta"][row] for row in rows], dtype=float)
    target = np.array([columns["target"][row] for row in rows], dtype=float)
    status = columns["status"]
    return Attempt(
        family=columns["family"][rows[0]],
        converged_at=next((n for n, row in enumerate(rows) if status[row] == "converged"), None),
        time=np.array([columns["time"][row] for row in rows]),
        step=np.array([columns["step"][row] for row in rows]),
        loss=loss[rows],
        # A target may begin with what is not learned: a knot's frequencies.
        offset=theta - target[:, target.shape[1] - theta.shape[1] :],
        gradient=np.array([columns["gradient"][row] for row in rows], dtype=float),
    )
