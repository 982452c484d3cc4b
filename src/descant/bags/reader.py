# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read recordings without ROS: messages are decoded by the definitions in the bag."""

from __future__ import annotations

import collections
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from descant.bags.bag_scan import BagScan
from descant.bags.cdr import topic_decoder
from descant.bags.contents import BagContents
from descant.bags.definitions import DefinitionError
from descant.bags.recording import Recording
from descant.bags.topics import RecordedTopic
from descant.errors import UserError


@dataclass(frozen=True, slots=True)
class BagMessage:
    """One recorded message: received at `log_time_ns`, sent at `publish_time_ns` (epoch ns)."""

    bag: Path
    topic: RecordedTopic
    log_time_ns: int
    publish_time_ns: int
    data: bytes

    def decode(self) -> Any:
        """The message with its fields as attributes.

        Raises `UserError` where the bag has no usable definition of its type.
        """
        name, kind = self.topic.name, self.topic.message_type
        try:
            decoder = topic_decoder(self.topic)
            return decoder.message(decoder(self.data))
        except DefinitionError as error:
            raise UserError(
                f"{self.bag}: no readable definition of {kind} (topic {name}) in the bag: {error}"
            ) from None
        except (ValueError, struct.error) as error:
            raise UserError(f"{self.bag}: a message of {name} is not a {kind}: {error}") from None


def messages(
    path: Path,
    topics: Collection[str] | None = None,
    types: Collection[str] | None = None,
    namespace: str | None = None,
) -> Iterator[BagMessage]:
    """Every message of the performance in a bag in recorded order, in constant memory.

    Of several performances that in `namespace` is read, else that of the recorder. With `topics`
    (names) or `types` ('pkg/msg/Name') only those. A bag that was cut off is read up to its end.
    Raises `UserError` where there is no bag, or no performance in `namespace`.
    """
    for record in BagScan(path, namespace):
        topic = record.topic
        if topics is not None and topic.name not in topics:
            continue
        if types is None or topic.message_type in types:
            yield BagMessage(path, topic, record.log_time_ns, record.publish_time_ns, record.data)


def read(path: Path, namespace: str | None = None) -> Recording:
    """Read the performance in a bag, whatever its topics are called; whole or cut off.

    Of several performances that in `namespace` is read, else that of the recorder.
    Messages that cannot be read, are impossible or have the time of another clock are set aside,
    with a remark. Raises `UserError` where there is no bag, no Descant topic in it, or no note
    because of messages of another version of Descant.
    """
    scan = BagScan(path, namespace)
    contents = BagContents()
    for record in scan:
        contents.add(record)
    recording = contents.recording()
    if recording is None:
        broken = "".join(f" ({line})" for line in scan.damage)
        raise UserError(f"{path}: {contents.reason}{broken}")
    remarks = (*scan.remarks, *recording.remarks)
    return replace(recording, damage=tuple(scan.damage), remarks=remarks)


def damage(path: Path) -> list[str]:
    """One line for each damaged file of a bag; `read` returns what is intact."""
    scan = BagScan(path)
    collections.deque(scan, maxlen=0)  # to the end
    return scan.damage
