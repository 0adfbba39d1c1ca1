# SPDX-License-Identifier: BSD-3-Clause
"""Messages from the console and what becomes of those nobody handles."""
import json

from integration.php_container_test import PhpCase, php, php_topology


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
