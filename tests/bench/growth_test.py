"""Tests of the growth measurement: how sizes are fitted to a machine, that what is held is counted, and what is judged.
Usage: growth_test.py CCNPROXY"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import growth_daemon
import growth_report
import growth_subjects
import idle_clients
from bench_test import ANSWER, Server, answering, read_head
from growth_subjects import Subject, fit, fitted, most_clients, most_origins, subjects

CCNPROXY = ""


class Sizes(unittest.TestCase):
    def test_what_fits_stays(self):
        self.assertEqual(fit([100, 10_000, 50_000], 50_000), [100, 10_000, 50_000])

    def test_what_does_not_fit_becomes_the_most_that_does(self):
        self.assertEqual(fit([100, 10_000, 50_000], 24_000), [100, 10_000, 24_000])
        self.assertEqual(fit([100, 10_000, 50_000], 14_000), [100, 10_000])
        self.assertEqual(fit([100, 10_000, 50_000], 10_000), [100, 10_000])
        self.assertEqual(fit([100, 10_000], 50), [50])

    def test_a_daemon_takes_the_clients_that_are_fitted(self):
        """It keeps half of its descriptors, less some for itself, for origins, and most of these for what is ahead of need."""
        for open_files in (2048, 20_000, 106_000, 1_048_576):
            self.assertLess(most_clients(open_files), (open_files - 500) / 2)
            self.assertLess(most_origins(open_files), (open_files - 500) / 2 * 7 / 8)
        self.assertGreaterEqual(most_clients(106_000), 50_000)
        self.assertGreaterEqual(most_origins(24_000), 10_000)

    def test_one_origin_process_holds_the_connections_of_all(self):
        for open_files in (2048, 20_000, 65_536):
            sizes, _ = fitted(growth_subjects.SIZES, open_files)
            self.assertLess(sum(one.origins for one in subjects(sizes).values()), open_files)

    def test_what_was_cut_is_told(self):
        sizes, cuts = fitted(growth_subjects.SIZES, 20_000)
        self.assertEqual(sizes, {**growth_subjects.SIZES, "clients": [100, 9_200], "origins": [10, 100, 1_000, 8_200]})
        self.assertEqual(cuts, ["10,000 warm origins were cut to 8,200: a process may open 20,000 files here",
                                "50,000 idle clients were cut to 9,200: a process may open 20,000 files here"])
        self.assertEqual(fitted(growth_subjects.SIZES, 1_048_576), (growth_subjects.SIZES, []))


class Configuration(unittest.TestCase):
    def check(self, subject):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "ccnproxy.yaml")
            with open(path, "w", encoding="utf-8") as out:
                out.write(growth_subjects.configuration(
                    subject, port=20001, admin=20002, origin=20003, ca="/etc/ssl/certs/ca-certificates.crt",
                    log="none"))
            return subprocess.run([CCNPROXY, "check", "-f", path], capture_output=True, text=True, check=False)

    def test_the_daemon_takes_every_one(self):
        for subject in [*subjects(growth_subjects.SIZES).values(), Subject("empty", 0, origins=0)]:
            done = self.check(subject)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_rules_are_as_many_as_said(self):
        text = growth_subjects.configuration(Subject("rules", 7, rules=7), port=1, admin=2, origin=3, ca="x", log="y")
        self.assertEqual([text.count(kind) for kind in ("match: \"", "allowed", "denied")], [7, 7, 7])


class Held(unittest.TestCase):
    def test_connections_count_once_their_handshake_is_over(self):
        metrics = ("# TYPE ccnproxy_upstream_connections gauge\n"
                   'ccnproxy_upstream_connections{origin="https://a",protocol="h2",state="ready"} 7\n'
                   'ccnproxy_upstream_connections{origin="other",protocol="http/1.1",state="full"} 5\n'
                   'ccnproxy_upstream_connections{origin="https://a",protocol="unknown",state="connecting"} 3\n'
                   'ccnproxy_clients 100\n')
        self.assertEqual(growth_daemon.count_connections(metrics), 12)

    def test_fewer_than_it_should_hold_is_told(self):
        subject = Subject("clients", 100, clients=100)
        self.assertEqual(growth_daemon.lost(subject, 100, 10), "")
        self.assertEqual(growth_daemon.lost(subject, 99, 10), "clients_100: 1 idle clients were closed")
        self.assertEqual(growth_daemon.lost(subject, 100, 9), "clients_100: only 9 connections to 10 origins")


class IdleClients(unittest.TestCase):
    REQUEST = b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n"

    def serve(self, serve):
        server = Server(serve)
        self.addCleanup(server.close)
        return server

    def test_shares_hold_all_and_none_too_many(self):
        self.assertEqual(idle_clients.shares(25, most=10), [10, 10, 5])
        self.assertEqual(idle_clients.shares(10, most=10), [10])

    def test_all_are_held_until_one_is_closed(self):
        drop = threading.Event()

        def serve(connection):
            first = server.accepted == 1
            read_head(connection)
            connection.sendall(ANSWER)
            if first:
                drop.wait(20)
            else:
                read_head(connection)
        server = self.serve(serve)
        clients = idle_clients.IdleClients(server.port, 1, "x", 0)
        self.addCleanup(clients.close)
        self.assertEqual((clients.held(), clients.alive()), (1, 1))
        drop.set()
        deadline = time.monotonic() + 20
        while clients.alive() and time.monotonic() < deadline:
            pass
        self.assertEqual(clients.alive(), 0)

    def test_several_come_from_the_address_that_is_given(self):
        found = []

        def serve(connection):
            found.append(connection.getpeername()[0])
            answering(ANSWER)(connection)
        server = self.serve(serve)
        held = idle_clients.connect_all(server.port, 250, "127.0.0.7", self.REQUEST)
        for client in held:
            client.close()
        self.assertEqual((len(held), found), (250, ["127.0.0.7"] * 250))

    def test_another_status_and_half_an_answer_do_not_count(self):
        def cut(connection):
            read_head(connection)
            connection.sendall(ANSWER[:-1])
        for serve in (answering(ANSWER.replace(b"200 OK", b"503 No")), cut):
            self.assertEqual(idle_clients.connect_all(self.serve(serve).port, 2, "127.0.0.1", self.REQUEST), [])


class Report(unittest.TestCase):
    @staticmethod
    def run_of(losses=(), failed=0):
        def slices(cpu_us):
            return [{"cpu_us": cpu_us, "rps": 1.0, "p50_us": 1.0, "p99_us": 7.0, "load_us": 1.0, "completed": 3,
                     "failed": failed, "errors": {"reset": failed}}] * 8
        found = subjects({"origins": [10, 100], "clients": [100, 1000], "workers": [1, 2], "rules": [10]})
        costs = {"origins_100": 10.9, "clients_1000": 12.0}
        few = {"warm": {"kib": 1100, "connections": 10}, "asked": {"kib": 3072, "connections": 20}}
        many = {"warm": {"kib": 2124, "connections": 42}, "asked": {"kib": 5120, "connections": 84}}
        memory = {name: {"size": one.size, "clients": {"kib": 7120}, **many} for name, one in found.items()}
        memory.update({"empty_0": {"size": 0, "warm": {"kib": 1024}}, "origins_10": {"size": 10, **few},
                       "http1_10": {"size": 10, **few}, "http1_42": {"size": 42, **many}})
        return {"machine": {"machine": "two cores"}, "cuts": [], "losses": list(losses), "memory": memory,
                "subjects": {name: {"axis": one.axis, "size": one.size} for name, one in found.items()},
                "idle_ms": dict.fromkeys(found, 0.5), "resident_mib": dict.fromkeys(found, 20.0),
                "slices": {case: {name: slices(costs.get(name, 10.0)) for name in found} for case in ("busy", "slow")}}

    def test_each_size_is_judged_by_the_smallest_of_its_kind(self):
        text = growth_report.GrowthReport(self.run_of()).markdown()
        grown = "| 1.09 (1.09 to 1.09) | no | 7.00 "
        self.assertIn("| warm origins: 100 | 10.9 " + grown + "| 10.9 " + grown + "| 0.50 | 20.0 |", text)
        self.assertIn("| idle clients: 1,000 | 12.0 | 1.20 (1.20 to 1.20) | yes | 7.00 |", text)
        self.assertIn("| warm origins: 10 | 10.0 |  |  | 7.00 |", text)

    def test_memory_is_of_each_connection_and_each_client(self):
        text = growth_report.GrowthReport(self.run_of()).markdown()
        for row in ("nothing asked yet, MiB | 1.00 |", "h2 connection, never used, KiB (of 32 more) | 32.0 |",
                    "http/1.1 connection, after a request to each origin, KiB (of 64 more) | 32.0 |",
                    "an idle client, KiB (of 1,000) | 2.00 |"):
            self.assertIn(row, text)

    def test_what_was_lost_or_failed_is_a_failure(self):
        self.assertEqual(growth_report.GrowthReport(self.run_of()).failures(), [])
        lost = growth_report.GrowthReport(self.run_of(losses=["clients_100: 1 idle clients were closed"]))
        self.assertEqual(lost.failures(), ["clients_100: 1 idle clients were closed"])
        self.assertIn("- clients_100: 1 idle clients were closed", lost.markdown())
        self.assertIn("origins_10, busy: 8 requests failed {'reset': 8}",
                      growth_report.GrowthReport(self.run_of(failed=1)).failures())

    def test_plot_has_origins_and_clients_by_size(self):
        plot = growth_report.GrowthReport(self.run_of()).svg()
        for part in (">warm origins: CPU per request, µs<", ">idle clients: p99, µs<", ">1,000<", ">12.0<"):
            self.assertIn(part, plot)
        self.assertEqual(plot.count("<circle"), 4 * 2 * 2)  # panels, lines, sizes


if __name__ == "__main__":
    CCNPROXY = sys.argv.pop(1)
    unittest.main()
