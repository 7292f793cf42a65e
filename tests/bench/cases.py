"""What is measured: the load of each case."""

from origin import HOST

CLIENT_HOST = HOST + ".ccnproxy-https"


class Case:
    """One kind of load. `unit` divides the CPU time into what people compare."""

    def __init__(self, name, title, arguments, upload=False):
        self.name = name
        self.title = title
        self._arguments = arguments
        self.upload = upload

    def arguments(self, proxy, seconds, pids):
        words = ["--port", proxy.port, "--host", CLIENT_HOST, "--duration", seconds,
                 "--watch", ",".join(str(pid) for pid in pids)] + self._arguments
        if self.upload:
            words += ["--path", f"/upload/{proxy.name}", "--status", "2xx"]
        return words


_SMALL = ["--path", "/small", "--expect", 100]

CASES = [
    Case("A", "64 keep-alive clients, 100 B", ["--connections", 64] + _SMALL),
    Case("B", "32 clients, a new connection each, 100 B",
         ["--connections", 32, "--connection-each"] + _SMALL),
    Case("C", "8 clients, 1 MiB responses",
         ["--connections", 8, "--path", "/large", "--expect", 1 << 20]),
    Case("D", "2 clients, 10 MiB uploads", ["--connections", 2, "--upload", 10 << 20], upload=True),
    Case("A2k", "as A at 2,000/s", ["--connections", 64, "--rate", 2000] + _SMALL),
    Case("B2k", "as B at 2,000/s",
         ["--connections", 32, "--connection-each", "--rate", 2000] + _SMALL),
    Case("A25k", "as A at 25,000/s", ["--connections", 64, "--rate", 25000] + _SMALL),
]
