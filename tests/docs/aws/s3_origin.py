"""S3 over TLS, as far as tests/docs/s3_clients_test.sh needs it:  s3_origin.py ADDRESS PORT CERTIFICATE KEY LOG

Takes nothing whose signature (Version 4, in Authorization or in the query) is not that of the request as it arrived. Objects are
kept in memory. Each request is a line of LOG: METHOD TARGET good|bad PAYLOAD, where PAYLOAD is how the body was signed: its
hash, or the word in x-amz-content-sha256; and the names of checksum fields.
"""

import hashlib
import hmac
import http.server
import os
import ssl
import sys
import urllib.parse

SECRET = os.environ["AWS_SECRET_ACCESS_KEY"]
LIST = ('<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{0}</Name>'
        "<Prefix></Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>")
LOCATION = '<?xml version="1.0" encoding="UTF-8"?><LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{0}</LocationConstraint>'
store = {}


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(method, path, query, headers, signed, payload, scope, when):
    """RFC-like steps of AWS's "Create a signed AWS API request", of the request as it arrived."""
    fields = "".join(f"{name}:{' '.join((headers.get(name) or '').split())}\n" for name in signed)
    request = "\n".join([method, path, "&".join(sorted(query)), fields, ";".join(signed), payload])
    text = "\n".join(["AWS4-HMAC-SHA256", when, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in scope:
        key = sign(key, part)
    return sign(key, text).hex()


def is_signed(method, target, headers, body):
    path, _, query_text = target.partition("?")
    query = [part if "=" in part else part + "=" for part in query_text.split("&") if part]
    values = dict(urllib.parse.parse_qsl(query_text, keep_blank_values=True))
    if "X-Amz-Signature" in values:
        scope = values["X-Amz-Credential"].split("/")[1:]
        rest = [part for part in query if not part.startswith("X-Amz-Signature=")]
        return values["X-Amz-Signature"] == signature(method, path, rest, headers, values["X-Amz-SignedHeaders"].split(";"),
                                                      "UNSIGNED-PAYLOAD", scope, values["X-Amz-Date"])
    given = headers.get("authorization") or ""
    if not given.startswith("AWS4-HMAC-SHA256 "):
        return False
    parts = dict(part.strip().split("=", 1) for part in given.removeprefix("AWS4-HMAC-SHA256 ").split(","))
    payload = headers["x-amz-content-sha256"]
    if len(payload) == 64 and payload != hashlib.sha256(body).hexdigest():
        return False
    return parts["Signature"] == signature(method, path, query, headers, parts["SignedHeaders"].split(";"), payload,
                                           parts["Credential"].split("/")[1:], headers["x-amz-date"])


def without_chunks(body):
    """Of aws-chunked: the data, without the sizes, signatures and the trailer."""
    data = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            break
        data, body = data + body[:length], body[length + 2:]
    return data


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.read_chunks() if self.headers.get("Transfer-Encoding") else self.rfile.read(int(self.headers.get("Content-Length") or 0))
        good = is_signed(self.command, self.path, self.headers, body)
        payload = self.headers.get("x-amz-content-sha256") or "query"
        checksums = [name.lower() for name in self.headers if "checksum" in name.lower() or name.lower() == "x-amz-trailer"]
        with open(sys.argv[5], "a", encoding="utf-8") as log:
            print(self.command, self.path, "good" if good else "bad", "hash" if len(payload) == 64 else payload, *checksums, file=log)
        if not good:
            return self.answer(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>".encode())
        return self.serve(body)

    do_GET = do_PUT = do_HEAD = do_DELETE = handle_any

    def read_chunks(self):
        data = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(length)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return data

    def serve(self, body):
        path, _, query = self.path.partition("?")
        if self.command == "PUT":
            coded = "aws-chunked" in (self.headers.get("content-encoding") or "")
            store[path] = without_chunks(body) if coded else body
            return self.answer(200)
        if path.count("/") < 2 or path.endswith("/"):
            return self.answer(200, (LOCATION if "location" in query else LIST).format("eu-central-1").encode())
        return self.answer(200, store[path]) if path in store else self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"' if self.command != "PUT" else f'"{self.md5_of_put()}"')
        self.send_header("Last-Modified", "Mon, 30 Nov 2026 12:00:00 GMT")
        self.send_header("Content-Type", "application/xml" if body.startswith(b"<") else "application/octet-stream")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def md5_of_put(self):
        return hashlib.md5(store.get(self.path.partition("?")[0], b"")).hexdigest()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
