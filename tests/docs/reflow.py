"""Wraps the prose of Markdown pages at 100 columns, where a paragraph has a longer line: reflow.py PAGE...

Code blocks, tables, headings, comments and what stands between <!-- NAME:begin --> and <!-- NAME:end --> stay as they are. A line
is not broken within `code` or a link.
"""

import re
import sys
import textwrap

from blocks import blocks

WIDTH = 100
ITEM = re.compile(r"^( *)([*+-]|\d+[.)]) +")
AS_IT_IS = ("|", "#", "<!--", "![", ">", "```")


def protected(text):
    """With NUL for each space at which a line must not be broken."""
    return re.sub(r"`[^`]+`|\[[^\]]*\]\([^)]*\)", lambda part: part.group(0).replace(" ", "\0"), text)


def wrapped(lines):
    """One paragraph or element of a list."""
    if max(map(len, lines)) <= WIDTH:
        return lines
    item = ITEM.match(lines[0])
    first = lines[0][:item.end()] if item else re.match(" *", lines[0]).group(0)
    text = protected(" ".join([lines[0][len(first):], *lines[1:]]).strip())
    text = re.sub(" +", " ", text)
    filled = textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False,
                           break_on_hyphens=False)
    return filled.replace("\0", " ").split("\n")


def reflowed(page):
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    code = set()
    for block in blocks(page):
        code.update(range(block.line - 1, block.line + len(block.lines) + (0 if block.language == "indented" else 2)))
    out, paragraph, made = [], [], False
    for number, line in enumerate([*lines, ""], 1):
        made = (made or re.match(r"<!-- \w+:begin", line)) and not re.match(r"<!-- \w+:end", line)
        stays = number in code or made or not line.strip() or line.lstrip().startswith(AS_IT_IS)
        if paragraph and (stays or ITEM.match(line)):
            out += wrapped(paragraph)
            paragraph = []
        (out if stays else paragraph).append(line)
    return "\n".join(out[:-1])


def main(pages):
    for page in pages:
        text = reflowed(page)
        with open(page, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
