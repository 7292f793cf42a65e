"""A name server for one row: its answers can be changed while it runs, and each is good for a second."""

import socket
import struct
import threading

PORT = 5300
_TTL_S = 1
_A = 1


class NameServer:
    """Answers every name below `suffix` with the addresses set last, in an order that moves on."""

    def __init__(self, suffix, addresses, port=PORT):
        self._suffix = suffix
        self._addresses = list(addresses)
        self._turn = 0
        self.questions = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def set(self, addresses):
        self._addresses = list(addresses)

    def _serve(self):
        while True:
            question, client = self._socket.recvfrom(4096)
            self._socket.sendto(self._answer(question), client)

    def _answer(self, query):
        name, end = self._name(query)
        kind = struct.unpack_from("!H", query, end)[0]
        self.questions += 1
        addresses = self._rotated() if kind == _A and name.endswith(self._suffix) else []
        code = 0 if name.endswith(self._suffix) else 3
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(addresses), 0, 0)
        records = b"".join(struct.pack("!HHHIH", 0xC00C, _A, 1, _TTL_S, 4) + socket.inet_aton(address)
                           for address in addresses)
        return head + query[12:end + 4] + records

    def _rotated(self):
        addresses = self._addresses
        self._turn = (self._turn + 1) % len(addresses)
        return addresses[self._turn:] + addresses[:self._turn]

    @staticmethod
    def _name(query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
            at += query[at] + 1
        return ".".join(labels), at + 1
