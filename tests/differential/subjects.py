"""The ways to the origin: directly, and through each proxy. What an application sees of an answer is an Outcome."""

import collections
import os
import re
import subprocess

# complete: the client took the message for a whole one. fields: those that a row is about, as [(name, value)].
Outcome = collections.namedtuple("Outcome", "status complete body fields")

HOST = "origin.test"
_TIMEOUT_S = 20
_OURS = {"x-chocon-req", "x-row"}


def _fields_of(dump):
    """Status and X- fields of the last head; folded lines are one value (RFC 9112 §5.2)."""
    heads = [part for part in re.split(rb"\r?\n\r?\n", dump) if part.startswith(b"HTTP/")]
    if not heads:
        return 0, []
    lines = re.sub(rb"\r?\n[ \t]+", b" ", heads[-1]).split(b"\n")
    status = int((lines[0].split() + [b"0", b"0"])[1] or 0)
    fields = []
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        name = name.strip().lower().decode("latin-1")
        if name.startswith("x-") and name not in _OURS:
            fields.append((name, value.strip().decode("latin-1")))
    return status, sorted(fields)


def curl(work, url, options):
    """(Outcome, curl's exit code)"""
    head, body = os.path.join(work, "head"), os.path.join(work, "body")
    for path in (head, body):
        open(path, "wb").close()
    done = subprocess.run(["curl", "-sS", "--max-time", str(_TIMEOUT_S), "-D", head, *options, "-o", body, url],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    with open(head, "rb") as text:
        status, fields = _fields_of(text.read())
    with open(body, "rb") as text:
        content = b"" if "-I" in options else text.read()  # -I writes the head there
    complete = done.returncode == 0
    if not status or not complete and not content:
        return Outcome(status if complete else 0, complete, b"", []), done.returncode
    return Outcome(status, complete, content, fields), done.returncode


class Direct:
    name = "directly"

    def __init__(self, work, origin):
        self._work, self._origin = work, origin

    def ask(self, options):
        protocol = "--http2" if self._origin.protocol == "h2" else "--http1.1"
        return curl(self._work, f"https://{HOST}:{self._origin.port}/",
                    [protocol, "--cacert", f"{self._work}/ca.pem", "--resolve", f"{HOST}:{self._origin.port}:127.0.0.1",
                     *options])[0]


class Proxied:
    def __init__(self, name, work, port, host):
        self.name, self._work, self.port, self.host = name, work, port, host

    def ask(self, options):
        return curl(self._work, f"http://127.0.0.1:{self.port}/", ["-H", f"Host: {self.host}", *options])[0]


NGINX = """
{user}
worker_processes 1;
daemon off;
pid {work}/nginx.pid;
error_log {work}/nginx.err crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {work}/nginx.body; proxy_temp_path {work}/nginx.temp; fastcgi_temp_path {work}/nginx.temp;
  scgi_temp_path {work}/nginx.temp; uwsgi_temp_path {work}/nginx.temp;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass https://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host {host};
      proxy_ssl_verify on; proxy_ssl_trusted_certificate {work}/ca.pem;
      proxy_ssl_server_name on; proxy_ssl_name {host};
      proxy_read_timeout 3s;
    }}
  }}
}}
"""

HAPROXY = """
global
  nbthread 1
defaults
  mode http
  timeout connect 3s
  timeout client 30s
  timeout server 3s
  timeout http-keep-alive 30s
frontend h1
  bind 127.0.0.1:{h1_port}
  http-request set-header Host {host}
  default_backend h1
frontend h2
  bind 127.0.0.1:{h2_port}
  http-request set-header Host {host}
  default_backend h2
backend h1
  server origin 127.0.0.1:{h1} ssl verify required ca-file {work}/ca.pem sni str({host}) verifyhost {host} alpn http/1.1
backend h2
  server origin 127.0.0.1:{h2} ssl verify required ca-file {work}/ca.pem sni str({host}) verifyhost {host} alpn h2
"""

CCNPROXY = """
listeners: [{{address: "127.0.0.1:{port}"}}]
admin: {{address: none}}
tls: {{ca_file: {work}/ca.pem}}
timeouts: {{response_head: 3s, body_idle: 3s}}
log: {{level: warn, access: {{to: none}}}}
overrides:
  - {{match: h1.origin.test, connect_to: "127.0.0.1:{h1}", tls: {{server_name: {host}}}}}
  - {{match: h2.origin.test, connect_to: "127.0.0.1:{h2}", tls: {{server_name: {host}}}}}
  - {{match: {host}, connect_to: "127.0.0.1:{h1}"}}
"""
