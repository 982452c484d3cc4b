# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Golden vectors: results of Python's core that the page's core in JavaScript must have too.

    python -m support.golden_vectors            # print them as JSON, in tests/
    python -m support.golden_vectors --write    # into page/core/golden_vectors.json

Floats are the 16 hexadecimal digits of their bits, or "nan". `page/core/checks.js` computes the
same and compares; whole performances are compared besides, by the hashes of `support.state_hash`.
"""

from __future__ import annotations

import json
import math
import random
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from descant.dissonance.sethares import dissonance, pair_dissonance
from descant.learner import arithmetic
from descant.learner.core import episode_seed
from descant.learner.family import Evaluation, Vector, load_family
from descant.learner.optimisers import make_optimiser
from descant.learner.settings import LOSSES, OPTIMISERS, LearnerSettings
from descant.parameters import ParameterError
from descant.signals import parse_signals, signal_value
from descant.types import LearningStatus, State
from support import golden_events

GOLDEN = Path(__file__).parents[1] / "page" / "core" / "golden_vectors.json"
RANGES = (
    (0, 1), (0, 2), (1, 9), (0, 33), (-5, 95), (0, 1000), (0, 65_536), (0, 2**31), (-7, 2**31 + 3),
    (0, 3_000_000_001), (0, 2**32 - 1), (0, 2**32),
)  # fmt: skip
SIGNALS = (
    "loss", "residual", "gradient_length", "gradient[0]", "distance[2]", "-1.5e-1 * distance[3]",
    "0.05*residual", "gradient[0] + 0.5 * distance[1] + -2. * loss", "gradient[7]", "distance[999]",
    "loss,residual , gradient[1] + loss",
)  # fmt: skip
NO_SIGNALS = (
    "", "noise", "loss[1]", "gradient", "gradient[-1]", "loss + ", "loss+loss", ". * loss",
    "1_0 * loss", "gradient[1000]", "2 loss", "Loss", ",loss", " + ".join(["loss"] * 17),
)  # fmt: skip


def bits(value: float) -> str:
    """The bits of a float; every NaN is 'nan', as engines differ in its bits."""
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def all_bits(values: Iterable[float]) -> str:
    """The bits of floats, with spaces between them."""
    return " ".join(bits(float(v)) for v in values)


def golden_vectors() -> dict[str, Any]:
    """All vectors; each entry is compared by the check of its name in `page/core/checks.js`."""
    return {
        "seeds": [
            [s, n, str(episode_seed(s, n))] for s in (0, 1, 2**31, 2**53) for n in (1, 2, 77)
        ],
        "streams": [_stream(seed) for seed in (0, 1, episode_seed(1, 1), 2**64 - 1)],
        **_functions(),
        "evaluations": list(_evaluations()),
        "trajectories": list(_trajectories()),
        "triggers": list(golden_events.triggers()),
        "sessions": [golden_events.session(seed) for seed in range(12)],
        "conductors": [golden_events.conductor(seed) for seed in range(6)],
        "layers": golden_events.layers(),
        "signals": _signals(),
        "no_signals": list(NO_SIGNALS),
        "messages": [golden_events.messages(seed) for seed in range(4)],
        "dissonance": _dissonance(),
    }


def _stream(seed: int) -> dict[str, Any]:
    """Draws of all kinds in a mixed order: `integers` keeps half of the bits for the next call."""
    rng = np.random.Generator(np.random.PCG64(seed))
    draws: list[list[Any]] = []
    for turn in range(3):
        for low, high in RANGES:
            count = 1 + (low + high + turn) % 4
            draws.append(["integers", low, high, rng.integers(low, high, count).tolist()])
            if (high + turn) % 3 == 0:
                draws.append(["random", bits(rng.random())])
        [drawn] = arithmetic.uniform(rng, -0.1 * turn, 6.283185307179586, 1).tolist()
        draws.append(["uniform", bits(-0.1 * turn), bits(6.283185307179586), bits(drawn)])
    return {"seed": str(seed), "draws": draws}


def _functions() -> dict[str, Any]:
    """Cosine, sine, exp, powers and totals; the totals are of the streams' own numbers."""
    chance = random.Random(1)
    angles = [0.0, -0.0, 1e-300, 1e6, -1e6, 0.7853981633974483]
    angles += [
        round(k * math.pi / 2 * 2.0**e) / 2.0**e for k in (1, 2, 3, 7, 64_000) for e in (4, 30)
    ]
    for quarters in (1, 2, 3, 4, 5, 6, 7, 8, 100, 6_366, 63_661, 636_619):
        near = quarters * (math.pi / 2)
        angles += [near, -near, math.nextafter(near, 0.0), near + 1e-9]
    angles += [chance.uniform(-s, s) for s in (1.0, 10.0, 1e3, 1e5, 1e6) for _ in range(24)]
    exponents = [0.0, -0.0, 1e-20, 0.34657, -0.34658, 700.0, -700.0, 500.0, -500.0]
    exponents += [chance.uniform(-s, s) for s in (0.5, 5.0, 50.0, 700.0) for _ in range(20)]
    turned = [arithmetic.cos_sin(angle) for angle in angles]
    powers = [(b, n) for b in (0.9, 0.999, -1.7) for n in (0, 1, 2, 3, 10, 63, 64, 1000, 12345)]
    return {
        "cos_sin": [
            all_bits(angles),
            all_bits(c for c, _ in turned),
            all_bits(s for _, s in turned),
        ],
        "exp": [all_bits(exponents), all_bits(arithmetic.exp(np.array(exponents)))],
        "power": [[bits(b), n, bits(arithmetic.power(b, n))] for b, n in powers],
        "total": [
            [n, bits(arithmetic.total(_numbers(n)))]
            for n in (*range(1, 34), 99, 100, 999, 1000, 4097)
        ],
    }


def _numbers(count: int) -> Any:
    return arithmetic.uniform(np.random.Generator(np.random.PCG64(count)), -1.0, 1.0, count)


def _settings(family: str, loss: str, batch: int) -> dict[str, Any]:
    return {
        "family": family, "loss": loss, "knot_batch": batch, "knot_points": 101, "points": 31,
        "x_low": -0.9, "x_high": 1.3, "knot_span": 6.1,
    }  # fmt: skip


def _each_problem() -> Iterator[tuple[dict[str, Any], int]]:
    """Settings and seed of every family with every loss, and batches."""
    for family in golden_events.FAMILIES:
        for loss in LOSSES:
            for batch in (0,) if family == "cubic" else (0, 16):
                yield _settings(family, loss, batch), len(family) + 10 * batch


def _evaluations() -> Iterator[dict[str, Any]]:
    for values, seed in _each_problem():
        settings = LearnerSettings.of(values)
        rng = np.random.Generator(np.random.PCG64(seed))
        family = load_family(settings.family)
        problem = family.draw_problem(rng, settings)
        start = family.draw_start(rng, settings)
        goal = problem.target[-len(start) :]
        thetas = [start, goal, tuple(-3.0 * v for v in start), (*start[:-1], 2e6)]
        found = [_flat(theta, problem.evaluate(theta, settings.loss)) for theta in thetas]
        points = [float(arithmetic.total(np.array(v))) for v in (problem.x, problem.y)]
        yield {"settings": values, "seed": seed, "target": all_bits(problem.target),
               "points": all_bits(points), "found": found}  # fmt: skip


def _flat(theta: Vector, evaluation: Evaluation) -> str:
    return all_bits((*theta, evaluation.loss, evaluation.residual, *evaluation.gradient))


def _trajectories() -> Iterator[dict[str, Any]]:
    """Ten steps of each optimiser on each problem: theta after each second one."""
    for values, seed in _each_problem():
        for name in OPTIMISERS:
            settings = LearnerSettings.of({**values, "learning_rate": 0.05})
            rng = np.random.Generator(np.random.PCG64(seed))
            family = load_family(settings.family)
            problem = family.draw_problem(rng, settings)
            theta, optimiser = family.draw_start(rng, settings), make_optimiser(name, 2)
            thetas = []
            for step in range(10):

                def evaluate(at: Vector, problem: Any = problem) -> Evaluation:
                    return problem.evaluate(at, settings.loss)  # type: ignore[no-any-return]  # noqa: B023

                theta = optimiser.step(theta, evaluate(theta).gradient, 0.05, evaluate)
                if step % 4 == 1:
                    thetas.append(all_bits(theta))
            yield {"settings": values, "seed": seed, "optimiser": name, "thetas": thetas}


def _state(family: str, target: Vector, theta: Vector, gradient: Vector) -> State:
    status = LearningStatus.LEARNING
    return State(0, 1, 1, 1, 0, 1, status, 1, family, target, theta, 0.37, -0.11, gradient, (1,))


def _signals() -> dict[str, Any]:
    knot = _state("knot", (3.0, 4.0, 7.0, 0.1, 6.1, 3.0), (6.2, 0.2, 17.5), (0.5, -0.25, 1e-3))
    cubic = _state("cubic", (1.0, 2.0, 3.0, 0.1), (0.3, -7.0, 3.0, 9.9), (-1.0, 2.0, 1 / 3, 7.0))
    short = _state("cubic", (1.0,), (0.3, -7.0), (-1.0,))
    states = [knot, cubic, short]
    found = [
        [
            all_bits(signal_value(signal, state) for signal in parse_signals(text))
            for state in states
        ]
        for text in SIGNALS
    ]
    for text in NO_SIGNALS:
        try:
            parse_signals(text)
        except ParameterError:
            continue
        raise AssertionError(f"'{text}' is a signal")
    return {"states": [_state_fields(s) for s in states], "texts": list(SIGNALS), "found": found}


def _state_fields(state: State) -> dict[str, Any]:
    fields = {n: all_bits(getattr(state, n)) for n in ("target", "theta", "gradient")}
    return {
        "family": state.family,
        "loss": bits(state.loss),
        "residual": bits(state.residual),
    } | fields


def _dissonance() -> dict[str, Any]:
    """Within 10^-12 of the result, so not as bits: `exp` is NumPy's here."""
    pairs = [[440.0, 440.0], [440.0, 455.5], [100.0, 900.0], [466.2, 440.0], [27.5, 29.1]]
    partials = [[f * k * (1 + 0.01 * (k > 1)) for f in (220.0, 261.6, 311.1) for k in range(1, 7)]]
    amplitudes = [0.9**k for _ in range(3) for k in range(6)]
    f1, f2 = np.array(pairs).T
    return {
        "pairs": pairs,
        "pair_found": pair_dissonance(f1, f2).tolist(),
        "partials": partials,
        "amplitudes": amplitudes,
        "found": [float(dissonance(sound, amplitudes)) for sound in partials],
    }


if __name__ == "__main__":
    text = json.dumps(golden_vectors(), separators=(",", ":")) + "\n"
    if "--write" in sys.argv[1:]:
        GOLDEN.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
