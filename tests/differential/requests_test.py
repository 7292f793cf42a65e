#!/usr/bin/env python3
"""What reaches an origin: sent to it directly, and through ccnproxy, by curl and by PHP's streams.

Usage: requests_test.py CCNPROXY [--only TEXT] [--all]
A request differs by fields added, removed, changed or moved, by its target, method or content. requests.txt gives the reason
for each kind of difference; one without a reason fails. --all shows every row.
"""

import queue
import subprocess
import sys

from bench import Scene, reasons_of, report
from requests_table import rows
from subjects import HOST

_TIMEOUT_S = 20


def _curl(scene, row, through):
    if through:
        where = [f"http://127.0.0.1:{scene.port}/", "-H", f"Host: {HOST}.ccnproxy-https"]
    else:
        port = scene.of("h1")[0].port
        where = [f"https://{HOST}:{port}/", "--cacert", f"{scene.work}/ca.pem", "--resolve", f"{HOST}:{port}:127.0.0.1",
                 "-H", f"Host: {HOST}", "--http1.1"]
    return ["curl", "-sS", "-o", "/dev/null", "--max-time", str(_TIMEOUT_S), "--request-target", row.target, *where, *row.arguments]


def _php(scene, row, through):
    if through:
        base, host = f"http://127.0.0.1:{scene.port}", f"{HOST}.ccnproxy-https"
    else:
        base, host = f"https://127.0.0.1:{scene.of('h1')[0].port}", HOST
    script = """
        $http = ['timeout' => %d, %s];
        $lines = $http['header'] ?? [];
        $http['header'] = array_merge(["Host: %s"], is_array($lines) ? $lines : explode("\\r\\n", trim($lines)));
        $context = ['http' => $http, 'ssl' => ['cafile' => '%s/ca.pem', 'peer_name' => '%s']];
        @file_get_contents('%s' . $argv[1], false, stream_context_create($context));
    """ % (_TIMEOUT_S, row.arguments[0], host, scene.work, HOST, base)
    return ["php", "-n", "-d", "extension=openssl", "-r", script, "--", row.target]


def sent(scene, row, through):
    """The request as the origin received it: (line, fields, content); None: nothing came."""
    origin = scene.of("h1")[0]
    while not origin.requests.empty():
        origin.requests.get()
    build = _curl if row.client == "curl" else _php
    subprocess.run(build(scene, row, through), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        whole = origin.requests.get_nowait()
    except queue.Empty:
        return None
    head, _, content = whole.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    return line, [tuple(part.strip() for part in field.split(b":", 1)) for field in fields], content


def differences(direct, through):
    if direct is None or through is None:
        return [] if direct is through else ["refused" if through is None else "only through ccnproxy"]
    found = []
    for what, one, other in zip(("method", "target", "version"), direct[0].split(b" "), through[0].split(b" ")):
        if one != other:
            found.append(f"{what} changed")
    names = lambda fields: [name.lower() for name, _ in fields]  # noqa: E731
    values = lambda fields, wanted: [value for name, value in fields if name.lower() == wanted]  # noqa: E731
    for name in sorted(set(names(direct[1])) | set(names(through[1]))):
        before, after = values(direct[1], name), values(through[1], name)
        if before != after:
            how = "added" if not before else "removed" if not after else "changed"
            found.append(f"field {name.decode('latin-1')} {how}")
    # The framing is written anew, behind the others (RFC 9110 §5.3: their order means nothing).
    common = set(names(direct[1])) & set(names(through[1])) - {b"host", b"content-length", b"transfer-encoding"}
    kept = lambda fields: [name for name, _ in fields if name.lower() in common]  # noqa: E731
    if kept(direct[1]) != kept(through[1]):
        found.append("fields in another order or case")
    if direct[2] != through[2]:
        found.append("content changed")
    return found


def main():
    arguments = sys.argv[1:]
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    reasons = reasons_of("requests.txt")
    results = []
    with Scene(arguments[0]) as scene:
        for row in rows():
            if only not in row.name:
                continue
            direct, through = sent(scene, row, False), sent(scene, row, True)
            found = differences(direct, through)
            open_ones = [one for one in found if one not in reasons and f"{row.name}: {one}" not in reasons]
            text = f"directly: {direct and direct[0][:80]!r}; through ccnproxy: {through and through[0][:80]!r}; {', '.join(found)}"
            results.append((row.name, "; ".join(open_ones), text))
    return report(results, {}, "--all" in arguments, whole=False)


if __name__ == "__main__":
    sys.exit(main())
