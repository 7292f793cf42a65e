"""The table of requests: how curl and PHP's streams are asked to send each of them."""

import collections

# client: "curl" (arguments are options beside the URL) or "php" (arguments: context options as PHP, and the target).
Row = collections.namedtuple("Row", "name client target arguments")

_TARGETS = {
    "root": b"/", "two slashes": b"/a//b", "slash at the end": b"/a/", "encoded slash": b"/a%2Fb", "lower case hex": b"/a%2fb",
    "query": b"/?q=1", "empty query": b"/?", "query with everything": b"/a?b=c&d=e%20f&g=/h?i", "only a question": b"/a??b",
    "tilde": b"/~a", "semicolon": b"/a;b=c", "comma": b"/a,b", "colon": b"/a:b", "at": b"/a@b", "quote": b"/a'b", "brackets": b"/(a)",
    "star": b"/a*b", "bang": b"/a!b", "dollar": b"/$a", "plus": b"/a+b?c+d", "ampersand": b"/a&b", "equals": b"/a=b",
    "encoded bytes": b"/%E6%97%A5", "bytes above 0x7f": "/検索?q=日本語".encode(), "latin-1": b"/caf\xe9", "bar": b"/a|b", "double quote": b'/a"b',
    "braces": b"/{a}", "square brackets": b"/[a]", "backslash": b"/a\\b", "caret": b"/a^b", "backtick": b"/a`b", "angles": b"/<a>",
    "dots": b"/a/../b", "dot": b"/./a", "percent alone": b"/a%b", "encoded NUL": b"/a%00b", "encoded CRLF": b"/a%0d%0ab",
    "fragment-like": b"/a%23b", "long": b"/" + b"a" * 4000, "long query": b"/?" + b"a=b&" * 1000, "url in the path": b"/http://b.test/c",
}

_FIELDS = {
    "usual": "X-A: b", "lower case": "x-a: b", "odd case": "x-A-b: c", "empty": "X-A;", "spaces inside": "X-A: b  c", "above 0x7f": "X-A: b\xe9",
    "long": "X-A: " + "b" * 8000, "quotes": 'X-A: "b, \\"c\\""', "cookie": "Cookie: a=b; c=d", "authorization": "Authorization: Bearer abc.def",
    "basic": "Authorization: Basic YTpi", "accept": "Accept: application/json", "no accept": "Accept:", "accept-encoding": "Accept-Encoding: gzip, br",
    "agent": "User-Agent: odd/1.0 (a; b)", "no agent": "User-Agent:", "range": "Range: bytes=0-4", "if-none-match": 'If-None-Match: W/"a"',
    "connection close": "Connection: close", "connection keep-alive": "Connection: keep-alive", "connection names a field": "Connection: X-Hop",
    "keep-alive": "Keep-Alive: timeout=5", "proxy-connection": "Proxy-Connection: keep-alive", "te": "TE: trailers", "te with a weight": "TE: gzip;q=0.5",
    "forwarded": "X-Forwarded-For: 192.0.2.1", "forwarded proto": "X-Forwarded-Proto: http", "via": "Via: 1.1 other", "request id": "X-Chocon-Req: mine",
    "traceparent": "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "date": "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "amz": "X-Amz-Date: 20261129T000000Z", "origin": "Origin: https://a.test", "max-forwards": "Max-Forwards: 5", "upgrade": "Upgrade: h2c",
    "early data": "Early-Data: 1", "expect": "Expect: 100-continue", "underscore": "X_A: b", "dots": "X.A: b",
}


def _curl():
    for name, target in _TARGETS.items():
        yield Row(f"target {name}", "curl", target, [])
    for name, line in _FIELDS.items():
        yield Row(f"field {name}", "curl", b"/", ["-H", line.encode("latin-1")])
    yield Row("field repeated", "curl", b"/", ["-H", "X-A: b", "-H", "X-A: c"])
    yield Row("cookies repeated", "curl", b"/", ["-H", "Cookie: a=b", "-H", "Cookie: c=d"])
    yield Row("fields, 60 of them", "curl", b"/", [part for n in range(60) for part in ("-H", f"X-{n}: b")])
    for method in ("GET", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PURGE", "M-SEARCH", "get"):
        yield Row(f"method {method}", "curl", b"/", ["-X", method])
    yield Row("method HEAD", "curl", b"/", ["-I"])
    yield Row("OPTIONS *", "curl", b"*", ["-X", "OPTIONS"])
    for name, options in {
            "form": ["-d", "a=b&c=d"], "empty": ["-d", ""], "json": ["--json", '{"a": 1}'], "100 kB": ["-d", "a" * 100_000],
            "chunked": ["-H", "Transfer-Encoding: chunked", "-d", "a" * 5000], "of DELETE": ["-X", "DELETE", "-d", "a"],
            "of GET": ["-X", "GET", "-d", "a"], "of PUT": ["-X", "PUT", "-d", "a"], "multipart": ["-H", "Content-Type: multipart/form-data; boundary=x", "--data-binary",
                                                           "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n"],
            "announced": ["-H", "Expect: 100-continue", "-d", "a" * 2000], "none of PUT": ["-X", "PUT"],
            "none of POST": ["-X", "POST", "-H", "Content-Length: 0"], "with a type": ["-H", "Content-Type: odd/type; a=b", "-d", "a"],
            "encoded": ["-H", "Content-Encoding: gzip", "-d", "not really"]}.items():
        yield Row(f"body {name}", "curl", b"/", options)
    yield Row("HTTP/1.0", "curl", b"/", ["--http1.0"])
    yield Row("HTTP/1.0 with a body", "curl", b"/", ["--http1.0", "-d", "a=b"])


def _php():
    for name, options in {
            "GET": "", "HTTP/1.0": "'protocol_version' => 1.0,", "HTTP/1.1": "'protocol_version' => 1.1,", "HEAD": "'method' => 'HEAD',",
            "POST": "'method' => 'POST', 'content' => 'a=b', 'header' => ['Content-Type: application/x-www-form-urlencoded'],",
            "PUT": "'method' => 'PUT', 'content' => str_repeat('a', 70000), 'header' => ['Content-Type: text/plain'],",
            "fields": "'header' => ['X-A: b', 'X-B: c, d', 'x-c:e'],", "agent": "'user_agent' => 'odd/1.0',",
            "a header of text": "'header' => \"X-A: b\\r\\nX-B: c\\r\\n\",", "errors ignored": "'ignore_errors' => true,"}.items():
        yield Row(f"PHP {name}", "php", b"/", [options])
    for name in ("query with everything", "bytes above 0x7f", "two slashes", "brackets", "plus"):
        yield Row(f"PHP target {name}", "php", _TARGETS[name], [""])


def rows():
    yield from _curl()
    yield from _php()
