# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Several machines on one: each host has a network, a shared memory and a name of its own.

with network("piano", "camera", "stage") as net:
    net["camera"].start([...], log)
    net.cut("stage")

Nothing has a name outside: hosts, cables and switch are namespaces that live as long as the
processes in them. So runs side by side cannot meet, and one that is killed leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from descant.child_process import OWN_GROUP

STOP_TIMEOUT_S = 30.0
TOOLS = {"ip": "iproute2", **dict.fromkeys(("unshare", "nsenter", "setpriv"), "util-linux")}
NAMESPACES = ("--net", "--mount", "--ipc", "--uts")
# The shared memory of Fast DDS and the table of names are this host's own.
FURNISH = """
mount -t tmpfs -o size=512m tmpfs /dev/shm && mount --bind "$1" /etc/hosts &&
hostname "$0" && ip link set lo up && echo up && exec cat
"""


def lacking() -> str:
    """Why no hosts can be made here, '' where they can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "hosts in network namespaces need root"
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            return f"hosts in network namespaces need '{tool}' ({package})"
    tried = subprocess.run(
        ["unshare", *NAMESPACES, "sh", "-c", "ip link add eth0 type veth peer name eth1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"no network namespaces here: {tried.stderr.strip()}" if tried.returncode else ""


class Host:
    """One machine of the network."""

    def __init__(self, name: str, address: str, names: Path) -> None:
        self.name, self.address = name, address
        command = ["unshare", *NAMESPACES, "sh", "-c", FURNISH, name, str(names)]
        # It ends when its input does: with us.
        self._holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "up\n":
            raise RuntimeError(f"host {name} did not come up")
        self.pid = self._holder.pid
        self._children: list[subprocess.Popen[bytes]] = []

    def inside(self, *command: str) -> list[str]:
        """The command line that runs `command` on this host."""
        here = f"--wd={Path.cwd()}"
        return ["nsenter", f"--target={self.pid}", *NAMESPACES, here, "--", *command]

    def run(self, *command: str) -> str:
        """What a short command says; an error where it fails."""
        done = subprocess.run(self.inside(*command), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def start(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """A process on this host, its output in `log`. It ends with the host, or with us."""
        with log.open("ab") as file:
            child = subprocess.Popen(
                self.inside("setpriv", "--pdeathsig", "TERM", *command),
                env=dict(environment), stdout=file, stderr=file, **OWN_GROUP,
            )  # fmt: skip
        self._children.append(child)
        return child

    def stop(self, child: subprocess.Popen[bytes]) -> int:
        """ctrl-c; returns the exit status."""
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        return child.wait(STOP_TIMEOUT_S)

    def close(self) -> None:
        """Everything on this host ends."""
        for child in self._children:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STOP_TIMEOUT_S)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._holder.kill()
        self._holder.communicate()


class Network:
    """Hosts, a cable from each, and the switch that all of them lead to."""

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        addresses = {name: f"10.77.0.{number}" for number, name in enumerate(names, 1)}
        table = folder / "hosts"
        lines = ["127.0.0.1 localhost", *(f"{a} {name}" for name, a in addresses.items())]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._made = contextlib.ExitStack()
        with contextlib.ExitStack() as making:
            self._switch = self._host("switch", "", table, making)
            self._switch.run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
            self._switch.run("ip", "link", "set", "br0", "up")
            self._hosts = {n: self._host(n, a, table, making) for n, a in addresses.items()}
            for number, host in enumerate(self._hosts.values()):
                self._connect(host, number)
            self._made = making.pop_all()

    def __getitem__(self, name: str) -> Host:
        return self._hosts[name]

    @property
    def switch(self) -> Host:
        """What the cables lead to."""
        return self._switch

    def cut(self, name: str) -> None:
        """The cable of host `name` is pulled out of the switch."""
        self._switch.run("ip", "link", "set", self._port(name), "down")

    def restore(self, name: str) -> None:
        """And put in again."""
        self._switch.run("ip", "link", "set", self._port(name), "up")

    def close(self) -> None:
        """All hosts, and what runs on them, end."""
        self._made.close()

    def _host(self, name: str, address: str, table: Path, making: contextlib.ExitStack) -> Host:
        host = Host(name, address, table)
        making.callback(host.close)
        return host

    def _port(self, name: str) -> str:
        return f"port{list(self._hosts).index(name)}"

    def _connect(self, host: Host, number: int) -> None:
        port = f"port{number}"
        cable = ("type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
        self._switch.run("ip", "link", "add", port, *cable)
        self._switch.run("ip", "link", "set", port, "master", "br0", "up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")


@contextlib.contextmanager
def network(folder: Path, *names: str) -> Iterator[Network]:
    """Hosts of these names on one switch, by name, for the length of a block."""
    net = Network(names, folder)
    try:
        yield net
    finally:
        net.close()
