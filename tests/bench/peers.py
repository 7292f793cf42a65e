"""The proxies that are compared, each configured as well as it can be for this job: pools sized,
keep-alive long, the origin's certificate verified, an access log to a file, and one worker but where the name says
more."""

import os
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ready"))

from name_server import NameServer
from origin import HOST
from processes import Failure, await_port, first_line, free_port, process_tree, stop

_HAPROXY = """
global
  nbthread 1
  maxconn 2000
  log stdout format raw local0
  # 64 KiB instead of 16: a third less CPU for 1 MiB responses, within the noise for small ones.
  tune.bufsize 65536
  tune.h2.initial-window-size 1048576
  tune.ssl.default-dh-param 2048
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
frontend clients
  bind 127.0.0.1:{port} backlog 4096
  http-request set-header Host {host}
  default_backend origin
backend origin
  http-reuse always
  server origin 127.0.0.1:{origin} ssl verify required ca-file {ca} sni str({host}) verifyhost {host} alpn {alpn} pool-max-conn 256 pool-purge-delay 1h
"""

# Any host: its address is asked for as the request comes, and its name verified by the SNI that was sent. Whoever
# used this outside would need the deny lists of addresses and names, and the ports, that ccnproxy has.
_HAPROXY_ANY = """
global
  nbthread 1
  maxconn 2000
  log stdout format raw local0
  tune.bufsize 65536
  tune.h2.initial-window-size 1048576
resolvers names
  nameserver local 127.0.0.1:{dns}
  hold valid 1h
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
frontend clients
  bind 127.0.0.1:{port} backlog 4096
  http-request set-var(txn.host) req.hdr(host),lower
  http-request deny status 400 unless {{ var(txn.host) -m reg \\.ccnproxy-https(\\.|:|$) }}
  http-request set-var(txn.host) 'var(txn.host),regsub("\\.ccnproxy-https.*$","")'
  http-request do-resolve(txn.address,names,ipv4) var(txn.host)
  http-request deny status 502 unless {{ var(txn.address) -m found }}
  http-request set-dst var(txn.address)
  http-request set-dst-port int({origin})
  http-request set-header Host %[var(txn.host)]
  default_backend any
backend any
  http-reuse always
  server any 0.0.0.0:0 ssl verify required ca-file {ca} sni var(txn.host) alpn {alpn} pool-max-conn 256 pool-purge-delay 1h
"""

_NGINX = """
{user}
worker_processes 1;
daemon off;
pid {dir}/{name}.pid;
error_log {dir}/{name}.err warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  upstream origin {{
    server 127.0.0.1:{origin};
    keepalive 256;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    keepalive_time 24h;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    access_log {log} combined buffer=64k flush=1s;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    keepalive_time 24h;
    client_max_body_size 0;
    client_body_temp_path {dir}/{name}.body;
    proxy_temp_path {dir}/{name}.tmp;
    location / {{
      proxy_pass https://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host {host};
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate {ca};
      proxy_ssl_server_name on;
      proxy_ssl_name {host};
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_buffer_size 16k;
      proxy_buffers 8 64k;
      proxy_busy_buffers_size 128k;
      client_body_buffer_size 64k;
    }}
  }}
}}
"""

_NGHTTPX = """
frontend=127.0.0.1,{port};no-tls
backend=127.0.0.1,{origin};;tls;proto=h2;sni={host}
cacert={ca}
workers=1
backlog=4096
host-rewrite=yes
accesslog-file={log}
errorlog-file={dir}/{name}.err
pid-file={dir}/{name}.pid
frontend-read-timeout=1h
frontend-write-timeout=1h
backend-read-timeout=1h
backend-write-timeout=1h
backend-keep-alive-timeout=1h
backend-http2-window-size=1048576
"""

# This version speaks HTTP/1.1 only to origins, and finds any name good whose chain of certificates is.
_H2O = """
{user_h2o}
num-threads: 1
max-connections: 8192
listen: {{host: 127.0.0.1, port: {port}}}
access-log: {log}
error-log: {dir}/{name}.err
pid-file: {dir}/{name}.pid
http1-request-timeout: 3600
proxy.ssl.cafile: {ca}
proxy.ssl.verify-peer: ON
proxy.timeout.io: 3600000
proxy.timeout.keepalive: 3600000
hosts:
  "*":
    paths:
      "/":
        proxy.reverse.url: "https://127.0.0.1:{origin}/"
"""

_CCNPROXY = """
listeners: [{{address: "127.0.0.1:{port}"}}]
admin: {{address: none}}
workers: {workers}
overrides:
  - match: {host}
    connect_to: 127.0.0.1:{origin}
    tls: {{ca_file: {ca}{alpn}}}
log:
  level: warn
  access: {{to: {log}}}
"""


_FLOOR = "{port} {origin} {host} {ca}"

# What the report says about each configuration.
_SETTINGS = {
    _HAPROXY: "nbthread 1, http-reuse always, pool-max-conn 256, h2 window 1 MiB, buffers of 64 KiB, "
              "httplog to a file",
    _HAPROXY_ANY: "as HAProxy above, and do-resolve, set-dst and SNI from the request's Host, for any host; a question to "
                  "DNS (on loopback) unless one for the same name is under way, since no answer is kept",
    _NGINX: "worker_processes 1, keepalive 256, proxy_http_version 1.1, 8 buffers of 64 KiB, request bodies "
            "not buffered, combined log in pieces of 64 KiB",
    _NGHTTPX: "workers 1, h2 window 1 MiB, log to a file",
    _H2O: "num-threads 1, connections kept, log to a file; the origin's chain of certificates is verified, its name is "
          "not (2.2.5 can't), and http/1.1 is all it speaks to origins",
    _FLOOR: "no proxy: only passes on, over http/1.1, what is small and well-formed; no log",
    _CCNPROXY: "workers {workers}, log to a file, everything else as it comes",
}


class Proxy:
    """One proxy under test: how it is configured, and the running process."""

    def __init__(self, name, label, template, command, extra=None):
        self.settings = _SETTINGS[template].format(**(extra or {}))
        self.name = name
        self.label = label
        self._template = template
        self._command = command
        self._extra = extra or {}
        self.port = None
        self.ready_s = None
        self._child = None
        self._log = None

    def start(self, workspace, origin_port, cpu):
        self.port = free_port()
        self._log = self._log_target(workspace)
        root = os.geteuid() == 0
        config = workspace.file(self.name + ".conf", self._template.format(
            dir=workspace.path, name=self.name, port=self.port,
            origin=origin_port, host=HOST, ca=workspace.file("ca.crt"), log=self._log,
            user="user root;" if root else "", user_h2o="user: root" if root else "", **self._extra))
        self._child = workspace.start(self.name, self._command(config, workspace), cpu)
        self.ready_s = await_port(self.port, self._child,
                                  lambda: f"{self.label}\n{workspace.output_of(self.name)}")

    def _log_target(self, workspace):
        if self._template is _CCNPROXY:
            return workspace.folder(self.name + ".log")
        prints = self._template in (_HAPROXY, _HAPROXY_ANY)
        return workspace.file(self.name + (".out" if prints else ".log"))

    def stop(self, patience):
        stop(self._child, patience)

    def pids(self):
        if self._child.poll() is not None:
            raise Failure(f"{self.label} ended with status {self._child.returncode}")
        return process_tree(self._child.pid)

    def trim_log(self, above=32 << 20):
        """Empties the access log before it fills the memory that the temporary folder lives in."""
        files = [self._log]
        if os.path.isdir(self._log):
            files = [os.path.join(self._log, name) for name in os.listdir(self._log)]
        for path in files:
            if os.path.exists(path) and os.path.getsize(path) > above:
                os.truncate(path, 0)

    def log_bytes(self):
        """Bytes in the access log, to prove that it was written."""
        if os.path.isdir(self._log):
            return sum(entry.stat().st_size for entry in os.scandir(self._log))
        return os.path.getsize(self._log) if os.path.exists(self._log) else 0


class AnyHostHaproxy(Proxy):
    """HAProxy told by each request where to go; the name server that it asks is this program's."""

    def __init__(self, name, label):
        super().__init__(name, label, _HAPROXY_ANY, _haproxy_command, {"alpn": "h2"})

    def start(self, workspace, origin_port, cpu):
        self._extra["dns"] = NameServer(HOST, ["127.0.0.1"], 0).port
        super().start(workspace, origin_port, cpu)


def _nginx_command(config, workspace):
    return ["nginx", "-p", workspace.path, "-c", config]


def _haproxy_command(config, _workspace):
    return ["haproxy", "-db", "-f", config]


def _nghttpx_command(config, _workspace):
    return ["nghttpx", "--conf=" + config]


def _h2o_command(config, _workspace):
    return ["h2o", "-c", config]


def ccnproxy(binary, name="ccnproxy", label="ccnproxy, h2", workers=1, alpn="", under=()):
    """`under`: a command that runs it, valgrind say."""
    def command(config, _workspace):
        return [*under, binary, "serve", "-f", config]
    return Proxy(name, label, _CCNPROXY, command, {"workers": workers, "alpn": alpn})


def all_proxies(binary, floor="", other=""):
    """By name, in the order of the tables. ccnproxy, another build of it and the floor only where their programs are given."""
    proxies = [
        Proxy("haproxy_h2", "HAProxy, h2", _HAPROXY, _haproxy_command, {"alpn": "h2"}),
        Proxy("haproxy_h1", "HAProxy, http/1.1", _HAPROXY, _haproxy_command, {"alpn": "http/1.1"}),
        AnyHostHaproxy("haproxy_any", "HAProxy, any host, h2"),
        Proxy("nginx", "nginx, http/1.1", _NGINX, _nginx_command),
        Proxy("nghttpx", "nghttpx, h2", _NGHTTPX, _nghttpx_command),
    ]
    if shutil.which("h2o"):  # Debian has it no longer since 13
        proxies.append(Proxy("h2o", "h2o, http/1.1", _H2O, _h2o_command))
    if binary:
        only_h1 = ", alpn: [http/1.1]"
        proxies.insert(0, ccnproxy(binary))
        proxies.insert(1, ccnproxy(binary, "ccnproxy_h1", "ccnproxy, http/1.1", alpn=only_h1))
        proxies.insert(2, ccnproxy(binary, "ccnproxy_w2", "ccnproxy, h2, 2 workers", workers=2))
    if other:
        proxies.append(ccnproxy(other, "other", "another build, h2"))
        proxies.append(ccnproxy(other, "other_h1", "another build, http/1.1", alpn=", alpn: [http/1.1]"))
    if floor:
        proxies.append(Proxy("floor", "the floor (floor.cc)", _FLOOR, lambda config, _workspace: [floor, config]))
    return {proxy.name: proxy for proxy in proxies}


def versions():
    """What was measured, by program."""
    found = {
        "haproxy": first_line(["haproxy", "-v"]),
        "nginx": first_line(["nginx", "-v"]),
        "nghttpx": first_line(["nghttpx", "--version"]),
        "h2o": first_line(["h2o", "--version"]),
        "OpenSSL": first_line(["openssl", "version"]),
    }
    return {name: text for name, text in found.items() if text}
