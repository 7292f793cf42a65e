"""The daemon under measurement and its peers, each on a port of its own in the near namespace."""

import collections
import http.client
import json
import os
import re
import shutil
import time

from link import FAR
from processes import Failure, await_port, process_tree, resident_mib, stop
from traffic import Traffic

PORT, ADMIN_PORT = 3000, 3001

Waits = collections.namedtuple("Waits", "ready waited dialed")


class Daemon:
    """ccnproxy with its defaults and what the row adds. JSON is YAML, so the configuration is written as such."""

    def __init__(self, workspace, binary, settings):
        self._workspace = workspace
        self._binary = binary
        self.access_folder = workspace.folder("access")
        self.traffic = Traffic(PORT)
        self._config = workspace.file("ccnproxy.yaml", json.dumps({
            "listeners": [{"address": f"127.0.0.1:{PORT}"}],
            "admin": {"address": f"127.0.0.1:{ADMIN_PORT}"},
            "tls": {"ca_file": workspace.file("ca.pem")},
            "log": {"level": "info", "access": {"to": self.access_folder}},
            **settings}, indent=1))
        self.child = None
        self.start()

    def start(self):
        self.child = self._workspace.start("ccnproxy", [self._binary, "serve", "-f", self._config])
        await_port(PORT, self.child, lambda: self._workspace.output_of("ccnproxy"))

    def stop(self):
        stop(self.child)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def await_ready(self, deadline_s=60):
        """Seconds until /readyz says 200."""
        begin = time.monotonic()
        while time.monotonic() - begin < deadline_s:
            if self._ask("/readyz")[0] == 200:
                return time.monotonic() - begin
            time.sleep(0.01)
        raise Failure(f"/readyz does not say 200 within {deadline_s} s")

    def waits(self):
        """How many requests found a connection ready, waited for one, or for a handshake; None: no /metrics."""
        found = self.counters("ccnproxy_connection_wait_total")
        if found is None:
            return None
        by_result = collections.Counter()
        for labels, value in found:
            by_result[labels.get("result")] += int(value)
        return Waits(by_result["ready"], by_result["waited"], by_result["dialed"])

    def total(self, name):
        return sum(int(value) for _, value in self.counters(name) or [])

    def counters(self, name):
        """[(labels, value)] of one metric, or None where there is no admin endpoint."""
        status, text = self._ask("/metrics")
        if status != 200:
            return None
        found = []
        for line in text.splitlines():
            matched = re.fullmatch(re.escape(name) + r"(?:\{(.*)\})? ([^ ]+)(?: \d+)?", line)
            if matched:
                labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', matched.group(1) or ""))
                found.append((labels, float(matched.group(2))))
        return found

    def pools(self):
        return self._ask("/pools")[1]

    def cpu_seconds(self):
        with open(f"/proc/{self.child.pid}/stat", encoding="ascii") as text:
            fields = text.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self):
        return resident_mib(process_tree(self.child.pid)) * 1024

    @staticmethod
    def _ask(path):
        connection = http.client.HTTPConnection("127.0.0.1", ADMIN_PORT, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


_HAPROXY = """
global
  nbthread 1
  tune.h2.initial-window-size 1048576
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 30s
  timeout http-keep-alive 1h
frontend clients
  bind 127.0.0.1:{port} backlog 4096
  http-request set-header Host {host}
  default_backend origin
backend origin
  http-reuse always
  server origin {address} ssl verify required ca-file {dir}/ca.pem sni str({host}) verifyhost {host} alpn {alpn} pool-max-conn 256 pool-purge-delay 1h
"""

_NGINX = """
{user}
worker_processes 1;
daemon off;
pid {dir}/{name}.pid;
error_log {dir}/{name}.err warn;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {dir}/{name}.body;
  proxy_temp_path {dir}/{name}.temp;
  fastcgi_temp_path {dir}/{name}.temp;
  scgi_temp_path {dir}/{name}.temp;
  uwsgi_temp_path {dir}/{name}.temp;
  upstream origin {{
    server {address};
    keepalive 256;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    keepalive_time 24h;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass https://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host {host};
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate {dir}/ca.pem;
      proxy_ssl_server_name on;
      proxy_ssl_name {host};
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
    }}
  }}
}}
"""


class Peer:
    """Another proxy, which knows one origin. Pools as large as they go, idle times of an hour."""

    def __init__(self, workspace, kind, number, host, origin_port):
        self.label = _LABELS[kind]
        self.host = host
        self._workspace = workspace
        self._name = f"{kind}{number}"
        self.port = 4000 + number
        self.traffic = Traffic(self.port)
        template = _NGINX if kind == "nginx" else _HAPROXY
        config = workspace.file(self._name + ".conf", template.format(
            dir=workspace.path, name=self._name, port=self.port, host=host, address=f"{FAR}:{origin_port}",
            alpn="h2" if kind == "haproxy-h2" else "http/1.1", user="user root;" if os.geteuid() == 0 else ""))
        self._command = (["nginx", "-p", workspace.path, "-c", config, "-e", workspace.file(self._name + ".err")]
                         if kind == "nginx" else ["haproxy", "-db", "-f", config])
        self._child = None
        self.start()

    def start(self):
        self._child = self._workspace.start(self._name, self._command)
        await_port(self.port, self._child, lambda: f"{self.label}\n{self._workspace.output_of(self._name)}")

    def restart(self):
        """Forgets every connection."""
        stop(self._child)
        self.start()


_LABELS = {"haproxy-h2": "HAProxy h2", "haproxy-h1": "HAProxy http/1.1", "nginx": "nginx http/1.1"}
_PROGRAMS = {"haproxy-h2": "haproxy", "haproxy-h1": "haproxy", "nginx": "nginx"}


def peers(workspace, ports, kinds=tuple(_LABELS), first=0):
    """`ports`: of the origin, by protocol (h2, h1). Those that are not installed are left out. A second set has
    another `first` number."""
    there = [kind for kind in kinds if shutil.which(_PROGRAMS[kind])]
    return [Peer(workspace, kind, number, f"peer{number}.{'h2' if kind == 'haproxy-h2' else 'h1'}.test",
                 ports["h2" if kind == "haproxy-h2" else "h1"]) for number, kind in enumerate(there, first)]
