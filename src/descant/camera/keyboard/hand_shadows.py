# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw the soft shadows of the performer's hands on the keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.motion import RELAXED, HandPose

Mask = NDArray[np.uint8]
Box = tuple[slice, slice]

KNUCKLES_Y = -38.0
WRIST_Y = -105.0
ELBOW_Y = -420.0
BODY_X = 590.0  # x of the performer's body
REACH_MM = 34.0  # largest distance of a finger's shadow from its resting place
FINGER_MM = 14.0
PALM_MM = 50.0  # half of its width
WRIST_MM = 27.0
FOREARM_MM = 48.0
SHADOW = (10.0, -4.0)  # mm from a hand to its shadow: the lamp is on the upper left
DARKNESS = np.array((0.72, 0.67, 0.55), np.float32)  # blue, green, red: a warm shadow
BLUR = 1.9  # pixels of the coarse grid of a picture that is 1280 pixels wide
_SHIFT = 4  # fractional bits of drawn coordinates


class HandShadows:
    """Darkens a light map that is `coarse` times coarser than the picture of `view`."""

    def __init__(self, cv2: Any, view: g.View, coarse: int, size: tuple[int, int]) -> None:
        self._cv2 = cv2
        x, y = ((c + 0.5) / coarse - 0.5 for c in view.centre)
        self._view = g.View(view.eye, view.target, view.roll, view.focal / coarse, (x, y))
        self._size = size
        self._blur = BLUR * size[0] * coarse / 1280

    def shade(self, light: NDArray[np.float32], pose: HandPose) -> None:
        """Subtract the shadow of one hand from `light`."""
        cv2 = self._cv2
        mask = self._mask(pose)
        box = self._box(mask)
        if box is None:
            return
        soft = cv2.GaussianBlur(mask[box], (0, 0), self._blur)
        light[box] *= 1.0 - soft[..., None] * (DARKNESS * np.float32(pose.presence / 255))

    def _mask(self, pose: HandPose) -> Mask:
        """Return a mask, 255 in the shadow."""
        cv2 = self._cv2
        mask = np.zeros(self._size[::-1], np.uint8)
        away = 240.0 * (1.0 - pose.presence) ** 2  # a hand that leaves moves back

        def project(points: NDArray[Any]) -> NDArray[np.int32]:
            flat = np.column_stack([points + SHADOW - (0.0, away), np.zeros(len(points))])
            return np.round(self._view.project(flat) * (1 << _SHIFT)).astype(np.int32)

        finger = max(1, round(FINGER_MM * self._view.scale((pose.x, 0.0, 0.0))))
        knuckles, joints, tips = _fingers(pose)
        for line in np.stack([knuckles, joints, tips], axis=1):
            cv2.polylines(mask, [project(line)], False, 255, finger, cv2.LINE_AA, _SHIFT)
        for outline in (_palm(pose.x, knuckles), _arm(pose.x)):
            cv2.fillConvexPoly(mask, cv2.convexHull(project(outline)), 255, cv2.LINE_AA, _SHIFT)
        return mask

    def _box(self, mask: Mask) -> Box | None:
        """Return the box around the mask, with a margin for the blur."""
        x, y, width, height = self._cv2.boundingRect(mask)
        if not width:
            return None
        margin = round(4 * self._blur)
        rows = slice(max(0, y - margin), min(self._size[1], y + height + margin))
        return rows, slice(max(0, x - margin), min(self._size[0], x + width + margin))


def _fingers(pose: HandPose) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return x and y of the knuckles, of the bent joints and of the tips, five each."""
    offsets = np.clip(pose.tips[:, 0] - pose.x, RELAXED - REACH_MM, RELAXED + REACH_MM)
    tips = np.column_stack([pose.x + offsets, pose.tips[:, 1]])
    spread = pose.x + 0.45 * RELAXED + 0.30 * (offsets - RELAXED)
    knuckles = np.column_stack([spread, KNUCKLES_Y - 0.004 * RELAXED**2])
    joints = 0.5 * (knuckles + tips) + np.column_stack([0.10 * RELAXED, np.full(5, 6.0)])
    return knuckles, joints, tips


def _wrist(x: float) -> float:
    return x + 0.08 * (BODY_X - x)


def _palm(x: float, knuckles: NDArray[Any]) -> NDArray[Any]:
    wrist = [(_wrist(x) + side * WRIST_MM, WRIST_Y) for side in (-1, 1)]
    edges = [(x + side * PALM_MM / 2, KNUCKLES_Y - 12.0) for side in (-1, 1)]
    return np.vstack([knuckles, edges, wrist])


def _arm(x: float) -> NDArray[Any]:
    elbow = x + 0.5 * (BODY_X - x)
    ends = ((_wrist(x), WRIST_Y, WRIST_MM), (elbow, ELBOW_Y, FOREARM_MM))
    return np.array([(at + side * half, y) for at, y, half in ends for side in (-1, 1)])
