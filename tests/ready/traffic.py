"""Clients as PHP is one: a fresh TCP connection a request, plain HTTP/1.1, any number at once from one thread."""

import collections
import selectors
import socket
import time

LABEL = "ccnproxy-https"
_READ = 1 << 18


class Request:
    """What to ask for; `ident` finds it again in the origin's log, `port` is the origin's if not its scheme's."""

    def __init__(self, host, path="/1k", method="GET", ident="", body=b"", port=None):
        self.host = host
        self.port = port
        self.path = path
        self.method = method
        self.ident = ident
        self.body = body

    def encoded(self):
        port = f":{self.port}" if self.port else ""
        fields = [f"{self.method} {self.path} HTTP/1.1", f"Host: {self.host}.{LABEL}{port}", "User-Agent: ready/1",
                  "Accept: */*", "Connection: close"]
        if self.ident:
            fields.append(f"X-Test-Id: {self.ident}")
        if self.method == "POST":
            fields += ["Content-Type: application/octet-stream", f"Content-Length: {len(self.body)}"]
        return ("\r\n".join(fields) + "\r\n\r\n").encode("ascii") + self.body


class Answer:
    """How a request ended. `seconds` runs from sending the request to the last byte of the response."""

    def __init__(self, request, due=0.0):
        self.request = request
        self.due = due
        self.sent = self.ended = time.monotonic()
        self.status = 0
        self.error = "no answer"
        self.head = b""
        self.size = 0

    @property
    def seconds(self):
        return self.ended - self.sent

    @property
    def ok(self):
        return not self.error and 200 <= self.status < 300

    def __str__(self):
        request = self.request
        return (f"{request.method} {request.host}{request.path} {request.ident}: "
                f"{self.error or self.status} after {self.seconds * 1000:.0f} ms")


class _Exchange:
    """One request on its way: reads the response as far as it is there."""

    def __init__(self, answer, connection):
        self.answer = answer
        self.connection = connection
        self._head = bytearray()
        self._length = None
        self._chunked = False
        self._tail = b""
        self._read = None
        self._read_at = 0.0

    def send(self):
        data = self.answer.request.encoded()
        self.answer.sent = time.monotonic()
        self.connection.sendall(data)

    def read(self):
        """Takes what has come out of the socket, and notes when: to be understood by complete()."""
        try:
            self._read = self.connection.recv(_READ)
        except BlockingIOError:
            self._read = None
        except OSError as error:
            self._read = error
        self._read_at = time.monotonic()

    def complete(self):
        """True once the response is complete, or can't become so."""
        data, self._read = self._read, None
        if data is None:
            return False
        if isinstance(data, OSError):
            return self._end(f"connection: {data.strerror}")
        if not data:
            return self._end(self._judge_end())
        return self._take(data) and self._end("")

    def _end(self, error):
        self.answer.ended = self._read_at
        self.answer.error = error
        return True

    def _judge_end(self):
        if not self.answer.head:
            return "closed without an answer"
        return "" if self._length is None and not self._chunked else "response cut off"

    def _take(self, data):
        if not self.answer.head:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            data = bytes(self._head[end + 4:])
            self._read_head(bytes(self._head[:end]))
        self.answer.size += len(data)
        if self._chunked:
            self._tail = (self._tail + data)[-7:]
            return self._tail == b"\r\n0\r\n\r\n" or self._tail[-5:] == b"0\r\n\r\n" and self.answer.size == 5
        return self._length is not None and self.answer.size >= self._length

    def _read_head(self, head):
        lines = head.split(b"\r\n")
        self.answer.head = head
        self.answer.status = int(lines[0].split(b" ", 2)[1])
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                self._length = int(value)
            elif name.lower() == b"transfer-encoding":
                self._chunked = b"chunked" in value.lower()


class Traffic:
    """Sends requests when they are due, and collects the answers in the order of their ends."""

    def __init__(self, port, timeout=30.0):
        self._port = port
        self._timeout = timeout

    def one(self, request):
        return self.at_once([request])[0]

    def at_once(self, requests):
        """All connections are open before the first request is sent."""
        ready = [self._connect(Answer(request)) for request in requests]
        return self._run(collections.deque(), ready)

    def timed(self, plan):
        """`plan`: (seconds from now, request), in any order."""
        return self._run(collections.deque(sorted(plan, key=lambda item: item[0])), [])

    def _connect(self, answer):
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Exchange(answer, connection)

    def _run(self, plan, ready):
        begin = time.monotonic()
        done = []
        with selectors.DefaultSelector() as selector:
            under_way = collections.deque()  # by time of sending, so that the first times out first
            for exchange in ready:
                self._launch(exchange, selector, under_way, done)
            while plan or selector.get_map():
                self._launch_due(begin, plan, selector, under_way, done)
                # Many answers come at once: all are read before the first is looked at, so that none is thought to
                # have come later than it did.
                readable = [key.data for key, _ in selector.select(self._patience(begin, plan, under_way))]
                for exchange in readable:
                    exchange.read()
                for exchange in readable:
                    if exchange.complete():
                        self._finish(exchange, selector, done)
                self._give_up(selector, under_way, done)
        return done

    def _launch_due(self, begin, plan, selector, under_way, done):
        while plan and plan[0][0] <= time.monotonic() - begin:
            due, request = plan.popleft()
            answer = Answer(request, due)
            try:
                exchange = self._connect(answer)
            except OSError as error:
                answer.error = f"connect: {error}"
                done.append(answer)
                continue
            self._launch(exchange, selector, under_way, done)

    def _launch(self, exchange, selector, under_way, done):
        try:
            exchange.send()
        except OSError as error:
            exchange.answer.error = f"send: {error}"
            exchange.connection.close()
            done.append(exchange.answer)
            return
        exchange.connection.setblocking(False)
        selector.register(exchange.connection, selectors.EVENT_READ, exchange)
        under_way.append(exchange)

    def _patience(self, begin, plan, under_way):
        now = time.monotonic()
        moments = [begin + plan[0][0]] if plan else []
        while under_way and under_way[0].connection.fileno() < 0:
            under_way.popleft()
        if under_way:
            moments.append(under_way[0].answer.sent + self._timeout)
        return max(0.0, min(moments) - now) if moments else 0.0

    def _give_up(self, selector, under_way, done):
        now = time.monotonic()
        while under_way and (under_way[0].connection.fileno() < 0 or
                             now - under_way[0].answer.sent >= self._timeout):
            exchange = under_way.popleft()
            if exchange.connection.fileno() >= 0:
                exchange.answer.error = f"no answer in {self._timeout:.0f} s"
                exchange.answer.ended = now
                self._finish(exchange, selector, done)

    @staticmethod
    def _finish(exchange, selector, done):
        selector.unregister(exchange.connection)
        exchange.connection.close()
        done.append(exchange.answer)
