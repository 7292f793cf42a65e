"""What stands in the daemon's place when it is in trouble: the query of a request says which.

  faulty.py LOG      listens on a port of loopback, which it prints; writes a line "METHOD TARGET" for each request into LOG

?full: 503 as the daemon says it; ?perhaps: 502 as the daemon says it; ?close: takes the request and ends the connection;
?hang: takes the request and says nothing; ?cut: ends in the middle of the response's body.
"""

import socket
import sys
import threading

OWN = "HTTP/1.1 {} X\r\nProxy-Status: ccnproxy; error={}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ANSWERS = {
    "full": OWN.format(503, "connection_limit_reached"),
    "perhaps": OWN.format(502, "connection_terminated"),
    "close": "",
    "cut": "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning",
}


def serve(client, log):
    received = b""
    while b"\r\n\r\n" not in received:
        piece = client.recv(65536)
        if not piece:
            return
        received += piece
    method, target, _ = received.decode("latin-1").split(" ", 2)
    log.write(f"{method} {target}\n")
    log.flush()
    fault = target.partition("?")[2]
    if fault == "hang":
        client.recv(1)
    else:
        client.sendall(ANSWERS[fault].encode())
        client.shutdown(socket.SHUT_WR)
    client.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    with open(sys.argv[1], "a", encoding="utf-8") as log:
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0], log), daemon=True).start()


main()
