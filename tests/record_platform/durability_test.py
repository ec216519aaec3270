#!/usr/bin/env python3
"""What the platform acknowledged outlives kill -9, and what was tried again is there once."""
import collections
import http.client
import pathlib
import random
import socket
import ssl
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import WEIGHT, Client, Person, filter_of, group, thing, weight  # noqa: E402
from platform_test import start  # noqa: E402

PUTS, WRITERS, KILLS = 1000, 4, 3
LOST = (OSError, http.client.HTTPException, ssl.SSLError, socket.timeout)


class DurabilityTest(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            self.folder = folder
            self.lock = threading.Lock()
            self.program = start(folder)
            self.todo = collections.deque(range(PUTS))
            self.acknowledged = {}  # number -> id
            self.generation = 0
            tried_again = set()
            seed = random.randrange(1 << 32)
            print(f"seed {seed}", file=sys.stderr)
            chance = random.Random(seed)
            threads = [threading.Thread(target=self.write, args=(tried_again,)) for _ in range(WRITERS)]
            for thread in threads:
                thread.start()
            for kill in range(KILLS):
                wanted = PUTS * (kill + 1) // (KILLS + 1) + chance.randrange(50)
                while len(self.acknowledged) < wanted and any(t.is_alive() for t in threads):
                    time.sleep(0.001)
                with self.lock:
                    self.program.kill()
                    self.program = start(folder)
                    self.generation += 1
            for thread in threads:
                thread.join()
            found = collections.Counter()
            ids = {}
            person, record = self.program.person("alice"), self.program.record("alice")
            alice = Person(Client(self.program), person, record)
            answer = alice.get(group(filter_of(f"<type-id>{WEIGHT}</type-id>")))
            while True:
                for one in answer.info.iter("thing"):
                    number = int(one.findtext(".//client-thing-id"))
                    found[number] += 1
                    ids[number] = one.findtext("thing-id")
                keys = [(e.find("thing-id").text, e.find("thing-id").get("version-stamp"))
                        for e in answer.info.iter("unprocessed-thing-key-info")]
                if not keys:
                    break
                answer = alice.get(group("".join(f'<key version-stamp="{s}">{i}</key>' for i, s in keys)))
            alice.client.wire.close()
            self.program.stop()
            self.assertEqual(len(self.acknowledged), PUTS)
            self.assertEqual({n: found[n] for n in range(PUTS) if found[n] != 1}, {})
            self.assertEqual({n for n in range(PUTS) if ids[n] != self.acknowledged[n]}, set(), "another id than was acknowledged")
            self.assertTrue(tried_again, "no call was cut off: the test showed nothing")
            self.assertEqual(self.generation, KILLS)

    def write(self, tried_again):
        client, generation = None, -1
        while True:
            with self.lock:
                if generation != self.generation:
                    client, generation = None, self.generation
                program = self.program
                try:
                    number = self.todo.popleft()
                except IndexError:
                    return
            try:
                if client is None:
                    client = Client(program)
                answer = Person(client, program.person("alice"), program.record("alice")).put(
                    thing(weight(number + 0.5, client_id=str(number))))
                assert answer.code == 0, (answer.code, answer.message)
                self.acknowledged[number] = answer.keys()[0][0]
            except LOST:
                client = None
                tried_again.add(number)
                self.todo.append(number)


if __name__ == "__main__":
    unittest.main()
