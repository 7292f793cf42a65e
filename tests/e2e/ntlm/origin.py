"""An origin that logs connections in with NTLM (MS-NLMP), as IIS does: the password is not checked.

Usage: origin.py PORT [CERTIFICATE KEY]

Answers with the name of the user that the connection is logged in as; without one with 401, an
offer and the body "nobody". Connection: close is obeyed.
"""

import base64
import http.server
import ssl
import struct
import sys

UNICODE, NTLM, TARGET_INFO = 0x1, 0x200, 0x800000


def challenge():
    """A type 2 message with no more in it than a client needs to answer with NTLMv2."""
    target_info = struct.pack("<HH", 0, 0)
    head = 48
    return (b"NTLMSSP\0" + struct.pack("<I", 2) + struct.pack("<HHI", 0, 0, head)
            + struct.pack("<I", UNICODE | NTLM | TARGET_INFO) + b"12345678" + bytes(8)
            + struct.pack("<HHI", len(target_info), len(target_info), head) + target_info)


def user_of(message):
    """The user name of a type 3 message."""
    length, _, offset = struct.unpack_from("<HHI", message, 36)
    flags = struct.unpack_from("<I", message, 60)[0] if len(message) >= 64 else UNICODE
    name = message[offset:offset + length]
    return name.decode("utf-16-le" if flags & UNICODE else "latin-1")


class Connection(http.server.BaseHTTPRequestHandler):
    """One connection; its members live as long as it does."""

    protocol_version = "HTTP/1.1"
    user = ""
    challenged = False

    def log_message(self, *_):
        pass

    def take(self):
        """Notes what the credentials make of the connection; returns the token to answer with."""
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        was_challenged, self.challenged = self.challenged, False
        if scheme.lower() != "ntlm":
            return ""
        message = base64.b64decode(text)
        kind = struct.unpack_from("<I", message, 8)[0]
        if kind == 1:
            self.user, self.challenged = "", True
            return " " + base64.b64encode(challenge()).decode()
        self.user = user_of(message) if was_challenged else ""
        return ""

    def do_GET(self):
        token = self.take()
        body = (self.user or "nobody").encode()
        self.send_response(200 if self.user else 401)
        if not self.user:
            self.send_header("WWW-Authenticate", "NTLM" + token)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Connection)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    server.serve_forever()


main()
