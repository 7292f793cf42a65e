"""docs/configuration.md, made of what the program and its sources say of each key.

Usage: reference.py write DAEMON | reference.py check DAEMON      check fails where the page is not what `write` would make of it.

Sources: keys, defaults and descriptions are those of config/ccnproxy.yaml, as packaging/man/keys.awk reads it for the man page;
types, bounds and units are the daemon's own words for a wrong value (`ccnproxy check`), as is what an override takes; what a
reload changes is the table of src/daemon/reload_plan.cc; what other proxies call it, and the version that brought it, are in keys.txt.
"""

import os
import re
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(ROOT, "docs", "configuration.md")
OPENING = os.path.join(HERE, "configuration_opening.md")
# Keys that config/ccnproxy.yaml shows in comments only: their descriptions, by the key.
IN_COMMENTS = {
    "listeners[].mode": ("0660", "Rights of a unix socket, in octal digits."),
    "listeners[].owner": ('""', "The user that the unix socket is given to, by name or number."),
    "listeners[].group": ('""', "The group that the unix socket is given to, by name or number."),
    "admin.mode": ("0600", "Rights of a unix socket, in octal digits."),
    "admin.owner": ('""', "The user that the unix socket is given to, by name or number."),
    "admin.group": ('""', "The group that the unix socket is given to, by name or number."),
    "overrides[].match": ("required", "The origins that the entry is for."),
    "overrides[].connect_to": ('""', "Where to connect instead of the origin's own address. TLS still checks the origin's name. An "
                               "address is exempt from `origins.deny_addresses`, on this port; a name is not."),
    "overrides[].allow_addresses": ("[]", "Blocks of addresses that are exempt, too, on the same port."),
}
# Values of another kind than the daemon's words for a mistake tell.
VALUES = {"labels": "a map of labels to `http` or `https`", "listeners[].address": "an address and a port, or unix:/path"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def plain(text):
    """mdoc, as keys.awk writes it, as Markdown."""
    text = re.sub(r"\\fB(.*?)\\fR", r"`\1`", text)
    return text.replace(r"\-", "-").replace(r"\(dq", '"').replace(r"\&", "").replace(r"\e", "\\")


def documented():
    """Key: (default or None, description), in the file's order; sections, which have keys below them, have no default."""
    said = subprocess.run(["awk", "-f", os.path.join(ROOT, "packaging/man/keys.awk"), os.path.join(ROOT, "config/ccnproxy.yaml")],
                          check=True, capture_output=True, text=True).stdout
    keys, key, example = {}, None, False
    for line in said.splitlines():
        if line.startswith(".It Cm "):
            key, _, default = line.removeprefix(".It Cm ").partition(" Pq default Ql ")
            keys[key] = [plain(default)[1:-1] if default else None, []]
        elif line in (".Bd -literal", ".Ed"):
            example = line != ".Ed"
        elif not example:
            keys[key][1].append(plain(line))
    for name, (default, words) in IN_COMMENTS.items():
        keys[name] = [default, [words]]
    return {key: (default, " ".join(words)) for key, (default, words) in keys.items()}


def mistakes(daemon, text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        return subprocess.run([daemon, "check", "-f", file.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def nested(path, value):
    """YAML in one line: nested(["a[]", "b"], "{}") is {a: [{b: {}}]}."""
    for part in reversed(path):
        value = "{%s: [%s]}" % (part[:-2], value) if part.endswith("[]") else "{%s: %s}" % (part, value)
    return value


def value_of(daemon, key):
    """What a value of the key must be, in the daemon's words."""
    if key in VALUES:
        return VALUES[key]
    wrong = "x" if key == "labels" else "{}"
    found = re.search(re.escape(f"`{key.replace('[]', '[0]')}`") + " must be (.*?), not ", mistakes(daemon, nested(key.split("."), wrong)))
    return re.sub(r" \(units: .*\)$", "", found.group(1)) if found else None


def may_stand_in_override(daemon, key):
    return "unknown key" not in mistakes(daemon, "{overrides: [{match: a.example, %s}]}" % nested(key.split("."), "{}")[1:-1])


def lasting():
    """What begins the keys that a process has for its life."""
    table = re.search(r"lasting = \{\{(.*?)\n\}\};", read(os.path.join(ROOT, "src/daemon/reload_plan.cc")), re.S).group(1)
    return re.findall(r'\{"([a-z_.]+)"', table)


def since_and_peers():
    """Key: (version, what each of the others calls it)."""
    known = {}
    for line in read(os.path.join(HERE, "keys.txt")).splitlines():
        if line and not line.startswith("#"):
            key, since, *theirs = [part.strip() for part in line.split("|")]
            known[key] = since, [f"{proxy} {', '.join(f'`{name}`' for name in words.split(', '))}"
                          for proxy, words in zip(("nginx", "HAProxy", "Envoy"), theirs, strict=True) if words != "-"]
    return known


def sentence(text):
    text = re.sub(r"\bdocs/([\w-]+)\.md", r"[\1.md](\1.md)", text).replace("*", r"\*")
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(".") else text + "."


def wrapped(text, indent=""):
    return textwrap.fill(text, 100, initial_indent=indent, subsequent_indent=" " * len(indent), break_long_words=False,
                         break_on_hyphens=False)


def entry(daemon, key, default, words, since, their_names, last):
    lines = [f"{'###' if '.' in key else '##'} `{key}`", ""]
    if words:
        lines += [wrapped(sentence(words)), ""]
    value = value_of(daemon, key)
    if not value:
        raise SystemExit(f"the daemon says nothing of a wrong value of {key}")
    facts = [f"Value: {value}.", f"Default: `{default}`." if default not in ("required", '""') else
             "Required." if default == "required" else "Default: none."]
    facts += ["Holds from: the next start." if any(key.startswith(one) for one in last) else "Holds from: the next reload."]
    if not key.startswith("overrides") and may_stand_in_override(daemon, key):
        facts += ["May stand in `overrides`."]
    facts += [f"Since: {since}."]
    if their_names:
        facts += [f"Elsewhere: {'; '.join(their_names)}."]
    return "\n".join(lines + [wrapped(fact, "- ") for fact in facts]) + "\n"


def page(daemon):
    keys, known, last = documented(), since_and_peers(), lasting()
    values = {key: told for key, told in keys.items() if told[0] is not None and key != "overrides"}
    if unknown := known.keys() ^ values.keys():
        raise SystemExit(f"in keys.txt or config/ccnproxy.yaml alone: {', '.join(sorted(unknown))}")
    text = read(OPENING)
    tops = list(dict.fromkeys(re.split(r"[.\[]", key)[0] for key in values))
    for top in sorted(tops, key=list(keys).index):
        mine = [key for key in values if re.split(r"[.\[]", key)[0] == top]
        text += "\n" if mine == [top] else f"\n## {top}\n\n"
        sections = [sentence(words) for key, (default, words) in keys.items()
                    if re.split(r"[.\[]", key)[0] == top and words and key not in values]
        text += "".join(wrapped(words) + "\n\n" for words in sections)
        text += "\n".join(entry(daemon, key, *values[key], *known[key], last) for key in mine)
    return text


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        raise SystemExit(__doc__)
    text = page(arguments[1])
    if arguments[0] == "write":
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
    elif not os.path.exists(PAGE) or read(PAGE) != text:
        raise SystemExit("docs/configuration.md is not up to date: python3 -B tests/docs/reference.py write DAEMON")


if __name__ == "__main__":
    main(sys.argv[1:])
