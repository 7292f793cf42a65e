"""What stands in the place of AWS:  stand_in.py LOG      Prints its address.

It takes any request and answers what the command line can read. Each request is a line of LOG:
ACTION NAME=VALUE..., sorted by name, separated by tabs. Of a body in XML the names are paths.
"""

import http.server
import re
import sys
import urllib.parse
import xml.etree.ElementTree as tree

QUERY = "<{0}Response><{0}Result></{0}Result></{0}Response>"
ROUTES = {
    r"/2013-04-01/hostedzone/([^/]+)/rrset/?": ("ChangeResourceRecordSets", 200),
    r"/2013-04-01/healthcheck": ("CreateHealthCheck", 201),
}


def leaves(element, path=""):
    """(path, text) of each element without children; a path has no namespaces, and not the root's name."""
    for child in element:
        inner = f"{path}/{child.tag.split('}')[-1]}".lstrip("/")
        yield from leaves(child, inner) if len(child) else [(inner, (child.text or "").strip())]


def understood(path, body):
    """The request as (action, its parameters, status, answer)."""
    for pattern, (action, status) in ROUTES.items():
        match = re.fullmatch(pattern, path)
        if match:
            zone = [("Id", zone) for zone in match.groups()]
            return action, zone + list(leaves(tree.fromstring(body))), status, f"<{action}Response/>"
    fields = urllib.parse.parse_qsl(body, keep_blank_values=True)
    action = dict(fields).get("Action")
    if path != "/" or not action:
        raise ValueError(f"nobody here has {path}")
    return action, [field for field in fields if field[0] not in ("Action", "Version")], 200, QUERY.format(action)


class StandIn(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action, parameters, status, answer = understood(self.path, body)
        with open(sys.argv[1], "a", encoding="utf-8") as log:
            print("\t".join([action] + sorted(f"{name}={value}" for name, value in parameters)), file=log)
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
