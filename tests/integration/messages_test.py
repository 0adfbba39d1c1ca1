# SPDX-License-Identifier: BSD-3-Clause
"""Messages from the console and what becomes of those nobody handles."""
import json
import subprocess
import threading

from integration.php_container_test import PhpCase, php, php_topology
from support.topology import process
from support.waiting import wait_until


class Messages(PhpCase):
    config = php_topology(php("P", "Probe"), php("Q", "Probe"), php("D", "Driver"),
                          process("small", "sleep", "600", speaks="kraken", ready="message",
                                  mailbox={"capacity": 3}, autostart=False),
                          {"id": "late", "type": "php", "start": "Probe", "autostart": False})

    def kraken(self, *words, code=0):
        done = self.daemon.console(*words)
        self.assertEqual(done.code, code, done)
        if code:
            self.assertIn("Try: kraken ", done.err)
        return done

    def answer(self, *words):
        return json.loads(self.kraken(*words).out)

    def test_values_arrive_as_they_were_typed(self):
        value = {"any": ["data", None, 1.5, True, -7, 1 << 62], "": {"a": []}}
        self.assertEqual(
            self.answer("container:command", "P", "probe",
                        json.dumps({"do": "none", "more": value}))["more"], value)
        self.assertEqual(self.answer("container:request", "Main/P", '"text"'),
                         {"echo": "text", "from": ""})
        self.assertEqual(self.answer("container:request", "P", "--text", '"text"')["echo"],
                         '"text"')
        self.assertEqual(self.kraken("container:request", "P", '["forget"]').out, "[]\n")
        self.assertEqual(self.answer("container:request", "P", "7", "-o", "json")["data"]["echo"],
                         7)

    def test_messages_come_in_their_order(self):
        self.kraken("container:request", "P", '["forget"]')
        done = self.kraken("container:send", "P", "1", "[2]", '{"3": null}')
        self.assertEqual(done.out, "Message has been sent.\n")
        self.assertEqual(self.answer("container:request", "P", '["messages"]'),
                         [":1", ":[2]", ':{"3":null}'])

    def test_many_targets(self):
        whole = self.answer("container:request", "P,Q", "1")
        self.assertEqual({name: each["value"]["echo"] for name, each in whole.items()},
                         {"P": 1, "Q": 1})
        part = self.daemon.console("container:request", "P,nobody", "1")
        self.assertEqual(part.code, 1)
        self.assertEqual(json.loads(part.out)["nobody"]["error"]["code"], "not_found")
        self.assertEqual(json.loads(part.out)["P"]["value"]["echo"], 1)
        sent = self.daemon.console("container:send", "Main/?", "1", "2")
        self.assertEqual((sent.code, sent.out.splitlines()[0]), (0, "Sent to 3 of 3 containers."))
        some = self.daemon.console("container:send", "P,nobody", "1")
        self.assertEqual((some.code, some.out.splitlines()[0]), (1, "Sent to 1 of 2 containers."))

    def test_a_mailbox_that_fills_up_tells_how_many_it_took(self):
        # It runs and never says that it is ready: what is sent to it waits in its mailbox.
        start = threading.Thread(target=self.daemon.console, args=("container:start", "small"))
        start.start()
        self.addCleanup(start.join)
        self.addCleanup(self.daemon.console, "container:stop", "small")
        wait_until(lambda: self.daemon.container("small")["phase"] == "starting", "it starts")
        part = self.daemon.console("container:send", "small", *"12345678")
        self.assertEqual((part.code, part.err), (1, ""), part)
        self.assertEqual(part.out.splitlines()[0],
                         "Sent 3 of 8 messages: the mailbox of Main/small is full (mailbox_full)")
        self.assertEqual(self.daemon.container("small")["mailbox"], 3)
        none = self.kraken("container:send", "small", "9", "10", code=1)
        self.assertEqual((none.out, none.err.splitlines()[0]), ("", "Message could not be sent."))
        self.assertIn("(mailbox_full)", none.err)
        many = self.daemon.console("container:send", "small,P", "1", "2", "-o", "json")
        self.assertEqual(many.code, 1, many)
        first, second = json.loads(many.out)["data"]
        self.assertEqual((first["of"], first["sent"], first["error"]["code"]),
                         (2, 0, "mailbox_full"))
        self.assertEqual((second["of"], second["sent"], second["error"]), (2, 2, None))

    def test_why_there_is_no_answer(self):
        for words, code, reason in (
                (("container:send", "nobody", "1"), 3, "no container 'nobody' (not_found)"),
                (("container:request", "nobody", "1"), 3, "no container 'nobody' (not_found)"),
                (("container:request", "x*", "1"), 3, "no container matches 'x*' (not_found)"),
                (("container:send", "x*", "1"), 3, "no container matches 'x*' (not_found)"),
                (("container:send", "late", "1"), 5, "(not_started)"),
                (("container:request", "late", "1"), 5, "(not_started)"),
                (("container:request", "Main", "1"), 2, "(unsupported)"),
                (("container:request", "P", '["throw","far"]'), 1, "DomainException: far"),
                (("container:command", "P", "none"), 1, "Command [none] is not registered."),
                (("container:request", "P", '["exit"]'), 1, "(container_failed)"),
                (("container:send", "P", "hello"), 2, "expected JSON, got 'hello'"),
                (("container:request", "P", "1", "--timeout", "soon"), 2, "expected duration"),
                (("container:send", "P"), 2, "argument 'message' is missing"),
                (("container:request", "P", "1", "2"), 2, "one argument too many")):
            with self.subTest(words=words):
                done = self.kraken(*words, code=code)
                self.assertIn(reason, done.err)
                self.assertEqual(done.out, "")

    def test_silence_ends_a_request_and_signs_of_life_do_not(self):
        done = self.kraken("container:request", "Q", '["busy", 0.7]', "--timeout", "200ms", code=1)
        self.assertIn("Q has not answered within 200ms (timeout)", done.err)
        done = self.daemon.console("container:request", "P", '["later", 0.7]', "--timeout", "300ms",
                                   "--progress")
        self.assertEqual((done.code, done.out), (0, '"later"\n'))
        self.assertEqual(set(done.err.splitlines()), {"P: Task unfinished."})

    def taken_back(self, path):
        wait_until(lambda: "cancelled" in self.kraken("logs", path).out, path + " is told")
        self.assertEqual(self.answer("container:request", path, "1")["echo"], 1)
        self.kraken("container:restart", path)  # nothing is kept: nothing dies with it
        self.assertEqual(self.answer("dead:list", path, "--reason", "in_flight", "-o", "json"), [])

    def test_a_request_has_a_longest_wait_in_all(self):
        done = self.kraken("container:request", "P", '["never"]', "--total", "400ms", code=1)
        self.assertIn("no answer came within 400ms; the request is taken back (timeout)", done.err)
        self.taken_back("P")

    def test_a_request_whose_asker_is_gone_is_taken_back(self):
        with subprocess.Popen(
                self.daemon.console_words("container:request", "Q", '["never"]', "--progress"),
                env=self.daemon.console_environment(), stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True) as console:
            self.assertEqual(console.stderr.readline(), "Q: Task unfinished.\n")
            console.kill()
        self.taken_back("Q")


class Overflows(PhpCase):
    """What senders are told when a mailbox is full: the table of the guide."""

    WORDS = ("reject", "drop_newest", "drop_oldest", "block")
    config = php_topology(php("P", "Probe"), *(
        process(word, "sleep", "600", speaks="kraken", ready="message", autostart=False,
                mailbox={"capacity": 1, "overflow": word}) for word in WORDS))

    def test_each_word_tells_its_senders(self):
        told = {}
        for word in self.WORDS:
            start = threading.Thread(target=self.daemon.console, args=("container:start", word))
            start.start()
            self.addCleanup(start.join)
            self.addCleanup(self.daemon.console, "container:stop", word)
            wait_until(lambda: self.daemon.container(word)["phase"] == "starting", "it starts")
            self.assertEqual(self.daemon.console("container:send", word, "1").code, 0)
            sent = self.daemon.console("container:send", word, "2")
            said = []
            for way, *how in (("message", 0), ("request", {"timeout": 0.1, "total": 0.2})):
                what = json.dumps([way, [word, 3, *how]])
                done = self.daemon.console("container:request", "P", what)
                said.append(done.out.strip() or done.err.split("Runtime\\")[1].split(":")[0])
            told[word] = (sent.code, *said)
            self.assertGreater(self.daemon.container(word)["rejected"], 0, word)
        self.assertEqual(told, {
            "reject": (1, "OverflowException", "TimeoutException"),
            "drop_newest": (1, "0", "TimeoutException"),
            "drop_oldest": (0, "1", "TimeoutException"),
            "block": (1, "2", "TimeoutException")})


class DeadLetters(PhpCase):
    config = php_topology(php("D", "Driver"))

    def test_a_message_to_nobody_is_listed_counted_and_told(self):
        driver = self.driver()
        for _ in range(3):
            driver.ask("sendMessage", "nobody", 1)
        driver.ask("sendMessage", "elsewhere", 1)
        listed = json.loads(self.daemon.console("dead:list", "nobody", "-o", "json").out)
        self.assertEqual([(each["from"], each["to"], each["reason"]) for each in listed],
                         [("Main/D", "nobody", "no_such")] * 3)
        self.assertEqual([each["id"] for each in listed], [1, 2, 3])
        table = self.daemon.console("dead:list", "--reason", "no_such").out.splitlines()
        self.assertEqual(table[0].split(), ["TIME", "FROM", "TO", "REASON"])
        self.assertEqual(table[1].split()[1:], ["Main/D", "nobody", "no_such"])
        self.assertEqual(len(table), 5)
        last = self.daemon.console("dead:list", "-n", "1", "-o", "name")
        self.assertEqual((last.code, last.out), (0, "elsewhere\n"))
        self.assertEqual(self.daemon.console("dead:list", "--reason", "full", "-o", "json").out,
                         "[]\n")
        self.assertEqual(self.daemon.metric("kraken_dead_letters_total", reason="no_such"), 4)
        self.assertEqual(self.daemon.metric("kraken_dead_letters_total", reason="full"), 0)
        events = [each for each in self.daemon.api("events?lines=1000")
                  if each["name"] == "dead_letter"]
        self.assertEqual((events[0]["container"], events[0]["fields"]),
                         ("nobody", {"sender": "Main/D", "reason": "no_such"}))

    def test_words_that_mean_nothing(self):
        for words in (("--reason", "bored"), ("a", "b"), ("-n", "many")):
            with self.subTest(words=words):
                done = self.daemon.console("dead:list", *words)
                self.assertEqual((done.code, done.out), (2, ""))
                self.assertIn("Try: kraken help dead:list", done.err)
