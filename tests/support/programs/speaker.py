# SPDX-License-Identifier: BSD-3-Clause
"""A program that speaks the worker protocol: answers what other containers ask of it, and asks
them. As a worker of a pool it answers HTTP requests with what its target answers.

usage: speaker.py [deaf] [late]     deaf: after READY it reads nothing; late: READY comes when told
"""
import os
import sys
import time

from kraken_speech import (CALL, COMMAND, DONE, DRAIN, FAIL, FAILED, FATAL, MESSAGE, NOTICE, READY,
                           REPLY, REQUEST, RESPONSE, RESULT, RESUME, WATCH, Channel)

channel = Channel(letters=True)
heard = []


def answer(value, sender):
    if isinstance(value, dict) and "ask" in value:
        return DONE, list(channel.call(value["ask"], value["value"]))
    if isinstance(value, dict) and "order" in value:
        return DONE, list(channel.command(value["order"], value["value"]))
    if value == "heard":
        return DONE, heard
    if value == "throw":
        return FAILED, ["ValueError", "thrown here", "7"]
    if value == "fail":
        channel.send(FAIL, 0, ["SpeechError", "lost for words", "speaker.py", 3, "", ["Error"]])
    if value == "die":
        channel.send(FATAL, 0, ["SpeechError", "no more words", "speaker.py", 4, "", ["Error"]])
        os._exit(3)
    if value == "garbage":
        channel.socket.sendall(b"\xff" * 64)
    return DONE, [value, sender, channel.welcome["args"]]


def work():
    while True:
        kind, stream, payload = channel.next()
        if kind == MESSAGE:
            heard.append(payload)
            channel.log("info", "heard", sender=payload[0])
            if isinstance(payload[1], str) and payload[1].startswith("watch "):
                channel.send(WATCH, 0, [payload[1].removeprefix("watch "), True])
        elif kind == CALL:
            channel.send(REPLY, stream, list(answer(payload[1], payload[0])))
        elif kind == COMMAND:
            channel.send(RESULT, stream, [DONE, {"name": payload[1], "params": payload[2]}])
        elif kind == REQUEST:
            status, value = channel.call(payload[3], payload[2])
            channel.send(RESPONSE, stream, [200, [], repr((status, value)).encode()])
        elif kind == NOTICE:
            heard.append(["notice", *payload])
        elif kind == RESUME:
            heard.append("resume")
        elif kind == DRAIN:
            channel.log("info", "drained", then=(payload or {}).get("then", ""))
            return


if "late" in sys.argv:
    while not os.path.exists("ready-now"):
        time.sleep(0.01)
channel.send(READY)
if "deaf" in sys.argv:
    time.sleep(600)
work()
