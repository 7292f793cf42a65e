"""One request to each of many origins that end their connections, then a while without: how often each is dialled."""

import argparse
import asyncio
import json
import os
import sys
import urllib.error
import urllib.request

import rude_origins as rude
from origin import HOST, make_certificates
from processes import Workspace, await_port, free_port

TENTHS = range(3, 31)
MOST_AFTER_TLS = 12  # in 40 s, from one request on
MOST_A_SECOND = 2
MOST_CPU = 0.005  # of a core, for ten origins

_NGINX = """
{user}
worker_processes 1;
daemon off;
pid {dir}/origin.pid;
error_log {dir}/origin.err warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  ssl_certificate {dir}/origin.crt;
  ssl_certificate_key {dir}/origin.key;
{servers}
}}
"""
_NGINX_SERVER = """  server {{
    listen 127.0.0.1:{port} ssl {http2};
    keepalive_timeout {ms}ms;
    client_header_timeout {ms}ms;
    location / {{ return 200 "ok"; }}
  }}
"""
_HAPROXY = """
defaults
  mode tcp
  timeout connect 1s
  timeout client 60s
  timeout server 60s
listen at_once
  bind 127.0.0.1:{at_once} ssl crt {dir}/both.pem alpn h2,http/1.1
  retries 0
  server dead 127.0.0.1:{closed}
listen tries
  bind 127.0.0.1:{tries} ssl crt {dir}/both.pem alpn h2,http/1.1
  server dead 127.0.0.1:{closed}
"""


def start_nginx(workspace):
    """Its ports, by (protocol, tenths of a second)."""
    ports = {(protocol, tenths): free_port() for protocol in ("h2", "http/1.1") for tenths in TENTHS}
    servers = "".join(_NGINX_SERVER.format(port=port, http2="http2" if protocol == "h2" else "", ms=tenths * 100)
                      for (protocol, tenths), port in ports.items())
    user = "user root;" if os.geteuid() == 0 else ""
    config = workspace.file("nginx.conf", _NGINX.format(user=user, dir=workspace.path, servers=servers))
    child = workspace.start("nginx", ["nginx", "-p", workspace.path, "-c", config])
    await_port(next(iter(ports.values())), child, lambda: workspace.output_of("nginx"))
    return ports


def start_haproxy(workspace):
    with open(workspace.file("origin.crt"), encoding="ascii") as crt, \
            open(workspace.file("origin.key"), encoding="ascii") as key:
        workspace.file("both.pem", crt.read() + key.read())
    ports = {"at_once": free_port(), "tries": free_port()}
    config = workspace.file("haproxy.cfg", _HAPROXY.format(dir=workspace.path, closed=free_port(), **ports))
    child = workspace.start("haproxy", ["haproxy", "-db", "-f", config])
    await_port(ports["at_once"], child, lambda: workspace.output_of("haproxy"))
    return ports


def origins_after_tls(haproxy):
    def each(*protocols, ends):
        return {protocol: rude.Rude(protocol, ends) for protocol in protocols}

    both = ("h2", "http/1.1")
    return {
        "close_notify": each(*both, ends=rude.close_notify),
        "FIN": each(*both, ends=rude.fin),
        "RST": each(*both, ends=rude.reset),
        "close after 0.5 s": each(*both, ends=rude.half_a_second),
        "GOAWAY at once": each("h2", ends=rude.goaway),
        "SETTINGS, then close": each("h2", ends=rude.settings_then_close),
        "HTTP/1.1 bytes": each(*both, ends=rude.speaks_http1),
        "HAProxy, dead backend": {"either": rude.Splice(haproxy["at_once"])},
        "HAProxy that tries for 3 s": {"either": rude.Splice(haproxy["tries"])},
    }


def origins_of_limits(nginx):
    found = {}
    for tenths in TENTHS:
        found[f"idle limit {tenths / 10} s"] = {
            protocol: rude.Rude(protocol, idle_s=tenths / 10) for protocol in ("h2", "http/1.1")}
        found[f"nginx {tenths / 10} s"] = {
            protocol: rude.Splice(nginx[protocol, tenths]) for protocol in ("h2", "http/1.1")}
    for seconds in (0, 1):
        found[f"Keep-Alive: timeout={seconds}"] = {
            "http/1.1": rude.Rude("http/1.1", idle_s=max(seconds, 0.3), says=b"Keep-Alive: timeout=%d\r\n" % seconds)}
    return found


class Daemon:
    """One daemon in front of a group of origins, with its default pool."""

    def __init__(self, workspace, binary, name, group):
        self._names = {}
        overrides = []
        for row, by_protocol in group.items():
            for protocol, origin in by_protocol.items():
                host = f"{name}{len(self._names)}.{HOST}"
                self._names[row, protocol] = host
                overrides.append(f'  - {{match: {host}, connect_to: "127.0.0.1:{origin.port}"}}\n')
        self._port, self._admin = free_port(), free_port()
        config = workspace.file(
            name + ".yaml",
            f"listeners: [{{address: 127.0.0.1:{self._port}}}]\nadmin: {{address: 127.0.0.1:{self._admin}}}\n"
            f"tls: {{ca_file: {workspace.path}/ca.crt}}\nlog: {{access: {{to: none}}}}\noverrides:\n{''.join(overrides)}")
        self._child = workspace.start(name, [binary, "serve", "-f", config])
        await_port(self._port, self._child, lambda: workspace.output_of(name))

    def ask_all(self):
        for host in self._names.values():
            request = urllib.request.Request(f"http://127.0.0.1:{self._port}/", headers={"Host": host + ".ccnproxy-https"})
            try:
                with urllib.request.urlopen(request, timeout=30):
                    pass
            except urllib.error.HTTPError:
                pass  # its origin ends connections: 502 is what there is to say

    def cpu_seconds(self):
        with open(f"/proc/{self._child.pid}/stat", encoding="ascii") as text:
            words = text.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def reasons(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/pools", timeout=30) as answer:
            pools = json.load(answer)["origins"]
        by_host = {pool["origin"].split("//")[1]: pool for pool in pools}
        return {row: by_host.get(host, {}).get("not_kept_ready", "") for row, host in self._names.items()}


def rows_of(group, counts, reasons, seconds, most):
    """Prints them; whether all are within what is allowed."""
    good = True
    for row, by_protocol in group.items():
        for protocol in by_protocol:
            count = counts[row, protocol]
            good = good and count <= most
            verdict = "" if count <= most else f" (more than {most})"
            why = "yes" if reasons[row, protocol] else ""
            print(f"| {row} | {protocol} | {count}{verdict} | {count / seconds:.2f} | {why} |", flush=True)
    return good


def count_of(group):
    return {(row, protocol): origin.handshakes for row, by_protocol in group.items()
            for protocol, origin in by_protocol.items()}


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ccnproxy", required=True)
    parser.add_argument("--seconds", type=float, default=40)
    options = parser.parse_args()
    workspace = Workspace()
    make_certificates(workspace)
    groups = [origins_after_tls(start_haproxy(workspace)), origins_of_limits(start_nginx(workspace))]
    for group in groups:
        for by_protocol in group.values():
            for origin in by_protocol.values():
                await origin.listen(workspace.path)
    rude_ones, limited = (Daemon(workspace, options.ccnproxy, name, group)
                          for name, group in zip(("rude", "limited"), groups))
    loop = asyncio.get_running_loop()
    for daemon in (rude_ones, limited):
        await loop.run_in_executor(None, daemon.ask_all)
    before = rude_ones.cpu_seconds()
    await asyncio.sleep(options.seconds)
    cpu = (rude_ones.cpu_seconds() - before) / options.seconds
    counts = [count_of(group) for group in groups]
    reasons = [await loop.run_in_executor(None, daemon.reasons) for daemon in (rude_ones, limited)]
    print(f"One request each, then {options.seconds:g} s.\n")
    print("| the origin | protocol | handshakes | a second | /pools says why it is not kept ready |")
    print("| --- | --- | ---: | ---: | --- |")
    most = MOST_AFTER_TLS if options.seconds <= 40 else MOST_AFTER_TLS + (options.seconds - 40) / 15
    good = rows_of(groups[0], counts[0], reasons[0], options.seconds, most)
    good &= rows_of(groups[1], counts[1], reasons[1], options.seconds, MOST_A_SECOND * options.seconds)
    named = all(why for (row, _), why in reasons[1].items() if not row.startswith("Keep-Alive"))
    origins = len(counts[0])
    print(f"\nCPU for {origins} origins that end connections after TLS: {100 * cpu:.2f} % of a core; "
          f"{100 * cpu * 10 / origins:.2f} % for ten of them")
    print("each origin with a short limit: /pools says why" if named else "NOT each limit is explained in /pools")
    good = good and named and cpu * 10 / origins < MOST_CPU
    print("within the bounds" if good else "PASSED A BOUND")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
