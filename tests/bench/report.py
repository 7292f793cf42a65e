"""Writes what a run found: Markdown tables between markers, and a plot as SVG."""

import os
import re

import stats

_COLOURS = ["#0b6e4f", "#6fb98f", "#a5d6b7", "#35618f", "#8fb3d9", "#c2d6ea", "#b5651d", "#8a6fa8", "#777777"]
_OURS, _OURS_H1, _OURS_TWO = "ccnproxy", "ccnproxy_h1", "ccnproxy_w2"
# Two workers may cost so much more a request than one.
MORE_WORKERS_COST = 1.10


def replace_section(text, name, body):
    """Replaces what stands between the markers of a section; the prose around it stays as it is."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: section, text)
    return text.rstrip() + "\n\n" + section + "\n"


def write_section(path, name, body, template):
    """Puts a section into a file, which is made from the template where it is not there yet."""
    text = template
    if os.path.exists(path):
        with open(path, encoding="utf-8") as old:
            text = old.read()
    with open(path, "w", encoding="utf-8") as new:
        new.write(replace_section(text, name, body))


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def number(value):
    """Three figures that matter, no more: the runs repeat within some 10 %."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def interval(ratio):
    return "{:.2f} ({:.2f} to {:.2f})".format(*ratio)


class Report:
    """One run. `run` holds cases, proxies (name, label, memory, start) and slices[case][proxy]."""

    def __init__(self, run):
        self._run = run
        self._cases = run["cases"]
        self._labels = {name: proxy["label"] for name, proxy in run["proxies"].items()}
        self._sums = {case: {name: stats.summary(slices) for name, slices in by_proxy.items()}
                      for case, by_proxy in run["slices"].items()}

    def markdown(self, plot=None):
        parts = [self._machine()]
        if plot:
            parts.append(f"![CPU time of the proxy per request]({plot})")
        parts += ["### CPU time of the proxy per request (µs)", self._cpu()]
        if _OURS in self._labels:
            parts += ["### ccnproxy's CPU time as a share of each peer's", self._ratios()]
        parts += ["### Throughput and latency", self._speed(),
                  "### Connections, memory and starting", self._upkeep()]
        return "\n\n".join(parts)

    def _machine(self):
        own = [f"{case} {number(min(one['load_us'] for one in by_proxy.values()))}"
               for case, by_proxy in self._sums.items()]
        facts = {**self._run["machine"], "the load generator's own CPU time, µs a request": ", ".join(own)}
        lines = [f"- {key}: {value}" for key, value in facts.items()]
        lines += [f"- {proxy['label']}: {proxy['settings']}" for proxy in self._run["proxies"].values()]
        return "\n".join(lines)

    def _cpu(self):
        head = ["", *[f"{name}: {title}" for name, title in self._cases.items()]]
        rows = [[label, *[number(self._sums[case][name]["cpu_us"]) for case in self._cases]]
                for name, label in self._labels.items()]
        return table(head, rows)

    def _ratio(self, case, ours, theirs):
        slices = self._run["slices"][case]
        return stats.ratio(*([one["cpu_us"] for one in slices[name]] for name in (ours, theirs)))

    def _ratio_table(self, ours, others):
        rows = [[self._labels[name], *[interval(self._ratio(case, ours, name)) for case in self._cases]]
                for name in others]
        return table([self._labels[ours] + " ÷", *self._cases], rows)

    def _ratios(self):
        peers = [name for name in self._labels if name not in (_OURS, _OURS_H1, _OURS_TWO)]
        own = [name for name in (_OURS_H1,) if name in self._labels]
        tables = [self._ratio_table(_OURS, own + peers)] if own + peers else []
        one_one = [name for name in peers if "http/1.1" in self._labels[name]]
        if own and one_one:
            tables.append(self._ratio_table(_OURS_H1, one_one))
        if _OURS_TWO in self._labels:
            tables.append(self._two_workers())
        return "\n\n".join(tables + ["In parentheses the 95 % bootstrap interval over the cycles of this run."])

    def _two_workers(self):
        """Both daemons run in the same minutes on the same CPU."""
        ratios = [self._ratio(case, _OURS_TWO, _OURS) for case in self._cases]
        cycles = min(len(by_proxy[_OURS]) for by_proxy in self._run["slices"].values())
        rows = [["one worker", *[interval(ratio) for ratio in ratios]],
                [f"more than {MORE_WORKERS_COST:.2f}?",
                 *[stats.exceeds(ratio, MORE_WORKERS_COST, cycles) for ratio in ratios]]]
        return table([self._labels[_OURS_TWO] + " ÷", *self._cases], rows)

    def _speed(self):
        head = ["", *self._cases]
        rows = []
        for name, label in self._labels.items():
            sums = [self._sums[case][name] for case in self._cases]
            rows.append([label + ": requests/s", *[number(one["rps"]) for one in sums]])
            rows.append([label + ": p50 / p99, µs",
                         *[f"{number(one['p50_us'])} / {number(one['p99_us'])}" for one in sums]])
        return table(head, rows)

    def _upkeep(self):
        head = ["", "TLS connections opened", "of them resumed", "resident MiB at the start",
                "resident MiB at most", "start to listening, ms", "first request, ms",
                "second request, ms", "requests", "failed"]
        rows = []
        for name, label in self._labels.items():
            proxy = self._run["proxies"][name]
            sums = [self._sums[case][name] for case in self._cases]
            rows.append([label, proxy["tls_opened"], proxy["tls_resumed"],
                         number(proxy["start_mib"]), number(proxy["peak_mib"]),
                         number(proxy["ready_ms"]), number(proxy["first_ms"]),
                         number(proxy["second_ms"]), f"{sum(one['completed'] for one in sums):,}",
                         self._failures(sums)])
        return table(head, rows)

    @staticmethod
    def _failures(sums):
        kinds = stats.add_up(one["errors"] for one in sums)
        text = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        return f"{sum(one['failed'] for one in sums):,}" + (f" ({text})" if text else "")

    def svg(self):
        """One panel a closed-loop case, one bar a proxy: CPU per request."""
        cases = [case for case in self._cases if not case.endswith("k")]
        bar, left, width = 22, 150, 430
        panel = bar * len(self._labels) + 46
        rows = (len(cases) + 1) // 2
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width + 20} {rows * panel + 10}" '
               'font-family="sans-serif" font-size="12" role="img">',
               "<title>CPU time of the proxy per request, microseconds: less is better</title>",
               '<rect width="100%" height="100%" fill="#ffffff"/>']
        for index, case in enumerate(cases):
            origin = (10 + index % 2 * width, 10 + index // 2 * panel)
            out += self._panel(case, origin, bar, left, width - left - 70)
        return "\n".join(out + ["</svg>", ""])

    def _panel(self, case, origin, bar, left, width):
        x, y = origin
        longest = max(one["cpu_us"] for one in self._sums[case].values())
        out = [f'<text x="{x}" y="{y + 14}" font-weight="bold">{case}: {self._cases[case]} (µs)</text>']
        for row, (name, label) in enumerate(self._labels.items()):
            value = self._sums[case][name]["cpu_us"]
            top = y + 24 + row * bar
            length = max(1, value / longest * width)
            out.append(f'<text x="{x + left - 6}" y="{top + 13}" text-anchor="end">{label}</text>')
            out.append(f'<rect x="{x + left}" y="{top + 2}" width="{length:.1f}" height="{bar - 6}" '
                       f'fill="{_COLOURS[row % len(_COLOURS)]}"/>')
            out.append(f'<text x="{x + left + length + 5:.1f}" y="{top + 13}">{number(value)}</text>')
        return out
