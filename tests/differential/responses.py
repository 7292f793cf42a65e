"""The table of answers that an origin may give: generated products first, then rows of their own."""

import collections

from frames import (data, goaway, head, padded, ping, raw_head, reset, settings, split_head, trailers, unknown,
                    window_update)
from origin import CLOSE, CUT, KEEP, RESET

# steps: what the origin sends; see origin.py. method: of the request.
Row = collections.namedtuple("Row", "name protocol method steps")

_OK = b"HTTP/1.1 200 OK\r\n"
_STATUS = {200: b"OK", 204: b"No Content", 304: b"Not Modified", 404: b"Not Found", 205: b"Reset Content", 500: b"Oops"}


def _h1(name, *steps, method="GET"):
    return Row("h1 " + name, "h1", method, [*steps] if isinstance(steps[-1], str) else [*steps, KEEP])


def _h2(name, *steps, method="GET"):
    return Row("h2 " + name, "h2", method, [*steps])


def _five(*fields, line=b"\r\n", start=_OK):
    """A response of five bytes with these field lines before its Content-Length."""
    return start + b"".join(field + line for field in fields) + b"Content-Length: 5" + line + line + b"hello"


def _framings():
    """Framing fields x methods x statuses: what ends a message, and what does not."""
    framings = {
        "length": (b"Content-Length: 5\r\n", b"hello"),
        "length 0": (b"Content-Length: 0\r\n", b""),
        "chunked": (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        "both": (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        "both, length first": (b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        "length twice, equal": (b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
        "length twice in a list": (b"Content-Length: 5, 5\r\n", b"hello"),
        "length twice, different": (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"),
        "unknown coding": (b"Transfer-Encoding: sprockets\r\n", b"hello"),
        "none, until the end": (b"", b"hello"),
    }
    for name, (fields, body) in framings.items():
        end = CLOSE if name in ("none, until the end", "unknown coding", "length twice, different") else KEEP
        yield _h1(f"GET 200 {name}", _OK + fields + b"\r\n" + body, end)
        yield _h1(f"POST 404 {name}", b"HTTP/1.1 404 Not Found\r\n" + fields + b"\r\n" + body, end, method="POST")
        yield _h1(f"HEAD 200 {name}", _OK + fields + b"\r\n", KEEP, method="HEAD")
        for status in (204, 304):
            yield _h1(f"GET {status} {name}", b"HTTP/1.1 %d %s\r\n" % (status, _STATUS[status]) + fields + b"\r\n", KEEP)
            yield _h1(f"HEAD {status} {name}", b"HTTP/1.1 %d %s\r\n" % (status, _STATUS[status]) + fields + b"\r\n", KEEP,
                      method="HEAD")


def _lengths():
    for name, value in {
            "plus": b"+5", "minus": b"-5", "hex": b"0x5", "zeros before": b"0005", "space after": b"5  ", "tab before": b"\t5",
            "empty": b"", "word": b"five", "fraction": b"5.0", "list of different": b"5, 6", "comma at the end": b"5,",
            "huge": b"99999999999999999999999", "quoted": b'"5"', "space inside": b"5 5"}.items():
        yield _h1(f"length {name}", _OK + b"Content-Length: " + value + b"\r\n\r\nhello", CLOSE)


def _codings():
    body = b"5\r\nhello\r\n0\r\n\r\n"
    for name, line in {
            "upper case": b"Transfer-Encoding: CHUNKED", "white space": b"Transfer-Encoding:  \t chunked  ",
            "empty member": b"Transfer-Encoding: , chunked", "chunked twice": b"Transfer-Encoding: chunked, chunked",
            "two lines": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "identity": b"Transfer-Encoding: identity",
            "chunked not last": b"Transfer-Encoding: chunked, sprockets", "quoted": b'Transfer-Encoding: "chunked"',
            "xchunked": b"Transfer-Encoding: xchunked", "parameter": b"Transfer-Encoding: chunked;a=b",
            "empty": b"Transfer-Encoding:"}.items():
        yield _h1(f"coding {name}", _OK + line + b"\r\n\r\n" + body, CLOSE)
    yield _h1("coding in HTTP/1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, CLOSE)
    yield _h1("coding and length in HTTP/1.0",
              b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + body, CLOSE)


def _chunks():
    chunked = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
    for name, body in {
            "space after the size": b"5 \r\nhello\r\n0\r\n\r\n", "spaces after the size": b"5   \r\nhello\r\n0\r\n\r\n",
            "tab after the size": b"5\t\r\nhello\r\n0\r\n\r\n",
            "space after the last size": b"5\r\nhello\r\n0 \r\n\r\n", "space in the middle": b"2\r\nhe\r\n3 \r\nllo\r\n0\r\n\r\n",
            "digit after the space": b"5 5\r\nhello\r\n0\r\n\r\n", "space before the size": b" 5\r\nhello\r\n0\r\n\r\n",
            "extension": b"5;a=b\r\nhello\r\n0\r\n\r\n", "space and extension": b"5 ;a=b\r\nhello\r\n0\r\n\r\n",
            "quoted extension": b'5;a="b;c"\r\nhello\r\n0\r\n\r\n', "zeros before the size": b"00005\r\nhello\r\n0\r\n\r\n",
            "many zeros": b"5\r\nhello\r\n000000000\r\n\r\n", "upper case size": b"A\r\nhellohello\r\n0\r\n\r\n",
            "lower case size": b"a\r\nhellohello\r\n0\r\n\r\n", "prefix 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
            "bare LF after the size": b"5\nhello\r\n0\r\n\r\n", "no CRLF after the data": b"5\r\nhello0\r\n\r\n",
            "bare LF after the data": b"5\r\nhello\n0\r\n\r\n", "size too large": b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "minus": b"-5\r\nhello\r\n0\r\n\r\n", "no size": b"\r\nhello\r\n0\r\n\r\n", "word": b"zz\r\nhello\r\n0\r\n\r\n",
            "trailer": b"5\r\nhello\r\n0\r\nX-End: yes\r\n\r\n", "two trailers": b"5\r\nhello\r\n0\r\nX-End: a\r\nX-More: b\r\n\r\n",
            "trailer with a length": b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"}.items():
        yield _h1(f"chunk {name}", chunked + body, CLOSE)
    for end in (CLOSE, CUT, RESET):
        yield _h1(f"chunks without the last, {end}", chunked + b"5\r\nhello\r\n", end)
        yield _h1(f"chunk cut, {end}", chunked + b"5\r\nhe", end)
        yield _h1(f"chunks without the last line, {end}", chunked + b"5\r\nhello\r\n0\r\n", end)


def _field_lines():
    for name, line in {
            "usual": b"X-A: b", "no space": b"X-A:b", "spaces around": b"X-A:   b  ", "tabs around": b"X-A:\tb\t",
            "empty value": b"X-A:", "space before the colon": b"X-A : b", "tab before the colon": b"X-A\t: b",
            "folded": b"X-A: b\r\n c", "folded by a tab": b"X-A: b\r\n\tc", "folded twice": b"X-A: b\r\n c\r\n d",
            "bytes above 0x7f": "X-A: bé".encode(), "latin-1": b"X-A: b\xe9", "control": b"X-A: b\x01c", "bell": b"X-A: b\x07",
            "DEL": b"X-A: b\x7f", "NUL": b"X-A: b\x00c", "bare CR": b"X-A: b\rc", "no colon": b"X-A", "empty name": b": b",
            "name with a space": b"X A: b", "name with a slash": b"X/A: b", "name with brackets": b"X(A): b",
            "name with bytes above 0x7f": "X-é: b".encode(), "name with an underscore": b"X_A: b", "repeated": b"X-A: b\r\nX-A: c",
            "long value": b"X-A: " + b"b" * 8000, "long name": b"X-" + b"a" * 300 + b": b",
            "lower case": b"x-a: b", "quotes": b'X-A: "b, \\"c\\""'}.items():
        yield _h1(f"field {name}", _five(line))
    yield _h1("fields, 90 of them", _five(*[b"X-%d: b" % number for number in range(90)]))
    yield _h1("bare LF line ends", _five(b"X-A: b", line=b"\n", start=b"HTTP/1.1 200 OK\n"))
    yield _h1("bare LF after the status line", _five(b"X-A: b", start=b"HTTP/1.1 200 OK\n"))
    yield _h1("bare LF in one field", _OK + b"X-A: b\nX-B: c\r\nContent-Length: 5\r\n\r\nhello")
    yield _h1("bare LF in the empty line", _OK + b"Content-Length: 5\r\n\nhello")


def _status_lines():
    for name, line in {
            "no reason": b"HTTP/1.1 200 ", "no space": b"HTTP/1.1 200", "long reason": b"HTTP/1.1 200 " + b"so " * 60,
            "reason above 0x7f": "HTTP/1.1 200 Schön".encode(), "two spaces": b"HTTP/1.1  200 OK", "tab": b"HTTP/1.1\t200 OK",
            "HTTP/1.0": b"HTTP/1.0 200 OK", "HTTP/1.2": b"HTTP/1.2 200 OK", "HTTP/2": b"HTTP/2 200 OK",
            "HTTP/2.0": b"HTTP/2.0 200 OK", "lower case": b"http/1.1 200 OK", "two digits": b"HTTP/1.1 20 OK",
            "four digits": b"HTTP/1.1 2000 OK", "status 0": b"HTTP/1.1 000 OK", "status 99": b"HTTP/1.1 099 OK",
            "status 600": b"HTTP/1.1 600 Odd", "status 999": b"HTTP/1.1 999 Odd", "status 299": b"HTTP/1.1 299 Odd",
            "status 205": b"HTTP/1.1 205 Reset Content", "words": b"HELLO 200 OK", "ICY": b"ICY 200 OK",
            "space before": b" HTTP/1.1 200 OK", "empty line before": b"\r\nHTTP/1.1 200 OK",
            "signed": b"HTTP/1.1 +20 OK", "word for a status": b"HTTP/1.1 abc OK"}.items():
        yield _h1(f"status line {name}", _five(start=line + b"\r\n"), CLOSE)


def _interim():
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
    for name, first in {
            "100": b"HTTP/1.1 100 Continue\r\n\r\n", "102": b"HTTP/1.1 102 Processing\r\n\r\n", "103": hints,
            "104": b"HTTP/1.1 104 Upload Resumption Supported\r\nX-Offset: 5\r\n\r\n", "199": b"HTTP/1.1 199 Odd\r\n\r\n",
            "20 of 102": b"HTTP/1.1 102 Processing\r\n\r\n" * 20, "50 of 103": hints * 50,
            "103 with a length": b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n",
            "102 with a coding": b"HTTP/1.1 102 Processing\r\nTransfer-Encoding: chunked\r\n\r\n",
            "101 that nobody wanted": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: upgrade\r\n\r\n",
            "100 in HTTP/1.0": b"HTTP/1.0 100 Continue\r\n\r\n"}.items():
        yield _h1(f"interim {name}", first + _five())
    yield _h1("interim and the end", hints, CLOSE)


def _ends():
    for end in (CLOSE, CUT, RESET):
        yield _h1(f"nothing at all, {end}", b"", end)
        yield _h1(f"half a status line, {end}", b"HTTP/1.1 20", end)
        yield _h1(f"half a head, {end}", b"HTTP/1.1 200 OK\r\nX-A: b\r\n", end)
        yield _h1(f"half a body, {end}", _OK + b"Content-Length: 10\r\n\r\nhello", end)
        yield _h1(f"until the end, {end}", _OK + b"\r\nhello", end)
        yield _h1(f"until the end in HTTP/1.0, {end}", b"HTTP/1.0 200 OK\r\n\r\nhello", end)
        yield _h1(f"whole, {end}", _five(), end)
        yield _h1(f"whole and told, {end}", _five(b"Connection: close"), end)
    yield _h1("keep-alive in HTTP/1.0", _five(b"Connection: keep-alive", start=b"HTTP/1.0 200 OK\r\n"))
    yield _h1("bytes behind the body", _five() + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    yield _h1("a body on HEAD", _five(), method="HEAD")
    yield _h1("a body on 204", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello")
    yield _h1("a body on 304", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello")
    for name, line in {"connection lists": b"Connection: x-a, close\r\nX-A: b", "connection twice": b"Connection: foo\r\nConnection: close",
                       "keep-alive": b"Keep-Alive: timeout=5, max=100", "proxy-connection": b"Proxy-Connection: close",
                       "upgrade": b"Upgrade: h2c\r\nConnection: upgrade", "date": b"Date: Sun, 06 Nov 1994 08:49:37 GMT",
                       "trailer": b"Trailer: x-end", "content-encoding": b"Content-Encoding: odd", "set-cookie": b"Set-Cookie: a=b\r\nSet-Cookie: c=d",
                       "www-authenticate": b'WWW-Authenticate: Basic realm="a"'}.items():
        yield _h1(f"answer with {name}", _five(line))


def _h2_rows():
    five = ("content-length", "5")
    yield _h2("usual", head(200, five), data(b"hello", end=True))
    yield _h2("no length", head(200), data(b"hello", end=True))
    yield _h2("end in an empty DATA", head(200), data(b"hello"), data(b"", end=True))
    yield _h2("padding", head(200), padded(b"hello", 20, end=True))
    yield _h2("split head", split_head(200, ("x-a", "b" * 60), parts=3), data(b"hello", end=True))
    yield _h2("no body", head(200, end=True))
    yield _h2("length 0", head(200, ("content-length", "0"), end=True))
    yield _h2("trailers", head(200), data(b"hello"), trailers(("x-end", "yes")))
    yield _h2("trailers with a length", head(200), data(b"hello"), trailers(("content-length", "5")))
    yield _h2("trailers with :status", head(200), data(b"hello"), trailers((":status", "200")))
    yield _h2("headers twice without an end", head(200), raw_head(("x-a", "b")), data(b"hello", end=True))
    for status in (204, 304):
        yield _h2(f"{status}", head(status, end=True))
        yield _h2(f"{status} with a length", head(status, five, end=True))
        yield _h2(f"{status} with DATA", head(status), data(b"hello", end=True))
        yield _h2(f"{status} with an empty DATA", head(status), data(b"", end=True))
    yield _h2("HEAD", head(200, five, end=True), method="HEAD")
    yield _h2("HEAD with DATA", head(200, five), data(b"hello", end=True), method="HEAD")
    yield _h2("HEAD with an empty DATA", head(200, five), data(b"", end=True), method="HEAD")
    for name, value in {"too small": "3", "too large": "7", "word": "five", "empty": "", "plus": "+5", "list": "5, 5"}.items():
        yield _h2(f"length {name}", head(200, ("content-length", value)), data(b"hello", end=True))
    yield _h2("length twice, equal", head(200, five, five), data(b"hello", end=True))
    yield _h2("length twice, different", head(200, five, ("content-length", "6")), data(b"hello", end=True))
    for name, value in {
            "usual": "b", "space before": " b", "space after": "b ", "tab before": "\tb", "tab after": "b\t", "spaces around": "  b  ",
            "empty": "", "above 0x7f": "b\xe9", "control": "b\x01c", "DEL": "b\x7f", "NUL": "b\0c", "CR": "b\rc", "LF": "b\nc",
            "long": "b" * 8000}.items():
        yield _h2(f"value {name}", head(200, ("x-a", value)), data(b"hello", end=True))
    for name, value in {"space before": " b", "space after": "b ", "LF": "b\nc"}.items():
        yield _h2(f"trailer's value {name}", head(200), data(b"hello"), trailers(("x-end", value)))
    for name, field in {
            "upper case": "X-A", "space": "x a", "empty": "", "colon": "x:a", "above 0x7f": "x-\xe9", "underscore": "x_a",
            "slash": "x/a", "unknown pseudo": ":path", "trailing space": "x-a "}.items():
        yield _h2(f"name {name}", head(200, (field, "b")), data(b"hello", end=True))
    for name, pair in {"connection": ("connection", "close"), "keep-alive": ("keep-alive", "timeout=5"), "te": ("te", "trailers"),
                       "transfer-encoding": ("transfer-encoding", "chunked"), "upgrade": ("upgrade", "h2c"),
                       "proxy-connection": ("proxy-connection", "close"), "host": ("host", "a.test")}.items():
        yield _h2(f"field {name}", head(200, pair), data(b"hello", end=True))
    yield _h2("no status", raw_head(("x-a", "b")), data(b"hello", end=True))
    yield _h2("status twice", raw_head((":status", "200"), (":status", "200")), data(b"hello", end=True))
    yield _h2("status after a field", raw_head(("x-a", "b"), (":status", "200")), data(b"hello", end=True))
    for value in ("20", "2000", "abc", "099", "600", "999", "299"):
        yield _h2(f"status {value}", head(value), data(b"hello", end=True))
    for name, first in {"100": [head(100)], "103": [head(103, ("link", "</a>"))], "20 of 102": [head(102)] * 20,
                        "50 of 103": [head(103, ("link", "</a>"))] * 50, "101": [head(101)], "103 that ends": [head(103, end=True)]}.items():
        yield _h2(f"interim {name}", *first, head(200), data(b"hello", end=True))
    for name, code in {"NO_ERROR": 0, "PROTOCOL_ERROR": 1, "INTERNAL_ERROR": 2, "REFUSED_STREAM": 7, "CANCEL": 8,
                       "ENHANCE_YOUR_CALM": 11}.items():
        yield _h2(f"reset {name}", reset(code))
        yield _h2(f"reset {name} in the body", head(200), data(b"hel"), reset(code))
        yield _h2(f"whole, then reset {name}", head(200), data(b"hello", end=True), reset(code))
    for name, code in {"NO_ERROR": 0, "INTERNAL_ERROR": 2, "ENHANCE_YOUR_CALM": 11}.items():
        yield _h2(f"goaway {name}, no answer", goaway(code, b"so be it"), CLOSE)
        yield _h2(f"goaway {name}, then the answer", goaway(code), head(200), data(b"hello", end=True))
        yield _h2(f"the answer, then goaway {name}", head(200), data(b"hello", end=True), goaway(code), CLOSE)
    for end in (CLOSE, CUT, RESET):
        yield _h2(f"nothing at all, {end}", end)
        yield _h2(f"half a body, {end}", head(200), data(b"hel"), end)
        yield _h2(f"whole, {end}", head(200), data(b"hello", end=True), end)
    yield _h2("ping before", ping(), head(200), data(b"hello", end=True))
    yield _h2("settings before", settings((3, 50)), head(200), data(b"hello", end=True))
    yield _h2("window update before", window_update(1000), window_update(1000, True), head(200), data(b"hello", end=True))
    yield _h2("unknown frame", unknown(), head(200), unknown(), data(b"hello", end=True))
    yield _h2("DATA before the head", data(b"hello"), head(200, end=True))
    yield _h2("initial window too large", settings((4, 0x80000000)), head(200), data(b"hello", end=True))
    yield _h2("frame size too small", settings((5, 100)), head(200), data(b"hello", end=True))
    yield _h2("push enabled by a server", settings((2, 1)), head(200), data(b"hello", end=True))
    yield _h2("window update of 0", window_update(0), head(200), data(b"hello", end=True))
    yield _h2("window beyond its maximum", window_update(0x7fffffff), head(200), data(b"hello", end=True))


def rows():
    for make in (_framings, _lengths, _codings, _chunks, _field_lines, _status_lines, _interim, _ends, _h2_rows):
        yield from make()
