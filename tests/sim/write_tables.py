"""Puts standard input between the markers of a document: write_tables.py DOCUMENT"""
import pathlib
import sys

BEGIN, END = "<!-- sim:begin -->", "<!-- sim:end -->"


def main():
    document = pathlib.Path(sys.argv[1])
    tables = sys.stdin.read()
    if not tables.strip():
        sys.exit("write_tables.py: the simulator printed nothing")
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        sys.exit(f"write_tables.py: {document} lacks {BEGIN} or {END}")
    document.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}", encoding="utf-8")


main()
