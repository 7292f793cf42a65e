"""Asks /hc on the traffic port and /healthz on the admin port all the while, each over a new connection, and keeps the slowest
answer."""

import http.client
import threading
import time

PATIENCE_S = 10


class HealthWatch:
    """Asks from its construction until end()."""

    def __init__(self, traffic_port, admin_port, pause_s=0.01):
        self._pause_s = pause_s
        self._over = threading.Event()
        self._places = {"/hc": traffic_port, "/healthz": admin_port}
        self.slowest_ms = dict.fromkeys(self._places, 0.0)
        self.asked = dict.fromkeys(self._places, 0)
        self.failed = dict.fromkeys(self._places, 0)
        self._threads = [threading.Thread(target=self._watch, args=(path,)) for path in self._places]
        for thread in self._threads:
            thread.start()

    def _watch(self, path):
        while not self._over.is_set():
            begin = time.monotonic()
            good = self._ask(path)
            self.slowest_ms[path] = max(self.slowest_ms[path], 1000 * (time.monotonic() - begin))
            self.asked[path] += 1
            self.failed[path] += not good
            time.sleep(self._pause_s)

    def _ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._places[path], timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def tell(self, scene):
        """One line a path; asserted is only that each was answered."""
        for path, slowest in self.slowest_ms.items():
            scene.expect(f"{path}: {self.asked[path]} asked, {self.failed[path]} without 200, slowest {slowest:.1f} ms",
                         self.asked[path] > 0 and self.failed[path] == 0)
