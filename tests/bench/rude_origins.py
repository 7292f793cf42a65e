"""Origins that end their connections at the wrong moment, each on a port of its own, and how many handshakes they saw."""

import asyncio
import socket
import ssl
import struct

PREFACE = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
SETTINGS_ACK = b"\0\0\0\4\1\0\0\0\0"
GOAWAY = b"\0\0\x08\7\0\0\0\0\0" + bytes(8)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n%s\r\nok"
TOO_LATE = b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def h2_answer(stream):
    """200 without a body."""
    return b"\0\0\1\1\5" + struct.pack("!I", stream) + b"\x88"


class Rude:
    """One origin. `ends`: a coroutine that is given each connection when its handshake is done, before any request."""

    def __init__(self, protocol, ends=None, idle_s=None, after_answer_s=None, says=b""):
        self.protocol = protocol
        self.handshakes = 0
        self.port = 0
        self._ends, self._idle_s, self._after_answer_s, self._says = ends, idle_s, after_answer_s, says

    async def listen(self, folder):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/origin.crt", f"{folder}/origin.key")
        context.set_alpn_protocols([self.protocol])
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader, writer):
        self.handshakes += 1
        try:
            if self._ends:
                await self._ends(writer)
            else:
                await (self._http2 if self.protocol == "h2" else self._http1)(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, asyncio.LimitOverrunError,
                asyncio.CancelledError):
            pass
        writer.close()

    async def _http1(self, reader, writer):
        while True:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._idle_s)
            writer.write(ANSWER % self._says)
            if self._after_answer_s is not None:
                await asyncio.sleep(self._after_answer_s)
                return

    async def _http2(self, reader, writer):
        writer.write(SETTINGS)
        await reader.readexactly(PREFACE)
        clock = asyncio.get_running_loop().time
        quiet_since = clock()
        while True:
            left = None if self._idle_s is None else quiet_since + self._idle_s - clock()
            head = await asyncio.wait_for(reader.readexactly(9), left)
            await reader.readexactly(int.from_bytes(head[:3], "big"))
            if head[3] == 4 and not head[4]:
                writer.write(SETTINGS_ACK)
            if head[3] == 1:
                quiet_since = clock()
                writer.write(h2_answer(int.from_bytes(head[5:], "big")))
                if self._after_answer_s is not None:
                    await asyncio.sleep(self._after_answer_s)
                    return


async def close_notify(_writer):
    pass


async def fin(writer):
    writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
    writer.transport.abort()


async def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def goaway(writer):
    writer.write(SETTINGS + GOAWAY)
    await asyncio.sleep(5)


async def settings_then_close(writer):
    writer.write(SETTINGS)


async def speaks_http1(writer):
    writer.write(TOO_LATE)


async def half_a_second(_writer):
    await asyncio.sleep(0.5)


class Splice:
    """Counts the connections on their way to a server that does not count by port."""

    def __init__(self, target):
        self.handshakes = 0
        self.port = 0
        self._target = target

    async def listen(self, _folder):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader, writer):
        self.handshakes += 1
        try:
            other_reader, other = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return writer.close()
        await asyncio.gather(_copy(reader, other), _copy(other_reader, writer))


async def _copy(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
    except OSError:
        pass
    writer.close()
