#!/usr/bin/env python3
"""docs/development/failures.md, made of failures.txt and the names of all tests: which test covers which failure.

Usage: failures.py write | check      check fails where a number has neither test nor reason, where a name in
failures.txt is no test, or where docs/development/failures.md is not what `write` would make of it.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "development" / "failures.md"
LAST = 159

HEAD = """# What goes wrong, and what shows that it does not

Failures that proxies of this kind are known for, by number, and the tests that would see them here. A test has the
number of its failure in its name. Made by `tests/failures/failures.py write`; a test of its own fails when a number
is left without any, so don't edit this page.

"""

GTEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", re.M)
SHELL = re.compile(r"^test_(\w+)\(\)", re.M)
PYTHON = re.compile(r"^\s*def test_(\w+)\(", re.M)


def tests():
    """(path below tests, name) of every test there is."""
    for path in sorted((ROOT / "tests").rglob("*")):
        where = path.relative_to(ROOT / "tests").as_posix()
        if path.suffix == ".cc":
            for suite, name in GTEST.findall(path.read_text(errors="replace")):
                yield where, f"{suite}.{name}"
        elif path.suffix in (".sh", ".py"):
            pattern = SHELL if path.suffix == ".sh" else PYTHON
            for name in pattern.findall(path.read_text(errors="replace")):
                yield where, name


def catalogue():
    """Groups of [number, title, further tests, reason for none]."""
    groups = []
    for line in (HERE / "failures.txt").read_text().splitlines():
        if line.startswith("## "):
            groups.append((line[3:], []))
        elif line.startswith("also: "):
            groups[-1][1][-1][2].append(line[6:])
        elif line.startswith("none: "):
            groups[-1][1][-1][3] = line[6:]
        elif re.match(r"\d{3} ", line):
            groups[-1][1].append([int(line[:3]), line[4:], [], ""])
    return groups


def page_and_gaps():
    by_number, places, gaps = {}, {}, []
    for where, name in tests():
        places[name] = where
        for number in re.findall(r"F(\d{3})(?!\d)", name):
            by_number.setdefault(int(number), []).append(name)
    text, seen = HEAD, []
    for group, entries in catalogue():
        text += f"## {group}\n\n| | what goes wrong | tests |\n| --- | --- | --- |\n"
        for number, title, further, reason in entries:
            seen.append(number)
            gaps += [f"F{number:03}: no test is named {name}" for name in further if name not in places]
            names = by_number.get(number, []) + [name for name in further if name in places]
            if not names and not reason:
                gaps.append(f"F{number:03} has no test: {title}")
            listed = "<br>".join(f"`{name}` ({places[name]})" for name in names) or f"none: {reason}"
            text += f"| F{number:03} | {title} | {listed} |\n"
        text += "\n"
    if seen != list(range(1, LAST + 1)):
        gaps.append(f"failures.txt does not count from 1 to {LAST}")
    return text.rstrip("\n") + "\n", gaps


def main():
    text, gaps = page_and_gaps()
    if sys.argv[1:] == ["write"]:
        PAGE.write_text(text)
    elif sys.argv[1:] != ["check"]:
        sys.exit(__doc__)
    elif not PAGE.exists() or PAGE.read_text() != text:
        gaps.append("docs/development/failures.md is not up to date: tests/failures/failures.py write")
    for gap in gaps:
        print(gap)
    sys.exit(1 if gaps else 0)


main()
