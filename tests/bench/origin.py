"""The origin of every run: Debian's nginx, TLS 1.3, HTTP/2 and HTTP/1.1 by ALPN."""

import os
import re
import resource
import subprocess
import urllib.request

from processes import await_port, free_port

HOST = "bench.test"
SIZES = {"small": 100, "large": 1 << 20, "huge": 100 * 1000 * 1000}

_CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {dir}/origin.pid;
error_log {dir}/origin.err warn;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; }}
http {{
  # One line a connection that carried a request: exact, and next to free.
  map $connection_requests $first {{ default 0; 1 1; }}
  log_format connections '$server_port $server_protocol $ssl_protocol $ssl_session_reused $connection';
  access_log {dir}/origin.connections connections if=$first;
  server {{
{listeners}
    server_name {host};
    ssl_certificate {dir}/origin.crt;
    ssl_certificate_key {dir}/origin.key;
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:tls:10m;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    keepalive_time 24h;
    http2_max_concurrent_streams 128;
    send_timeout 1h;
    tcp_nopush on;
    client_max_body_size 0;
    client_body_buffer_size 1m;
    client_body_temp_path {dir}/origin.tmp;
    root {dir}/www;
    location /upload/ {{ dav_methods PUT; }}
  }}
  server {{
    listen 127.0.0.1:{status};
    location / {{ stub_status; access_log off; }}
  }}
}}
"""


def make_certificates(workspace):
    """An authority of this run's own and a certificate for the origin's name and those below it."""
    def openssl(*words):
        subprocess.run(("openssl",) + words, check=True, capture_output=True, cwd=workspace.path)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=bench authority", "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={HOST}", "-keyout", "origin.key", "-out", "origin.csr")
    workspace.file("origin.ext", f"subjectAltName=DNS:{HOST},DNS:*.{HOST}\n")
    openssl("x509", "-req", "-in", "origin.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-days", "2",
            "-CAcreateserial", "-extfile", "origin.ext", "-out", "origin.crt")


class Origin:
    """One nginx; every proxy has a port of its own, which tells their connections apart. `connections`: how many at once."""

    def __init__(self, workspace, names, cpu, connections=8192):
        self._log = workspace.file("origin.connections")
        self.ports = {name: free_port() for name in names}
        self._status = free_port()
        make_certificates(workspace)
        self._write_files(workspace)
        user = "user root;" if os.geteuid() == 0 else ""
        listeners = "\n".join(f"    listen 127.0.0.1:{port} ssl http2 backlog=4096;"
                              for port in self.ports.values())
        config = workspace.file("origin.conf", _CONFIG.format(
            dir=workspace.path, user=user, listeners=listeners, host=HOST, status=self._status,
            connections=connections, files=min(2 * connections, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
        child = workspace.start("origin", ["nginx", "-p", workspace.path, "-c", config], cpu)
        await_port(self._status, child, lambda: workspace.output_of("origin"))
        self._asking = self._stub_status_accepts()

    @staticmethod
    def _write_files(workspace):
        workspace.folder("www/upload")
        for name, size in SIZES.items():
            with open(workspace.file("www/" + name), "wb") as out:
                out.write((b"%07d\n" * (1 << 14) % tuple(range(1 << 14)) * (size // (1 << 17) + 1))[:size])

    def connections(self):
        """Per port, the TLS connections that have carried a request: [new, resumed] handshakes."""
        found = {port: [0, 0] for port in self.ports.values()}
        with open(self._log, encoding="ascii") as lines:
            for line in lines:
                port, _, _, reused, _ = line.split()
                found[int(port)][reused == "r"] += 1
        return found

    def opened(self, name):
        return sum(self.connections()[self.ports[name]])

    def protocols(self, name):
        """The protocols that this proxy's connections spoke, as the origin saw them."""
        with open(self._log, encoding="ascii") as lines:
            rows = [line.split() for line in lines]
        return sorted({row[1] for row in rows if int(row[0]) == self.ports[name]})

    def accepted(self):
        """All connections the proxies opened, those that never carried a request too."""
        self._asking += 1  # this question is a connection itself
        return self._stub_status_accepts() - self._asking

    def _stub_status_accepts(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._status}/") as answer:
            text = answer.read().decode("ascii")
        return int(re.search(r"\n\s*(\d+) \d+ \d+", text).group(1))
