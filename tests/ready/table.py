"""What was found, for the terminal and for docs/development/readiness.md."""

import datetime
import os
import re

import machine

_HEAD = ["row", "what", "wanted (RTT)", "measured (RTT)", "met", "peers, the same run", "counted"]
_ROW = re.compile(r"^\| ([a-z0-9-]+) \|")


def plain(result):
    """One row's result as text."""
    out = [f"\n{result['row']}  (RTT {result['rtt_ms']:.1f} ms, {_late(result)}, took {result['took_s']:.0f} s)"]
    for line in result["lines"]:
        mark = {"yes": "met", "no": "NOT MET"}.get(line["met"], "")
        out.append(f"  {line['measured']:>10}  wanted {line['wanted'] or '-':<10} {mark:<8} {line['what']}")
        out += [f"              {text}" for text in (line["peers"], line["counts"]) if text]
    out += [f"  FAILED: {problem}" for problem in result["problems"]]
    return "\n".join(out)


def _late(result):
    return f"{result['late']:.1%} of packets > 0.2 ms late, the latest {result['latest_ms']:.1f} ms"


def write(path, results, binary, order):
    """Puts the rows that ran into the file; those that did not are left as they are."""
    with open(path, encoding="utf-8") as text:
        old = text.read()
    kept = _rows_in(old)
    kept.update({result["row"]: _markdown(result) for result in results})
    lines = [_join(_HEAD), "| --- | --- | --- | ---: | --- | --- | --- |"]
    lines += [line for row in order for line in kept.get(row, [])]
    new = _replaced(old, "table", "\n".join(lines))
    rows = [result["row"] for result in results]
    runs = [_machine(results, binary), *_runs_of_others(old, set(rows))]
    with open(path, "w", encoding="utf-8") as out:
        out.write(_replaced(new, "machine", "\n".join(runs)))


def _runs_of_others(text, rows):
    """What is said of earlier runs that rows of the table are still from: each begins with its date and its rows."""
    section = text.split("<!-- machine:begin -->")[1].split("<!-- machine:end -->")[0]
    runs = re.split(r"^(?=- measured: )", section.strip(), flags=re.MULTILINE)
    return [run.strip() for run in runs if run and set(run.split("\n")[0].split(", ")[1:]) - rows]


def _rows_in(text):
    found = {}
    for line in text.splitlines():
        matched = _ROW.match(line)
        if matched and matched.group(1) != "row":
            found.setdefault(matched.group(1), []).append(line)
    return found


def _markdown(result):
    rows = [_join([result["row"], line["what"], line["wanted"], line["measured"], line["met"], line["peers"],
                   line["counts"]]) for line in result["lines"]]
    return rows + [_join([result["row"], "**failed**: " + problem.replace("|", "/").replace("\n", " "),
                          "", "", "no", "", ""]) for problem in result["problems"]]


def _join(cells):
    return "| " + " | ".join(cells) + " |"


def _machine(results, binary):
    facts = machine.describe(binary)
    rtts = [result["rtt_ms"] for result in results if result["rtt_ms"]]
    late = max(results, key=lambda result: result["late"])
    return "\n".join([
        ", ".join([f"- measured: {datetime.date.today()}", *(result["row"] for result in results)]),
        f"- machine: {facts['machine'].split(';')[0]}",
        f"- system: {facts['system']}; between the namespaces cubic",
        f"- versions: {facts['versions']}",
        f"- RTT: {min(rtts, default=0):.1f} to {max(rtts, default=0):.1f} ms, measured by each row by TCP connects",
        f"- the emulator was at most late in row {late['row']}: {_late(late)}",
    ])


def _replaced(text, name, body):
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{os.path.basename(begin)}: no such section")
    return pattern.sub(lambda _: f"{begin}\n{body}\n{end}", text)
