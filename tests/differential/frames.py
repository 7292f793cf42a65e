"""HTTP/2 frames as bytes (RFC 9113 §4, §6); fields as literals without indexing (RFC 7541 §6.2.2)."""

import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED = 0x1, 0x1, 0x4, 0x8

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _string(text):
    if len(text) < 127:
        return bytes([len(text)]) + text
    rest, out = len(text) - 127, bytearray([127])
    while rest >= 128:
        out.append(rest % 128 + 128)
        rest //= 128
    return bytes(out) + bytes([rest]) + text


def block(fields):
    """A header block of [(name, value)], as bytes or str."""
    out = b""
    for pair in fields:
        name, value = (part if isinstance(part, bytes) else part.encode("latin-1") for part in pair)
        out += b"\0" + _string(name) + _string(value)
    return out


# What a row's steps are made of: functions of the stream.

def head(status, *fields, end=False):
    return lambda stream: frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream,
                                block([(":status", str(status)), *fields]))


def raw_head(*fields, end=False):
    """Without a :status unless it is among the fields."""
    return lambda stream: frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(fields))


def split_head(status, *fields, end=False, parts=3):
    def build(stream):
        whole = block([(":status", str(status)), *fields])
        size = -(-len(whole) // parts)
        pieces = [whole[at:at + size] for at in range(0, len(whole), size)]
        out = frame(HEADERS, END_STREAM if end else 0, stream, pieces[0])
        for number, piece in enumerate(pieces[1:], 2):
            out += frame(CONTINUATION, END_HEADERS if number == len(pieces) else 0, stream, piece)
        return out
    return build


def trailers(*fields):
    return raw_head(*fields, end=True)


def data(body, end=False):
    return lambda stream: frame(DATA, END_STREAM if end else 0, stream, body)


def padded(body, padding, end=False):
    return lambda stream: frame(DATA, PADDED | (END_STREAM if end else 0), stream,
                                bytes([padding]) + body + b"\0" * padding)


def reset(code):
    return lambda stream: frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def goaway(code, text=b"", last=None):
    return lambda stream: frame(GOAWAY, 0, 0, struct.pack(">II", stream if last is None else last, code) + text)


def ping():
    return lambda stream: frame(PING, 0, 0, b"12345678")


def settings(*pairs):
    return lambda stream: frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def window_update(size, connection=False):
    return lambda stream: frame(WINDOW_UPDATE, 0, 0 if connection else stream, struct.pack(">I", size))


def unknown(kind=0xfa):
    return lambda stream: frame(kind, 0, stream, b"grease")
