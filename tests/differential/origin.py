"""A TLS origin that answers each request with the bytes that it has been told to send."""

import contextlib
import queue
import socket
import ssl
import struct
import threading

import frames

# What a row may do beside sending bytes.
KEEP = "keep"    # leave the connection open
CLOSE = "close"  # close_notify, then FIN
CUT = "cut"      # FIN without close_notify
RESET = "reset"  # RST

USUAL_H1 = [b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Row: usual\r\n\r\nusual\n"]
USUAL_H2 = [frames.head(200, ("content-length", "6"), ("x-row", "usual")), frames.data(b"usual\n", end=True)]


class Ended(Exception):
    """The peer has closed the connection, or it broke."""


class Origin:
    """Listens on loopback. `steps` is what the next requests are answered with, until it is set anew; `requests` takes each
    HTTP/1.1 request that has come in whole, as bytes. Threads: one that accepts, one a connection."""

    def __init__(self, certificate, key, protocol):
        self.protocol = protocol
        self.steps = None
        self.requests = queue.SimpleQueue()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._tls.set_alpn_protocols([protocol])
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ssl.SSLError, Ended):
            peer = self._tls.wrap_socket(connection, server_side=True)
            connection = peer
            (_Http2(peer, self) if self.protocol == "h2" else _Http1(peer, self)).run()
        connection.close()

    def answer(self, peer, stream=1):
        """Plays the row. True: the connection goes on."""
        usual = USUAL_H2 if self.protocol == "h2" else USUAL_H1
        out = b""
        for step in self.steps or usual:
            if isinstance(step, str):
                if out:
                    peer.sendall(out)
                return self._end(peer, step)
            out += step(stream) if callable(step) else step
        peer.sendall(out)
        return True

    @staticmethod
    def _end(peer, how):
        if how == KEEP:
            return True
        if how == RESET:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Ended
        if how == CLOSE:
            with contextlib.suppress(OSError, ssl.SSLError):
                peer.settimeout(2)
                peer.unwrap()  # waits for the peer's close_notify, which not all send
        with contextlib.suppress(OSError):
            peer.shutdown(socket.SHUT_WR)
            peer.settimeout(2)
            while peer.recv(4096):
                pass
        raise Ended


class _Reader:
    def __init__(self, peer):
        self._peer = peer
        self._held = b""

    def upto(self, mark):
        while mark not in self._held:
            self._more()
        at = self._held.index(mark) + len(mark)
        return self._take(at)

    def exactly(self, size):
        while len(self._held) < size:
            self._more()
        return self._take(size)

    def _take(self, size):
        out, self._held = self._held[:size], self._held[size:]
        return out

    def _more(self):
        got = self._peer.recv(65536)
        if not got:
            raise Ended
        self._held += got


def _ends(head):
    """Whether the client waits for the end of the connection."""
    lower = head.lower()
    return b"\r\nconnection: close" in lower or (b" http/1.0\r\n" in lower and b"keep-alive" not in lower)


class _Http1:
    def __init__(self, peer, origin):
        self._peer, self._origin = peer, origin
        self._reader = _Reader(peer)

    def run(self):
        while True:
            head = self._reader.upto(b"\r\n\r\n")
            self._origin.requests.put(head + self._body(head))
            self._origin.answer(self._peer)
            if _ends(head):
                self._peer.shutdown(socket.SHUT_WR)
                return

    def _body(self, head):
        fields = dict((line.split(b":", 1)[0].strip().lower(), line.split(b":", 1)[1].strip())
                      for line in head.split(b"\r\n")[1:] if b":" in line)
        if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
            return self._chunks()
        return self._reader.exactly(int(fields.get(b"content-length", b"0")))

    def _chunks(self):
        """The content; how it was cut into chunks is each sender's own affair."""
        out = b""
        while size := int(self._reader.upto(b"\r\n").split(b";")[0], 16):
            out += self._reader.exactly(size)
            self._reader.exactly(2)
        while self._reader.upto(b"\r\n") != b"\r\n":
            pass
        return out


class _Http2:
    """As much of HTTP/2 as answers requests whose fields need not be known."""

    def __init__(self, peer, origin):
        self._peer, self._origin = peer, origin
        self._reader = _Reader(peer)

    def run(self):
        self._reader.exactly(len(frames.PREFACE))
        self._peer.sendall(frames.frame(frames.SETTINGS, 0, 0))
        while True:
            length, kind, flags, stream = self._frame_head()
            payload = self._reader.exactly(length)
            if kind == frames.SETTINGS and not flags & frames.ACK:
                self._peer.sendall(frames.frame(frames.SETTINGS, frames.ACK, 0))
            elif kind == frames.PING and not flags & frames.ACK:
                self._peer.sendall(frames.frame(frames.PING, frames.ACK, 0, payload))
            elif kind in (frames.HEADERS, frames.DATA) and flags & frames.END_STREAM:
                self._origin.answer(self._peer, stream)

    def _frame_head(self):
        head = self._reader.exactly(9)
        return int.from_bytes(head[:3], "big"), head[3], head[4], int.from_bytes(head[5:], "big") & 0x7fffffff
