"""Origins at the far end: Debian's nginx, a listening socket for each way of behaving."""

import collections
import contextlib
import os
import re
import signal
import socket
import subprocess
import time

from processes import Failure, process_tree, stop

SIZES = {"512": 512, "1k": 1 << 10, "4k": 4 << 10, "64k": 64 << 10, "1m": 1 << 20, "8m": 8 << 20}

_CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {dir}/{name}.pid;
error_log {dir}/{name}.err warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  log_format ready '$msec $server_addr $server_port $host $server_protocol $request_method $status $connection '
                   '$connection_requests $http_x_test_id';
  access_log {dir}/{name}.log ready;
  client_body_temp_path {dir}/{name}.body;
  proxy_temp_path {dir}/{name}.temp;
  fastcgi_temp_path {dir}/{name}.temp;
  scgi_temp_path {dir}/{name}.temp;
  uwsgi_temp_path {dir}/{name}.temp;
  ssl_certificate {dir}/server.pem;
  ssl_certificate_key {dir}/server.key;
  ssl_protocols TLSv1.3;
  ssl_session_cache shared:tls:10m;
  default_type application/octet-stream;
{servers}
  server {{
    listen unix:{dir}/{name}.status;
    access_log off;
    location / {{ stub_status; }}
    location = /stored {{ return 200 "stored\\n"; }}
  }}
}}
"""

_SERVER = """
  server {{
{listeners}
    keepalive_timeout {idle};
    keepalive_requests {requests};
    root {dir}/www;
    location = /post {{ return 200 "done\\n"; }}
    location = /put {{
      client_max_body_size 0;
      client_body_buffer_size 16m;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_pass http://unix:{dir}/{name}.status:/stored;
    }}
  }}
"""

Entry = collections.namedtuple("Entry", "at address port host protocol method status connection number ident")


class Port:
    """How the origin behaves on one port; nginx's defaults. It speaks h2 beside HTTP/1.1, or not."""

    def __init__(self, number, http2, idle="75s", requests=1000):
        self.number = number
        self.http2 = http2
        self.idle = idle
        self.requests = requests


class WebOrigin:
    """One nginx with one worker process. `ports`: of Port; it listens on each of the addresses."""

    def __init__(self, workspace, link, ports, addresses, name="origin"):
        self._workspace = workspace
        self._link = link
        self._name = name
        self._asked = 0
        self._before_restarts = 0
        self._write_files(ports, addresses)
        self.start()

    def start(self):
        self.child = self._workspace.start(self._name, self._link.far(
            ["nginx", "-p", self._workspace.path, "-c", self._workspace.file(self._name + ".conf"),
             "-e", self._workspace.file(self._name + ".err")]))
        deadline = time.monotonic() + 20
        while not self._answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Failure("nginx does not start: " + self._workspace.output_of(self._name))
            time.sleep(0.005)

    def stop(self):
        """At once, as `systemctl restart` has it; connections are closed, what they carry is cut off."""
        self._before_restarts += self.accepted()
        stop(self.child)
        self._asked = 0
        with contextlib.suppress(FileNotFoundError):  # killed, it leaves this, and could not bind it again
            os.unlink(self._workspace.file(self._name + ".status"))

    @contextlib.contextmanager
    def frozen(self):
        """Its processes stand still; the kernel goes on taking connections and data for them."""
        pids = process_tree(self.child.pid)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def log(self):
        """What it answered, a line a request; nothing is buffered."""
        with open(self._workspace.file(self._name + ".log"), encoding="utf-8") as lines:
            return [Entry(*(line.rstrip("\n") + " ").split(" ")[:10]) for line in lines]

    def twice(self):
        """Ids of POSTs that it received more than once."""
        seen = collections.Counter(entry.ident for entry in self.log() if entry.method == "POST")
        return sorted(ident for ident, count in seen.items() if count > 1)

    def connections(self, host):
        """How many connections have carried a request for this host."""
        return len({entry.connection for entry in self.log() if entry.host == host})

    def addresses_used(self):
        return len({entry.address for entry in self.log()})

    def accepted(self):
        """TLS connections it took since its start, those that never carried a request too."""
        self._asked += 1  # the question is a connection itself
        return self._before_restarts + self._accepts() - self._asked

    def open_connections(self):
        self._asked += 1
        return self._status(r"Active connections: (\d+)") - 1

    def _answers(self):
        try:
            self._accepts()
        except (OSError, Failure):
            return False
        self._asked += 1
        return True

    def _accepts(self):
        return self._status(r"\n\s*(\d+) \d+ \d+")

    def _status(self, pattern):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(5)
            asking.connect(self._workspace.file(self._name + ".status"))
            asking.sendall(b"GET / HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: asking.recv(4096), b"")).decode("ascii")
        found = re.search(pattern, text)
        if not found:
            raise Failure("nginx: no stub_status")
        return int(found.group(1))

    def _write_files(self, ports, addresses):
        folder = self._workspace.folder("www")
        for name, size in SIZES.items():
            with open(os.path.join(folder, name), "wb") as out:
                out.write(os.urandom(size))
        servers = "".join(_SERVER.format(
            dir=self._workspace.path, name=self._name, idle=port.idle, requests=port.requests,
            listeners="\n".join(f"    listen {address}:{port.number} ssl{' http2' if port.http2 else ''} backlog=4096;"
                                for address in addresses)) for port in ports)
        user = "user root;" if os.geteuid() == 0 else ""
        self._workspace.file(self._name + ".conf", _CONFIG.format(
            dir=self._workspace.path, name=self._name, user=user, servers=servers))


def make_certificates(workspace, *names):
    library = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "lib", "certificates.sh")
    done = subprocess.run(["bash", "-c", 'source "$1" && make_certificates "${@:2}"', "bash", library,
                           workspace.path, *names], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure("certificates: " + done.stderr)
