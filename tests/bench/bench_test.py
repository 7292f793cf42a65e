"""Tests of the benchmark itself: that the load generator notices what goes wrong, that figures are
computed as documented, and that prose in the report survives. Usage: bench_test.py BENCH_LOAD"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import peers
import report
import stats
import syscalls

LOAD = ""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Server:
    """Accepts connections and hands each to `serve(connection)` in a thread, until the test ends."""

    def __init__(self, serve):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._serve = serve
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection):
        with connection:
            try:
                self._serve(connection)
            except OSError:
                pass

    def close(self):
        # Closing alone would leave the accepting thread asleep on the old descriptor.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    return data


def answering(answer):
    """A server that gives every request this answer and keeps the connection."""
    def serve(connection):
        while read_head(connection):
            connection.sendall(answer)
    return serve


class Load(unittest.TestCase):
    def run_against(self, serve, *words, requests=10):
        server = Server(serve)
        self.addCleanup(server.close)
        done = subprocess.run(
            [LOAD, "--port", str(server.port), "--requests", str(requests), "--duration", "20",
             "--expect", "5", *words], capture_output=True, text=True, timeout=60, check=False)
        self.server = server
        self.status = done.returncode
        return json.loads(done.stdout)

    def assert_all_fail_as(self, kind, found, requests=10):
        self.assertEqual(found["completed"], 0)
        self.assertEqual(found["errors"][kind], requests, found)
        self.assertEqual(found["failed"], requests)
        self.assertEqual(self.status, 1)

    def test_counts_good_answers_and_reuses_the_connection(self):
        found = self.run_against(answering(ANSWER))
        self.assertEqual((found["completed"], found["failed"], self.status), (10, 0, 0))
        self.assertEqual((found["connections_opened"], self.server.accepted), (1, 1))
        self.assertEqual(found["bytes"], 50)

    def test_connection_each_opens_one_a_request(self):
        found = self.run_against(answering(ANSWER), "--connection-each")
        self.assertEqual((found["completed"], found["connections_opened"]), (10, 10))

    def test_connections_are_used_at_once(self):
        together = threading.Barrier(4)

        def serve(connection):
            read_head(connection)
            together.wait(20)  # breaks, and so fails the test, unless four requests are here at once
            connection.sendall(ANSWER)
        found = self.run_against(serve, "--connections", "4", requests=4)
        self.assertEqual(found["completed"], 4)

    def test_a_wrong_status_is_an_error(self):
        answer = ANSWER.replace(b"200 OK", b"502 Bad Gateway")
        self.assert_all_fail_as("status", self.run_against(answering(answer)))

    def test_a_wrong_length_is_an_error(self):
        answer = ANSWER.replace(b"5\r\n\r\nhello", b"4\r\n\r\nhell")
        self.assert_all_fail_as("length", self.run_against(answering(answer)))

    def test_bytes_after_the_end_are_an_error(self):
        self.assert_all_fail_as("framing", self.run_against(answering(ANSWER + b"!")))

    def test_no_content_length_is_an_error(self):
        self.assert_all_fail_as("framing", self.run_against(answering(b"HTTP/1.1 200 OK\r\n\r\nhello")))

    def test_a_close_in_the_body_is_an_error(self):
        def serve(connection):
            read_head(connection)
            connection.sendall(ANSWER[:-1])
        self.assert_all_fail_as("early_close", self.run_against(serve))

    def test_a_refused_connection_is_an_error(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        done = subprocess.run([LOAD, "--port", str(port), "--requests", "3", "--duration", "20"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(json.loads(done.stdout)["errors"]["connect"], 3)

    def test_no_answer_is_a_timeout(self):
        def serve(connection):
            while read_head(connection):
                pass
        found = self.run_against(serve, "--drain", "0.05", "--duration", "0.05", requests=1)
        self.assert_all_fail_as("timeout", found, requests=1)

    def test_an_idle_close_is_no_error(self):
        def serve(connection):
            read_head(connection)
            connection.sendall(ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        found = self.run_against(serve)
        self.assertEqual((found["completed"], found["connections_opened"]), (10, 10))

    def test_100_continue_is_passed_over(self):
        found = self.run_against(answering(b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER))
        self.assertEqual((found["completed"], found["failed"]), (10, 0))

    def test_an_answer_in_pieces_is_put_together(self):
        def serve(connection):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while read_head(connection):
                for byte in ANSWER:
                    connection.sendall(bytes([byte]))
        self.assertEqual(self.run_against(serve)["completed"], 10)

    def test_a_large_body_is_counted_to_the_byte(self):
        size = 5_000_001
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + bytes(size)
        found = self.run_against(answering(answer), "--expect", str(size), requests=4)
        self.assertEqual((found["completed"], found["bytes"]), (4, 4 * size))

    def test_an_upload_is_sent_whole(self):
        size, got = 3_000_001, []

        def serve(connection):
            while head := read_head(connection):
                have = len(head.partition(b"\r\n\r\n")[2])
                while have < size:
                    have += len(connection.recv(65536))
                got.append((head.split(b" ")[0], have))
                connection.sendall(ANSWER)
        found = self.run_against(serve, "--upload", str(size), requests=3)
        self.assertEqual((found["completed"], got), (3, [(b"PUT", size)] * 3))

    def test_an_answer_before_the_upload_is_whole_does_not_count(self):
        def serve(connection):
            connection.recv(100)
            connection.sendall(ANSWER)
            connection.recv(1)  # more has come: closing now resets, as an impatient server does
        found = self.run_against(serve, "--upload", "50000000", requests=1)
        self.assertEqual((found["completed"], found["failed"]), (0, 1))

    def test_an_open_loop_starts_all_that_is_due(self):
        found = self.run_against(answering(ANSWER), "--rate", "1000", "--connections", "4", requests=50)
        self.assertEqual((found["completed"], found["failed"]), (50, 0))
        self.assertGreaterEqual(found["seconds"], 0.049)  # the schedule: never sooner

    def test_an_open_loop_counts_waiting_for_a_connection(self):
        """Request n is due at n ms, but the one connection holds each for longer: the last waits most."""
        never, began, ended = threading.Event(), [], []

        def serve(connection):
            while read_head(connection):
                began.append(time.monotonic())
                never.wait(0.02)
                ended.append(time.monotonic())
                connection.sendall(ANSWER)
        found = self.run_against(serve, "--rate", "1000", requests=10)
        busy_us = (ended[-1] - began[0]) * 1e6
        self.assertGreaterEqual(found["max_us"], busy_us - 9_000)

    def test_hosts_take_turns_from_the_one_named(self):
        asked = []

        def serve(connection):
            while head := read_head(connection):
                asked.append(head.split(b"Host: ")[1].split(b"\r")[0].decode("ascii"))
                connection.sendall(ANSWER)
        self.run_against(serve, "--host", "n%.test", "--hosts", "4", "--first-host", "7", requests=6)
        self.assertEqual(asked, [f"n{number}.test" for number in (3, 0, 1, 2, 3, 0)])

    def test_a_wrong_option_is_refused(self):
        for words in (["--port", "x"], ["--bogus"], ["--port"], [], ["--port", "1", "--hosts", "2", "--host", "none"],
                      ["--port", "1", "--hosts", "0"]):
            done = subprocess.run([LOAD, *words], capture_output=True, check=False)
            self.assertEqual(done.returncode, 2, words)

    def test_watched_processes_are_charged(self):
        # A process that computes all the time, watched for a while, has used some of it.
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
            try:
                found = self.run_against(answering(ANSWER), "--rate", "100", "--watch", str(busy.pid),
                                         requests=30)
            finally:
                busy.kill()
        self.assertGreater(found["watched_ns"], 0)
        self.assertGreater(found["own_ns"], 0)


class Figures(unittest.TestCase):
    def test_cost_is_the_mean_of_the_cheapest_quarter(self):
        self.assertEqual(stats.cost([8, 1, 7, 3, 9, 9, 9, 9]), 2)
        self.assertEqual(stats.cost([5]), 5)

    def test_ratio_of_steady_slices_has_no_spread(self):
        self.assertEqual(stats.ratio([1] * 12, [2] * 12), (0.5, 0.5, 0.5))

    def test_ratio_interval_holds_the_ratio(self):
        ours, theirs = [10 + i % 5 for i in range(20)], [20 + i % 7 for i in range(20)]
        found, low, high = stats.ratio(ours, theirs)
        self.assertLess(low, high)
        self.assertTrue(low <= found <= high)

    def test_ratio_needs_both_sides(self):
        self.assertRaises(ValueError, stats.ratio, [1, 2], [1])

    def test_a_bound_is_exceeded_only_where_the_interval_says_so(self):
        self.assertEqual(stats.exceeds((1.0, 0.9, 1.1), 1.1, 20), "no")
        self.assertEqual(stats.exceeds((1.1, 1.0, 1.2), 1.1, 20), "not proven")
        self.assertEqual(stats.exceeds((1.2, 1.11, 1.3), 1.1, 20), "yes")
        self.assertEqual(stats.exceeds((1.2, 1.2, 1.2), 1.1, 1), "not proven")

    def test_perf_counts_are_split_by_name_and_the_rest(self):
        text = ("100,,raw_syscalls:sys_enter,1,100.00,,\n30,,syscalls:sys_enter_read,1,100.00,,\n"
                "0,,syscalls:sys_enter_write,1,100.00,,\n")
        self.assertEqual(syscalls.parse_perf(text), {"read": 30, "others": 70})

    def test_strace_table_is_read_with_and_without_errors(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                " 60.00    0.000600           3       200        20 recvfrom\n"
                " 40.00    0.000400           4       100           sendto\n"
                "100.00    0.001000           3       300        20 total\n")
        self.assertEqual(syscalls.parse_strace(text), {"recvfrom": 200, "sendto": 100})


class Report(unittest.TestCase):
    @staticmethod
    def run_of(**failed):
        one = {"cpu_us": 10.0, "rps": 1000.0, "p50_us": 100.0, "p99_us": 200.0,
               "load_us": 1.0, "completed": 300, "failed": 0, "errors": {"reset": 0}}
        facts = {"settings": "one worker", "tls_opened": 1, "tls_resumed": 0, "start_mib": 9.0, "peak_mib": 10.0, "ready_ms": 5.0,
                 "first_ms": 3.0, "second_ms": 0.5}
        return {"machine": {"machine": "two cores"}, "cases": {"A": "small", "B2k": "slow"},
                "proxies": {"ccnproxy": {"label": "ccnproxy, h2", **facts}, "nginx": {"label": "nginx", **facts}},
                "slices": {case: {"ccnproxy": [one] * 8, "nginx": [{**one, "cpu_us": 20.0, **failed}] * 8}
                           for case in ("A", "B2k")}}

    def run_with(self, **more):
        """As run_of, with these proxies more: the CPU time of each by name."""
        run = self.run_of()
        for name, (label, cpu_us) in more.items():
            run["proxies"][name] = {**run["proxies"]["nginx"], "label": label}
            for by_proxy in run["slices"].values():
                by_proxy[name] = [{**by_proxy["ccnproxy"][0], "cpu_us": cpu_us}] * 8
        return report.Report(run).markdown()

    def test_tables_hold_costs_ratios_and_failures(self):
        text = report.Report(self.run_of(failed=2, errors={"reset": 2})).markdown()
        self.assertIn("| ccnproxy, h2 | 10.0 | 10.0 |", text)
        self.assertIn("| nginx | 0.50 (0.50 to 0.50) | 0.50 (0.50 to 0.50) |", text)
        self.assertIn("| 4,800 | 32 (32 reset) |", text)

    def test_http11_is_compared_with_http11(self):
        text = self.run_with(ccnproxy_h1=("ccnproxy, http/1.1", 12.0), h2o=("h2o, http/1.1", 24.0),
                             nghttpx=("nghttpx, h2", 24.0))
        table = text[text.index("| ccnproxy, http/1.1 ÷"):]
        table = table[:table.index("\n\n")]
        self.assertIn("| h2o, http/1.1 | 0.50 (0.50 to 0.50) |", table)
        self.assertNotIn("nghttpx", table)

    def test_two_workers_are_judged_beside_one(self):
        text = self.run_with(ccnproxy_w2=("ccnproxy, two", 12.0))
        self.assertIn("| one worker | 1.20 (1.20 to 1.20) | 1.20 (1.20 to 1.20) |", text)
        self.assertIn("| more than 1.10? | yes | yes |", text)
        self.assertNotIn("| ccnproxy, two | 0.", text)  # no peer of ours
        self.assertIn("| more than 1.10? | no | no |", self.run_with(ccnproxy_w2=("ccnproxy, two", 10.9)))

    def test_every_label_has_a_colour_of_its_own(self):
        labels = peers.all_proxies("ccnproxy")
        self.assertGreaterEqual(len(set(report._COLOURS)), len(labels))

    def test_plot_shows_closed_loops_only(self):
        plot = report.Report(self.run_of()).svg()
        self.assertIn(">A: small (µs)<", plot)
        self.assertNotIn("B2k", plot)

    def test_prose_survives_and_sections_are_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "performance.md")
            report.write_section(path, "measured", "old figures", "# Title\n\nbefore\n")
            with open(path, "a", encoding="utf-8") as page:
                page.write("\nafter, by hand\n")
            report.write_section(path, "syscalls", "counts of calls", "unused template")
            report.write_section(path, "measured", r"new \1 figures", "unused template")
            with open(path, encoding="utf-8") as page:
                text = page.read()
        for kept in ("# Title", "before", "after, by hand", "counts of calls", r"new \1 figures"):
            self.assertEqual(text.count(kept), 1)
        self.assertNotIn("old figures", text)
        self.assertNotIn("unused", text)


if __name__ == "__main__":
    LOAD = sys.argv.pop(1)
    unittest.main()
