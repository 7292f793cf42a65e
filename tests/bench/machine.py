"""What the figures were measured on; no names of hosts, users or folders."""

import os
import platform
import re

from peers import versions
from processes import first_line


def _cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as text:
        found = re.search(r"model name\s*:\s*(.+)", text.read())
    return found.group(1) if found else platform.machine()


def _system():
    with open("/etc/os-release", encoding="utf-8") as text:
        found = re.search(r'PRETTY_NAME="(.+)"', text.read())
    return found.group(1) if found else "unknown"


def _sysctl(name):
    with open("/proc/sys/" + name.replace(".", "/"), encoding="ascii") as text:
        return " ".join(text.read().split())


def describe(binary, peers=True):
    """`peers`: name their versions, too."""
    found = versions() if peers else {}
    if binary:
        found = {"ccnproxy": first_line([binary, "--version"]), **found}
    kernel = " ".join(f"{name}={_sysctl(name)}" for name in (
        "net.core.somaxconn", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_congestion_control"))
    return {
        "machine": f"{os.cpu_count()} cores, {_cpu_model()}; the proxy on CPU 0, origin and load on CPU 1",
        "system": f"{_system()}, Linux {platform.release()}, {kernel}",
        "versions": "; ".join(text for text in found.values() if text),
    }
