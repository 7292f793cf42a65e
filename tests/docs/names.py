"""Whether what README.md, its neighbours and docs/**/*.md name is there. Each command prints what is not, as PAGE:LINE: words, and ends
with 1 then.

  names.py links                    relative links, and the headings that they lead to
  names.py files                    files and folders of this tree in `code`
  names.py keys                     keys of the configuration in `code` (pool.keep_warm), by config/ccnproxy.yaml
  names.py flags HELP...            flags; HELP: files with what the command (the file's name) says with --help
  names.py metrics METRICS          metrics; METRICS: a scrape of the daemon
  names.py style                    words for people where things are meant, and lines of more than 100 columns
  names.py errors                   types and words of errors in docs/errors.md, against the sources
  names.py inline                   no check: prints the commands and expressions in `code` that can be run, as PAGE:LINE, what, text
  names.py figures                  what docs/fleet.md reckons with, against what was measured last
  names.py log RECORDS              keys of the access log (RECORDS: lines of one) that docs/access-log.md does not explain
"""

import fnmatch
import glob
import json
import os
import re
import sys

from blocks import blocks, prose

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md"] + sorted(
    os.path.relpath(page, ROOT) for page in glob.glob(ROOT + "/docs/**/*.md", recursive=True))
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Pages that a program writes from the tests' own names.
MADE = {"docs/development/failures.md"}
ROOMS = "admin base cli config daemon dns http http1 http2 net observe origin pool proxy route tls".split()


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def lines_of_prose():
    for page in PAGES:
        for number, line in prose(os.path.join(ROOT, page)):
            yield page, number, line


def spans():
    """All `code` of the pages' prose, but for lines that say themselves that something is not there."""
    for page, number, line in lines_of_prose():
        if "not there yet" in line:
            continue
        for text in CODE.findall(line):
            yield page, number, text


def slug(heading):
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
    return text.replace(" ", "-")


def anchors(page):
    return {slug(line.lstrip("#")) for _, line in prose(os.path.join(ROOT, page)) if re.match(r"#+ ", line)}


def bad_links():
    for page, number, line in lines_of_prose():
        for target in LINK.findall(CODE.sub("", line)):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            file = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if not os.path.exists(os.path.join(ROOT, file)):
                yield page, number, f"no {file}"
            elif anchor and anchor not in anchors(file):
                yield page, number, f"no heading #{anchor} in {file}"


def is_file(path):
    return bool(glob.glob(os.path.join(ROOT, path)))


def is_source(path):
    """`pool/dial_policy`, `pool/dial_policy.h`, `src/pool/x.cc`, also a name without its folder as in a room's list."""
    stems = [path] if "." in os.path.basename(path) else [path + ".h", path + ".cc"]
    return any(is_file(folder + stem) for stem in stems for folder in ("include/ccnproxy/", "src/"))


def bad_files():
    tree = re.compile(r"^(src|include|tests|docs|packaging|config|cmake)/[\w./*{},-]*$")
    room = re.compile(rf"^({'|'.join(ROOMS)})/\w+(\.h|\.cc)?$")
    for page, number, text in spans():
        name = text.split()[0] if text.split() else ""
        if page in MADE or re.search(r"[A-Z]{3}", name):
            continue
        if tree.match(name) and not is_file(name) and not (room.match(name) and is_source(name)):
            yield page, number, f"no {name}"
        elif room.match(text) and not is_source(text):
            yield page, number, f"no {name} among the sources"


def configuration_keys():
    """Every key of config/ccnproxy.yaml with its path, those in comments too (overrides)."""
    path, keys = [], {"overrides.match", "overrides.connect_to", "overrides.allow_addresses",
                      "admin.mode", "admin.owner", "admin.group",
                      "listeners.address", "listeners.mode", "listeners.owner", "listeners.group"}
    for line in read("config/ccnproxy.yaml").split("\n"):
        match = re.match(r"^( *)([a-z_0-9-]+):", line)
        if match:
            depth = len(match.group(1)) // 2
            path = path[:depth] + [match.group(2)]
            keys.add(".".join(path))
    return keys


def bad_keys():
    keys = configuration_keys()
    tops = {key for key in keys if "." not in key}
    for page, number, text in spans():
        match = re.match(r"^([a-z_]+)((?:\.[a-z_]+)+):?(?: .*)?$", text) or re.match(r"^([a-z_]+)():$", text)
        if match and page not in MADE and match.group(1) in tops and match.group(1) + match.group(2) not in keys:
            yield page, number, f"no key {match.group(1)}{match.group(2)}"


def commands():
    """Lines that are commands or hold some: (page, line, text), of blocks and of `code`."""
    yield from ((page, number, text) for page, number, text in spans() if page not in MADE)
    for page in PAGES:
        for block in blocks(os.path.join(ROOT, page)):
            if block.language in ("sh", "console", "indented", "text", "diff"):
                for line in block.text().replace("\\\n", " ").split("\n"):
                    yield page, block.line, line.split(" #")[0].lstrip("$ ")


def bad_flags(helps):
    texts = {os.path.basename(path): read(path) for path in helps}
    everything = " ".join(texts.values())
    scripts = "\n".join(read(path) for folder in ("packaging", "tests") for kind in ("sh", "py", "cc")
                        for path in glob.glob(f"{ROOT}/{folder}/**/*.{kind}", recursive=True))
    for page, number, text in commands():
        flags = re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", text)
        ours = re.match(r"^(?:[+-]?ExecStart=)?(?:\S*/)?ccnproxy(?: (serve|check|map|probe|status|reload))?(?= |$)(.*)$", text)
        if ours:
            known = texts[ours.group(1) or "serve"] + ("" if ours.group(1) else everything)
            missing = [f for f in re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", ours.group(2)) if not names_flag(known, f)]
        elif text.startswith("--") or re.match(r"^(sudo )?(packaging|tests)/", text):
            said = everything + scripts + "".join(block.text() for block in blocks(os.path.join(ROOT, page)))
            missing = [f for f in flags if f.startswith("--") and not names_flag(said, f)]
        else:
            continue
        yield from ((page, number, f"nobody knows {flag} of: {text}") for flag in missing)


def names_flag(text, flag):
    return re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text) is not None


def bad_metrics(scrape):
    known = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)", read(scrape), re.M):
        known |= {name + end for end in ("_bucket", "_sum", "_count")} if kind == "histogram" else set()
        known.add(name)
    everything = "".join(read(page) for page in PAGES)
    for page in PAGES:
        for number, line in enumerate(read(page).split("\n"), 1):
            for name in re.findall(r"(?<![\w/.-])((?:ccnproxy|process)_[a-z_]+[a-z])(?![\w.-])", line):
                if page not in MADE and name not in known:
                    yield page, number, f"no metric {name}"
    yield from (("docs/admin.md", 1, f"says nothing of {name}") for name in sorted(known)
                if name.startswith("ccnproxy_") and not re.search(rf"{name}\b", everything)
                and not re.search(r"_(bucket|sum|count)$", name))


def bad_log(records):
    explained = {text for page, _, text in spans() if page == "docs/access-log.md"}
    seen = set()
    for line in read(records).split("\n"):
        record = json.loads(line) if line else {}
        seen |= set(record) | set(record.get("error") or {})
    yield from (("docs/access-log.md", 1, f"says nothing of {key}") for key in sorted(seen - explained))


def words_of_sources():
    """Everything that the sources say, without what joins the parts of a text: quotes, operators, calls."""
    texts = []
    for path in (path for end in ("src/**/*.cc", "src/**/*.h", "include/**/*.h") for path in glob.glob(f"{ROOT}/{end}", recursive=True)):
        texts += re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r'"\s*\n\s*"', "", re.sub(r"^\s*//.*", "", read(path), flags=re.M)))
    return "\n".join(texts)


def words_of_errors(line):
    """What docs/errors.md quotes of the sources: the words' column of a table (the last but one), and in a sentence what follows ": "."""
    if not line.startswith("| "):
        return re.findall(r": `([^`]+)`", line)
    return CODE.findall(line.strip("| ").split(" | ")[-2])


def bad_errors():
    """Words and types of docs/errors.md that no source has, and types that the page leaves out."""
    said, page = words_of_sources(), "docs/errors.md"
    lines = prose(os.path.join(ROOT, page))
    first = next(number for number, line in lines if line.startswith("## "))
    for number, line in lines:
        for text in words_of_errors(line) if number > first else []:
            for part in re.split(r"…|\b(?:NAMES?|RULE|ADDRESS|ORIGIN|STORE|TIME|CODE|N|T|X)\b", text):
                part = part.strip(" ;,:)")
                if len(part) > 8 and not any(part[:i] in said and part[i:] in said for i in range(len(part))):
                    yield page, number, f"no source says '{part}'"
    types = set(re.findall(r"ErrorType::(\w+)", "".join(read(path) for path in glob.glob(ROOT + "/src/**/*.cc", recursive=True)
                                                     if not path.endswith(("base/error.cc", "cli/admin_client.cc")))))
    listed = set(re.findall(r"^### `(\w+)`$", read(page), re.M))
    yield from ((page, 1, f"says nothing of {one}") for one in sorted(types - listed))
    yield from ((page, 1, f"nothing is a {one}") for one in sorted(listed - types))


def bad_style():
    """Words that are of people alone, where things are spoken of, and lines of prose that go on after 100 columns."""
    for page, number, line in lines_of_prose():
        if page in MADE:
            continue
        for word in re.findall(r"\b(?:who|whom|whose|whoever|nobody|somebody|anybody|everybody)\b", CODE.sub("", line), re.I):
            yield page, number, f"'{word}' is no word for a thing"
        can_be_broken = not re.match(r" *(\||<!--|#|!\[)", line) and max(map(len, wrapping(line)), default=0) < 90
        if len(line) > 100 and can_be_broken and not page.startswith("docs/development/"):
            yield page, number, "goes on after 100 columns"


def wrapping(line):
    """The parts between which a line can be broken: not within `code` or a link."""
    return re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)", lambda part: part.group(0).replace(" ", "_"), line).split()


def inline():
    """(page, line, "sh" or "promql", text): whole commands that only look, and PromQL."""
    for page, number, text in spans():
        if page in MADE:
            continue
        if re.match(r"jq .*access_log|curl .*https?://[^ ]+/|ss -", text):
            yield page, number, f"sh\t{text}"
        elif re.match(r"(sum|rate|histogram_quantile)\b.*ccnproxy_", text):
            yield page, number, f"promql\t{text}"


def measured_cpu():
    """µs a request by case (A, B, A2k, …) and protocol, from docs/development/performance.md."""
    table = re.search(r"^### CPU time of the proxy per request.*?\n\n(.*?)\n\n", read("docs/development/performance.md"), re.M | re.S).group(1)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]
    cases = [cell.split(":")[0] for cell in rows[0]]
    return {(case, row[0].removeprefix("ccnproxy, ")): float(cell.replace(",", ""))
            for row in rows[2:] if row[0].startswith("ccnproxy, ") for case, cell in zip(cases[1:], row[1:])}


def bad_figures():
    """A share of a core for 1,000 requests/s is the µs of one, divided by ten. To reckon with too much is no great fault."""
    pairs = []
    cpu, page = measured_cpu(), read("docs/fleet.md")
    for case, h2, http1 in re.findall(r"\((?:case )?([A-D](?:2k)?)\) \| ([\d.]+) % \| ([\d.]+) %", page):
        pairs += [(f"case {case}, h2", float(h2), cpu[case, "h2"] / 10), (f"case {case}, http/1.1", float(http1), cpu[case, "http/1.1"] / 10)]
    memory = re.search(r"memory per connection \|[^|]*\| ([\d.]+) KiB", read("docs/development/readiness.md")).group(1)
    pairs.append(("KiB a connection", float(re.search(r"at most (\d+) KiB", page).group(1)), float(memory)))
    assert len(pairs) == 9
    yield from (("docs/fleet.md", 1, f"{what}: {said}, measured {measured}") for what, said, measured in pairs
                if not measured / 1.15 <= said <= measured * 2.5)


def bad_tests():
    """Rows of docs/overload.md whose test, the last column, does not exist: SUITE.NAME, * at the end, or a further name."""
    words = "\n".join(read(path) for path in glob.glob(ROOT + "/tests/**/*_test.cc", recursive=True))
    names = [f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", words, re.M)]
    for page, number, line in lines_of_prose():
        if page != "docs/overload.md" or line.count("|") != 6:
            continue
        suite = ""
        for test in CODE.findall(line.split("|")[5]):
            test = test if "." in test else f"{suite}.{test}"
            suite = test.partition(".")[0]
            if not fnmatch.filter(names, test):
                yield page, number, f"no test {test}"


CHECKS = {"tests": bad_tests, "figures": bad_figures, "links": bad_links, "files": bad_files, "keys": bad_keys, "metrics": bad_metrics, "log": bad_log, "errors": bad_errors, "style": bad_style,
          "flags": lambda *helps: bad_flags(helps)}


def main(arguments):
    if not arguments or arguments[0] not in [*CHECKS, "inline"]:
        raise SystemExit(__doc__)
    if arguments[0] == "inline":
        print("\n".join(f"{page}:{number}\t{words}" for page, number, words in inline()))
        return
    bad = [f"{page}:{number}: {words}" for page, number, words in CHECKS[arguments[0]](*arguments[1:])]
    print("\n".join(bad))
    sys.exit(bool(bad))


if __name__ == "__main__":
    main(sys.argv[1:])
