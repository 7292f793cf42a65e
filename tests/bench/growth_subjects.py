"""The daemons whose cost is compared while one thing about them grows, and how far a machine lets it grow."""

import dataclasses

from origin import HOST

NAMES = "n%." + HOST  # all of them lead to the one origin
# As many names, at most, take the requests of the closed loop: the same number for every size.
HOT_NAMES = 10
SIZES = {"origins": [10, 100, 1_000, 10_000], "clients": [100, 10_000, 50_000], "workers": [1, 2, 4], "rules": [1_000]}
QUICK_SIZES = {"origins": [10, 100], "clients": [100, 1_000], "workers": [1, 2], "rules": [100]}
HTTP1_ORIGINS, QUICK_HTTP1_ORIGINS = 1_000, 100
TITLES = {"origins": "warm origins", "clients": "idle clients", "workers": "workers",
          "rules": "overrides, rules that allow, rules that deny, of each"}


@dataclasses.dataclass
class Subject:
    """One daemon. `axis` is what grows; `size` how large that is here; the rest is as in every other daemon."""

    axis: str
    size: int
    origins: int = HOT_NAMES
    clients: int = 0
    workers: int = 1
    rules: int = 0
    alpn: str = "h2"
    cpus: str = "0"

    @property
    def name(self):
        return f"{self.axis}_{self.size}"


def fit(sizes, most):
    """The sizes that the machine allows; in place of those that it does not, the largest that it does, unless
    that is hardly more than one which stands there."""
    within = [size for size in sizes if size <= most]
    if len(within) < len(sizes) and (not within or 2 * within[-1] <= most):
        within.append(most)
    return within


def most_clients(open_files):
    """Clients of one daemon: half of its descriptors are for origins (docs/overload.md), and clients of the load come, too."""
    return int((open_files - 700) * 0.48) // 100 * 100


def most_origins(open_files):
    """Warm origins of the largest daemon: of half of its descriptors, seven eighths may be ahead of need."""
    return int((open_files - 700) * 0.43) // 100 * 100


def fitted(sizes, open_files):
    """(sizes, what had to be cut as sentences)."""
    bounds = {"clients": most_clients(open_files), "origins": most_origins(open_files)}
    found, cuts = {}, []
    for axis, wanted in sizes.items():
        found[axis] = fit(wanted, bounds.get(axis, wanted[-1]))
        if found[axis] != wanted:
            cuts.append(f"{wanted[-1]:,} {TITLES[axis]} were cut to {found[axis][-1]:,}: a process may open "
                        f"{open_files:,} files here")
    return found, cuts


def subjects(sizes):
    """All daemons that are measured; the smallest of each axis is what the others of it are compared with."""
    found = [Subject("origins", size, origins=size) for size in sizes.get("origins", [])]
    found += [Subject("clients", size, clients=size) for size in sizes.get("clients", [])]
    # On all CPUs, one worker too: what more workers cost where they can run at once.
    found += [Subject("workers", size, workers=size, cpus="all") for size in sizes.get("workers", [])]
    if "rules" in sizes:
        found += [Subject("rules", size, rules=size) for size in [0] + sizes["rules"]]
    return {subject.name: subject for subject in found}


def configuration(subject, **places):
    """The daemon's configuration file. `places`: port, admin, origin (port), ca, log."""
    return "\n".join([
        f"listeners: [{{address: \"127.0.0.1:{places['port']}\"}}]",
        f"admin: {{address: \"127.0.0.1:{places['admin']}\"}}",
        f"workers: {subject.workers}",
        # Ten thousand handshakes at the start take longer than one may.
        "timeouts: {client_idle: 1h, connect: 60s, tls: 60s}",
        *_rules(subject),
        *_warm(subject),
        "overrides:",
        *_overrides(subject),
        f"  - match: \"*.{HOST}\"",
        f"    connect_to: 127.0.0.1:{places['origin']}",
        f"    tls: {{ca_file: {places['ca']}, alpn: [{subject.alpn}]}}",
        "log:",
        "  level: warn",
        f"  access: {{to: {places['log']}}}",
        ""])


def _warm(subject):
    if not subject.origins:
        return []
    names = (NAMES.replace("%", str(number)) for number in range(subject.origins))
    return ["pool:", "  warm:", *[f"    - https://{name}" for name in names]]


def _pattern(kind, number):
    """Half of them a name, half of them a suffix."""
    return f"{'*.' if number % 2 else ''}{kind}{number}.example"


def _rules(subject):
    if not subject.rules:
        return []
    numbers = range(subject.rules)
    return ["origins:", "  allow:", *[f"    - \"{_pattern('allowed', number)}\"" for number in numbers],
            f"    - \"*.{HOST}\"", "  deny:", *[f"    - \"{_pattern('denied', number)}\"" for number in numbers]]


def _overrides(subject):
    """Those that come before the one that is meant, which is the last of as many."""
    return [f"  - {{match: \"{_pattern('other', number)}\", connect_to: 127.0.0.1:9}}"
            for number in range(subject.rules - 1)]
