"""Tests of the measurement itself, on loopback: that it notices what goes wrong, and that a partial run keeps the
rest of the table."""

import os
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(_HERE, "..", "bench"))

import scene  # noqa: E402
import table  # noqa: E402
from name_server import NameServer  # noqa: E402
from proxies import Daemon, Waits  # noqa: E402
from traffic import Request, Traffic  # noqa: E402

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Server:
    """Answers each connection's first read with `pieces`, then closes it unless told to hold it."""

    def __init__(self, *pieces, hold=False):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.seen = []
        self._pieces = pieces
        self._held = [] if hold else None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self._listener.accept()
            self.seen.append(connection.recv(65536))
            for piece in self._pieces:
                connection.sendall(piece)
            if self._held is None:
                connection.close()
            else:
                self._held.append(connection)


def _ask(*pieces, timeout=5.0, **how):
    return Traffic(Server(*pieces, **how).port, timeout).one(Request("a.test"))


class TrafficTest(unittest.TestCase):
    def test_counts_an_answer_with_length(self):
        answer = _ask(_WHOLE, hold=True)
        self.assertTrue(answer.ok, answer)
        self.assertEqual(answer.size, 5)

    def test_counts_a_head_in_pieces(self):
        self.assertTrue(_ask(_WHOLE[:10], _WHOLE[10:40], _WHOLE[40:], hold=True).ok)

    def test_counts_a_chunked_answer(self):
        self.assertTrue(_ask(_CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", hold=True).ok)

    def test_counts_an_empty_chunked_answer(self):
        self.assertTrue(_ask(_CHUNKED, b"0\r\n\r\n", hold=True).ok)

    def test_counts_an_answer_that_ends_with_the_connection(self):
        self.assertTrue(_ask(b"HTTP/1.1 200 OK\r\n\r\nhello").ok)

    def test_notices_a_cut_off_answer(self):
        self.assertEqual(_ask(_WHOLE[:-1]).error, "response cut off")

    def test_notices_a_chunked_answer_without_its_end(self):
        answer = _ask(_CHUNKED + b"5\r\nhello\r\n")
        self.assertEqual(answer.error, "response cut off")

    def test_notices_a_close_without_an_answer(self):
        self.assertEqual(_ask().error, "closed without an answer")

    def test_notices_an_error_status(self):
        answer = _ask(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", hold=True)
        self.assertEqual((answer.status, answer.ok), (502, False))

    def test_gives_up_in_time(self):
        answer = _ask(_WHOLE[:-1], hold=True, timeout=0.2)
        self.assertEqual(answer.error, "no answer in 0 s")
        self.assertGreaterEqual(answer.seconds, 0.2)

    def test_notices_a_refused_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        answers = Traffic(port).timed([(0, Request("a.test"))])
        self.assertIn("connect", answers[0].error)

    def test_sends_all_at_once_over_connections_of_their_own(self):
        server = Server(_WHOLE)
        answers = Traffic(server.port).at_once([Request("a.test", ident=str(number)) for number in range(20)])
        self.assertEqual(sum(answer.ok for answer in answers), 20)
        self.assertEqual(len(server.seen), 20)

    def test_sends_when_due(self):
        server = Server(_WHOLE)
        begin = time.monotonic()
        answers = Traffic(server.port).timed([(0.2, Request("b.test")), (0.0, Request("a.test"))])
        self.assertEqual([answer.request.host for answer in answers], ["a.test", "b.test"])
        self.assertGreaterEqual(answers[1].sent - begin, 0.2)

    def test_names_origin_port_and_id(self):
        text = Request("a.test", "/post", "POST", "id-1", b"body", 444).encoded()
        self.assertIn(b"Host: a.test.ccnproxy-https:444\r\n", text)
        self.assertIn(b"X-Test-Id: id-1\r\n", text)
        self.assertTrue(text.endswith(b"Content-Length: 4\r\n\r\nbody"))


class CountsTest(unittest.TestCase):
    def test_adds_up_what_is_known(self):
        self.assertEqual(scene.added([Waits(1, 2, 3), Waits(10, 20, 30)]), Waits(11, 22, 33))
        self.assertIsNone(scene.added([Waits(1, 2, 3), None]))

    def test_knows_no_readiness_without_counts(self):
        self.assertEqual(scene.ready_share(None), 0.0)
        self.assertEqual(scene.ready_share(Waits(3, 1, 0)), 75.0)

    def test_reads_metrics(self):
        daemon = Daemon.__new__(Daemon)
        daemon._ask = lambda _: (200, '# HELP x y\nccnproxy_connection_wait_total{origin="a",result="ready"} 7\n'
                                      'ccnproxy_connection_wait_total{origin="b",result="ready"} 1\n'
                                      'ccnproxy_connection_wait_total{origin="b",result="dialed"} 2\n'
                                      'ccnproxy_connection_wait_total_other 9\nccnproxy_retries_total 4\n')
        self.assertEqual(daemon.waits(), Waits(8, 0, 2))
        self.assertEqual(daemon.total("ccnproxy_retries_total"), 4)

    def test_knows_that_nothing_answers(self):
        daemon = Daemon.__new__(Daemon)
        daemon._ask = lambda _: (0, "")
        self.assertIsNone(daemon.waits())


class NameServerTest(unittest.TestCase):
    def setUp(self):
        self.server = NameServer(".test", ["10.0.0.1", "10.0.0.2"], port=0)

    def _addresses(self, name, kind=1):
        query = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0)
        query += b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(5)
            asking.sendto(query + struct.pack("!HH", kind, 1), ("127.0.0.1", self.server.port))
            answer = asking.recv(4096)
        self.assertEqual(answer[:2], query[:2])
        count = struct.unpack_from("!H", answer, 6)[0]
        tail = answer[len(answer) - 16 * count:]
        return answer[3] & 15, [socket.inet_ntoa(tail[at + 12:at + 16]) for at in range(0, 16 * count, 16)]

    def test_answers_in_turn(self):
        first, second = self._addresses("x.test"), self._addresses("x.test")
        self.assertEqual(first[0], 0)
        self.assertEqual(sorted(first[1]), ["10.0.0.1", "10.0.0.2"])
        self.assertEqual(second[1], list(reversed(first[1])))

    def test_answers_what_was_set_last(self):
        self.server.set(["10.0.0.9"])
        self.assertEqual(self._addresses("x.test"), (0, ["10.0.0.9"]))

    def test_has_no_other_records_and_no_other_names(self):
        self.assertEqual(self._addresses("x.test", kind=28), (0, []))
        self.assertEqual(self._addresses("x.example"), (3, []))


class TableTest(unittest.TestCase):
    def test_a_partial_run_keeps_the_other_rows_and_the_prose(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w", encoding="utf-8") as out:
                out.write("before\n<!-- machine:begin -->\n<!-- machine:end -->\nbetween\n<!-- table:begin -->\n"
                          "| one | old | | | | | |\n| two | old | | | | | |\n<!-- table:end -->\nafter\n")
            table.write(path, [_result("two", "new")], "", ["one", "two"])
            with open(path, encoding="utf-8") as text:
                found = text.read()
        self.assertIn("| one | old |", found)
        self.assertIn("| two | new |", found)
        self.assertNotIn("| two | old |", found)
        for prose in ("before", "between", "after"):
            self.assertIn(prose, found)

    def test_a_partial_run_keeps_what_is_said_of_the_runs_that_other_rows_are_from(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w", encoding="utf-8") as out:
                out.write("<!-- machine:begin -->\n- measured: 2020-01-01, one, two\n- machine: old\n"
                          "- measured: 2019-01-01, two\n- machine: older\n<!-- machine:end -->\n"
                          "<!-- table:begin -->\n<!-- table:end -->\n")
            table.write(path, [_result("two", "new")], "", ["one", "two"])
            with open(path, encoding="utf-8") as text:
                partial = text.read()
            table.write(path, [_result("one", "new"), _result("two", "new")], "", ["one", "two"])
            with open(path, encoding="utf-8") as text:
                whole = text.read()
        self.assertIn("- measured: 2020-01-01, one, two\n- machine: old\n", partial)
        self.assertNotIn("2019", partial)
        self.assertEqual(whole.count("- measured: "), 1)

    def test_a_problem_is_shown(self):
        result = _result("two", "new")
        result["problems"] = ["3 requests failed"]
        self.assertIn("FAILED: 3 requests failed", table.plain(result))


def _result(row, what):
    line = {"what": what, "wanted": "≤ 1", "measured": "1.00", "met": "yes", "peers": "", "counts": ""}
    return {"row": row, "lines": [line], "problems": [], "rtt_ms": 100.0, "late": 0.0, "latest_ms": 0.1, "took_s": 1.0}


if __name__ == "__main__":
    unittest.main()
