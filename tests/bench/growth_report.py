"""Writes what a growth run found: what a request costs against size, what each thing takes of memory, and a plot."""

import math

import stats
from growth_subjects import TITLES
from report import interval, number, table

PLOT = "performance-growth.svg"
# From the smallest to the largest size a request may cost so much more.
MAY_GROW = 1.10

METHOD = """## Growth

How to repeat it: `tests/bench/growth.sh` (about five minutes; `--quick` a minute, prints only). Debian's packages
nginx, openssl and python3 are needed, and two CPUs; 50,000 idle clients need 106,000 open files a process.
All daemons are alive at once and hold what they are to hold, access log on; they are measured in random order in short
slices over many cycles. All their origins are names of one nginx, a warm connection each at least, certificates verified.
An idle client had one answer and keeps its connection. *Busy*: 64 keep-alive clients, in turn to ten of the names. *Slow*:
2,000 requests a second over all the names, so that hardly two of them share a write. CPU time and best quarters as above;
what a daemon does without being asked (timers, PING) is in it. ÷ compares with the smallest size in the same run, in
parentheses the 95 % bootstrap interval. The workers may run on all CPUs, beside origin and load, one alone too; everything
else has CPU 0. What a connection takes is what a daemon of the most origins has more than one of the fewest at the same
moment: just ready, and, a request to each origin, a page of metrics and 64 clients later, after two quiet seconds."""


class GrowthReport:
    """One run, as growth.py makes it."""

    def __init__(self, run):
        self._run = run
        self._subjects = run["subjects"]
        self._sums = {case: {name: stats.summary(slices) for name, slices in by_name.items()}
                      for case, by_name in run["slices"].items()}

    def failures(self):
        """What makes the figures worthless, as sentences."""
        found = list(self._run["losses"])
        for case, by_name in self._sums.items():
            found += [f"{name}, {case}: {one['failed']} requests failed {one['errors']}"
                      for name, one in by_name.items() if one["failed"]]
        return found

    def markdown(self, plot=None):
        facts = [f"- {key}: {value}" for key, value in self._run["machine"].items()]
        facts += [f"- {text}" for text in self._run["cuts"] + self.failures()]
        parts = [METHOD, "\n".join(facts)]
        if plot:
            parts.append(f"![CPU time per request and p99 as origins and clients grow]({plot})")
        parts += ["### What a request costs", self._costs(), "### Memory", self._memory()]
        return "\n\n".join(parts)

    def _axes(self):
        """By axis, the names of its subjects from small to large."""
        found = {}
        for name, subject in sorted(self._subjects.items(), key=lambda item: item[1]["size"]):
            found.setdefault(subject["axis"], []).append(name)
        return {axis: found[axis] for axis in TITLES if axis in found}

    def grown(self, case, name, smallest):
        """CPU per request as a ratio to the smallest of the axis, with its interval."""
        slices = self._run["slices"][case]
        return stats.ratio(*([one["cpu_us"] for one in slices[one_name]] for one_name in (name, smallest)))

    def _cost_cells(self, case, name, smallest):
        one = self._sums[case][name]
        cells = [number(one["cpu_us"]), "", "", number(one["p99_us"])]
        if name != smallest:
            ratio = self.grown(case, name, smallest)
            cells[1:3] = interval(ratio), stats.exceeds(ratio, MAY_GROW, len(self._run["slices"][case][name]))
        return cells

    def _costs(self):
        head = ["what there is", *[f"{case}: {what}" for case in self._sums for what in (
            "µs", "÷ smallest", f"over {MAY_GROW:.2f}?", "p99, µs")], "idle: CPU ms a second", "resident MiB"]
        rows = []
        for axis, names in self._axes().items():
            for name in names:
                cells = [cell for case in self._sums for cell in self._cost_cells(case, name, names[0])]
                rows.append([f"{TITLES[axis]}: {self._subjects[name]['size']:,}", *cells,
                             number(self._run["idle_ms"][name]), number(self._run["resident_mib"][name])])
        return table(head, rows)

    def _memory(self):
        memory = self._run["memory"]
        axes = self._axes()
        rows = [["one worker, nothing asked yet, MiB", number(memory["empty_0"]["warm"]["kib"] / 1024)]]
        http1 = sorted((name for name in memory if name.startswith("http1_")), key=lambda name: memory[name]["size"])
        for protocol, names in [("h2", axes.get("origins", [])), ("http/1.1", http1)]:
            if not names:
                continue
            for step, what in [("warm", "never used"), ("asked", "after a request to each origin")]:
                few, many = memory[names[0]][step], memory[names[-1]][step]
                count = many["connections"] - few["connections"]
                rows.append([f"a warm {protocol} connection, {what}, KiB (of {count:,} more)",
                             number(each_kib(many, few, count))])
        if "clients" in axes:
            held = memory[axes["clients"][-1]]
            rows.append([f"an idle client, KiB (of {held['size']:,})",
                         number(each_kib(held["clients"], held["asked"], held["size"]))])
        return table(["resident memory of the daemon; the kernel's for sockets is not in it", ""], rows)

    def svg(self):
        """Origins and clients against CPU per request and p99, sizes on a logarithmic scale."""
        axes = self._axes()
        panels = [(axis, key, title) for axis in ("origins", "clients")
                  for key, title in (("cpu_us", "CPU per request, µs"), ("p99_us", "p99, µs"))]
        out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 480" font-family="sans-serif" font-size="12" '
               'role="img">', "<title>CPU time per request and p99 as origins and clients grow: flat is good</title>",
               '<rect width="100%" height="100%" fill="#ffffff"/>']
        for index, (axis, key, title) in enumerate(panels):
            lines = {case: [(self._subjects[name]["size"], by_name[name][key]) for name in axes[axis]]
                     for case, by_name in self._sums.items()}
            out += panel(f"{TITLES[axis]}: {title}", lines, (20 + index % 2 * 440, 20 + index // 2 * 235))
        return "\n".join(out + ["</svg>", ""])


def each_kib(after, before, count):
    """What one of `count` takes."""
    return (after["kib"] - before["kib"]) / count


_WIDTH, _HEIGHT, _LEFT, _TOP = 400, 215, 50, 24
_COLOURS = {"busy": "#0b6e4f", "slow": "#b5651d"}


def panel(title, lines, corner):
    """A small plot: `lines` by case, each of (size, value); sizes on a logarithmic scale, values from zero on."""
    x, y = corner
    sizes = sorted({size for points in lines.values() for size, _ in points})
    top = 1.15 * max(value for points in lines.values() for _, value in points)
    right, floor = x + _WIDTH - 20, y + _HEIGHT - 24

    def place(size, value):
        span = math.log(sizes[-1] / sizes[0]) or 1
        return (x + _LEFT + (right - 30 - x - _LEFT) * math.log(size / sizes[0]) / span,
                floor - (floor - y - _TOP) * value / top)

    out = [f'<text x="{x}" y="{y + 10}" font-weight="bold">{title}</text>',
           f'<path d="M{x + _LEFT - 8} {y + _TOP} V{floor} H{right}" fill="none" stroke="#777777"/>']
    for size in sizes:
        out.append(f'<text x="{place(size, 0)[0]:.1f}" y="{floor + 16}" text-anchor="middle">{size:,}</text>')
    for index, (case, points) in enumerate(lines.items()):
        out += _line(case, [(*place(*point), point[1]) for point in points])
        out.append(f'<text x="{right - 40}" y="{y + 10 + 14 * index}" fill="{_COLOURS[case]}">{case}</text>')
    return out


def _line(case, points):
    """Points with their value written above, joined."""
    colour = _COLOURS[case]
    path = " L".join(f"{at_x:.1f} {at_y:.1f}" for at_x, at_y, _ in points)
    out = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for at_x, at_y, value in points:
        out.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="3" fill="{colour}"/>')
        out.append(f'<text x="{at_x:.1f}" y="{at_y - 7:.1f}" text-anchor="middle" fill="{colour}">'
                   f'{number(value)}</text>')
    return out
