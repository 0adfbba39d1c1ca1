# SPDX-License-Identifier: BSD-3-Clause
"""A program that does not speak our protocol: listens, answers, hangs or flaps when told.

usage: server.py PORT FILE [delay=SECONDS] [fd=N] [beat=SECONDS]
The first line of FILE says what to do with a request: ok, fail, hang; read at each request.
"""
import os
import signal
import socket
import sys
import threading
import time

port, file = int(sys.argv[1]), sys.argv[2]
options = dict(each.split("=") for each in sys.argv[3:])


def mode():
    with open(file, encoding="utf-8") as words:
        return words.readline().strip()


def end(number, _):
    print("ends by", signal.Signals(number).name, flush=True)
    os._exit(0)


for each in (signal.SIGTERM, signal.SIGQUIT, signal.SIGUSR1):
    signal.signal(each, end)
time.sleep(float(options.get("delay", 0)))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(64)


def beat(fd):
    while mode() != "hang":
        os.write(fd, b"beat\n")
        time.sleep(float(options["beat"]))


if "fd" in options:
    os.write(int(options["fd"]), b"ready\n")
    if "beat" in options:
        threading.Thread(target=beat, args=(int(options["fd"]),), daemon=True).start()
kept = []
while True:
    peer, _ = listener.accept()
    if mode() == "hang":
        kept.append(peer)  # never answered
        continue
    peer.settimeout(1)
    try:
        peer.recv(65536)
        status = "200 OK" if mode() == "ok" else "500 No"
        peer.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
    except OSError:
        pass
    peer.close()
