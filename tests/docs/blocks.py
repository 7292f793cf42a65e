"""The code blocks of Markdown pages, so that tests can run them.

  blocks.py extract FOLDER PAGE...   each block into FOLDER, and a line about it to stdout:
                                     FILE-IN-FOLDER  PAGE:LINE  LANGUAGE  MARK  ARGUMENT   (separated by tabs)
  blocks.py files FOLDER PAGE...     the blocks that are files by their mark (<!-- file: PATH -->), each into FOLDER/PATH

A mark is an HTML comment in the line before a block: <!-- MARK: ARGUMENT -->. An indented block is one too, and its language
is "indented".
"""

import os
import re
import sys

FENCE = re.compile(r"^( *)(```+|~~~+) *(\S*) *$")
MARK = re.compile(r"^<!-- ([a-z ]+): (.*) -->$")
LIST_ITEM = re.compile(r"^ *([*+-]|\d+[.)]) ")
EXTENSION = {"indented": "sh", "console": "console", "": "none"}


class Block:
    def __init__(self, page, line, language, lines, mark):
        self.page, self.line, self.language, self.lines = page, line, language, lines
        self.mark, self.argument = mark or ("", "")

    def text(self):
        return "\n".join(self.lines) + "\n"


def _mark_before(lines, index):
    while index > 0 and not lines[index - 1].strip():
        index -= 1
    match = MARK.match(lines[index - 1]) if index > 0 else None
    return match.groups() if match else None


def _fenced(page, lines, start):
    """The block that begins in line `start`, and the line after it."""
    indent, fence, language = FENCE.match(lines[start]).groups()
    end = start + 1
    while end < len(lines) and lines[end].strip() != fence:
        end += 1
    if end == len(lines):
        raise SystemExit(f"{page}:{start + 1}: a block without an end")
    inside = [line[len(indent):] if line.startswith(indent) else line for line in lines[start + 1:end]]
    return Block(page, start + 1, language, inside, _mark_before(lines, start)), end + 1


def _indented(page, lines, start):
    end = start
    while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    inside = [line[4:] for line in lines[start:end]]
    return Block(page, start + 1, "indented", inside, _mark_before(lines, start)), end


def blocks(page):
    """All blocks of a page, in order."""
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    found, index, in_list = [], 0, False
    while index < len(lines):
        line = lines[index]
        if LIST_ITEM.match(line):
            in_list = True
        elif line and not line.startswith(" "):
            in_list = False
        after_blank = index == 0 or not lines[index - 1].strip() or MARK.match(lines[index - 1])
        if FENCE.match(line):
            block, index = _fenced(page, lines, index)
        elif line.startswith("    ") and after_blank and not in_list:
            block, index = _indented(page, lines, index)
        else:
            index += 1
            continue
        found.append(block)
    return found


def prose(page):
    """The page's lines (number, text) without its blocks."""
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    inside = set()
    for block in blocks(page):
        first = block.line
        inside.update(range(first - 1, first + len(block.lines) + (0 if block.language == "indented" else 2)))
    return [(number, line) for number, line in enumerate(lines, 1) if number not in inside]


def _extract(folder, pages):
    for page in pages:
        for block in blocks(page):
            stem = page.removesuffix(".md").replace("/", "-")
            name = f"{stem}-{block.line}.{EXTENSION.get(block.language, block.language)}"
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(block.text())
            print(name, f"{page}:{block.line}", block.language or "-", block.mark or "-", block.argument or "-", sep="\t")


def _files(folder, pages):
    for block in (block for page in pages for block in blocks(page) if block.mark == "file"):
        path = os.path.join(folder, block.argument.lstrip("/"))
        if os.path.exists(path):
            raise SystemExit(f"{block.page}:{block.line}: {block.argument} for the second time")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(block.text())


def main(arguments):
    if len(arguments) >= 2 and arguments[0] == "extract":
        _extract(arguments[1], arguments[2:])
    elif len(arguments) >= 2 and arguments[0] == "files":
        _files(arguments[1], arguments[2:])
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
