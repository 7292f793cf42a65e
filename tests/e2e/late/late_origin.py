#!/usr/bin/env python3
"""Answers the second request for a target and not the first: late_origin.py SOCKET

GET or POST /late/NAME: the first one is never answered, the second one at once. GET /times/NAME: how many there were.
Listens on a unix socket, for nginx before it.
"""
import collections
import http.server
import socketserver
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    times = collections.Counter()
    lock = threading.Lock()

    def do_GET(self):
        kind, _, name = self.path.lstrip('/').partition('/')
        if kind == 'times':
            return self.answer(str(self.times[name]))
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        with self.lock:
            self.times[name] += 1
            first = self.times[name] == 1
        if first:
            self.rfile.read(1)  # until nginx gives up
            self.close_connection = True
        else:
            self.answer(f'the second of {name}')

    do_POST = do_GET

    def answer(self, text):
        body = (text + '\n').encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return 'nginx'

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if __name__ == '__main__':
    Server(sys.argv[1], Handler).serve_forever()
