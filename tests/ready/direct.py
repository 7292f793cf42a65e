"""A client without a proxy, for comparison: one kept-alive TLS connection, HTTP/1.1, to the far end."""

import socket
import ssl
import time

from link import FAR


_SO_RCVBUFFORCE = 33


class Direct:
    """Its receive window is wide from the start, so that only the origin's slow start holds it back."""

    def __init__(self, workspace, host, port):
        context = ssl.create_default_context(cafile=workspace.file("ca.pem"))
        self._host = host
        connection = socket.socket()
        connection.settimeout(30)
        connection.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 4 << 20)
        connection.connect((FAR, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = context.wrap_socket(connection, server_hostname=host)

    def seconds(self, path, size):
        """From sending a request to the last byte of a body of `size` bytes."""
        begin = time.monotonic()
        self._connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode("ascii"))
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read()
        left = size - (len(data) - data.index(b"\r\n\r\n") - 4)
        while left > 0:
            left -= len(self._read())
        return time.monotonic() - begin

    def _read(self):
        data = self._connection.recv(1 << 18)
        if not data:
            raise OSError("the origin closed the connection")
        return data
