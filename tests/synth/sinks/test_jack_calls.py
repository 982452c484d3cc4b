# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The private corner of JACK-Client, and what happens without it."""

from types import SimpleNamespace

import jack
import numpy as np

from descant.synth.sinks.jack_calls import copier


class Port:
    """As much of a port as is used without the private corner."""

    def __init__(self) -> None:
        self.array = np.zeros(8, np.float32)

    def get_array(self) -> np.ndarray:
        return self.array


def test_this_jack_client_has_what_is_used() -> None:
    assert jack._lib.jack_port_get_buffer
    assert jack._ffi.memmove


def test_without_it_the_public_way_copies_the_same() -> None:
    ports = [Port(), Port()]
    left, right = (np.full(8, value, np.float32) for value in (0.25, -0.5))
    copier(SimpleNamespace(), ports)(left, right, 8)
    np.testing.assert_array_equal([port.array for port in ports], [left, right])
