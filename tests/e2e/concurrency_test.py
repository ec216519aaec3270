"""Many calls of one session at once, against a server that counts: the limits of the target hold, what the system asks
for is heeded, and what is killed or cancelled in the middle loses nothing."""
import json
import signal
import subprocess
import time
import unittest

import peers
import slow_fhir

VARIABLES = {"BB_LOAD_SECRET": "canary-load-secret"}


class ConcurrencyTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())

    def server(self, delay_ms):
        return self.enterContext(slow_fhir.SlowFhir(delay_ms))

    def command(self, server, limits, *shape, **kinds):
        suite, target = slow_fhir.write(self.folder, server.base, limits, *shape, **kinds)
        return ["run", suite, "--target", target, "--out", self.folder / "runs"]

    def run_load(self, server, limits, *shape, more=(), **kinds):
        done = peers.bluebridge(*self.command(server, limits, *shape, **kinds), *more, **VARIABLES)
        return done, server.counts()

    def folder_of_run(self):
        run, = (self.folder / "runs").iterdir()
        return run

    def events(self):
        return [json.loads(line) for line in (self.folder_of_run() / "events.ndjson").read_text().splitlines()]

    def outcomes(self):
        return {event["test"]: event["outcome"] for event in self.events() if event["type"] == "test_done"}

    def test_as_many_are_in_flight_as_the_target_says_and_no_more(self):
        for more in ((), ("--in-process",), ("--check-connectors",)):
            with self.subTest(more=more), peers.temporary_folder() as self.folder:
                server = self.server(40)
                done, counts = self.run_load(server, {"max_in_flight": 6}, 12, 2, 4, more=more)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(counts["open_max"], 6)
                self.assertEqual(len(counts["arrivals"]), 96)
                self.assertNotIn("misbehaving", done.stdout + done.stderr)

    def test_without_a_word_of_the_target_one_session_asks_for_one_thing_at_a_time(self):
        done, counts = self.run_load(self.server(2), {}, 6, 1, 3, more=("--jobs", 6))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(counts["open_max"], 1)

    def test_the_rate_is_never_exceeded(self):
        rate = 25
        done, counts = self.run_load(self.server(0), {"max_in_flight": 8, "requests_per_second": rate}, 8, 1, 6)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        at = counts["arrivals"]
        self.assertEqual(len(at), 48)
        self.assertGreaterEqual(at[-1] - at[0], 46 / rate)
        # In any second, but for what arrives a little late.
        for first, later in zip(at, at[rate + 2:]):
            self.assertGreaterEqual(later - first, 1)

    def test_one_throttled_answer_slows_all_and_is_judged_as_it_is(self):
        server = self.server(20)
        server.throttle(1, 2)
        done, counts = self.run_load(server, {"max_in_flight": 8}, 16, 1, 4)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        # Its test ended; no other failed, and nothing was asked twice.
        self.assertEqual(list(self.outcomes().values()).count("fail"), 1)
        self.assertEqual(list(self.outcomes().values()).count("pass"), 16)
        self.assertEqual(len(counts["arrivals"]), 61)
        refused, = counts["refused"]
        early = [at - refused for at in counts["arrivals"] if 0.25 < at - refused < 1.95]
        self.assertEqual(early, [])
        throttled, = (event for event in self.events() if event.get("protocol") == "pace")
        self.assertEqual(throttled["step"], "throttled")
        self.assertIn(["retry_after_ms", "2000"], throttled["attributes"])
        waited = [event["paced_ms"] for event in self.events() if "paced_ms" in event]
        self.assertGreaterEqual(len(waited), 7)

    def test_a_token_that_ends_is_renewed_once_for_all_calls(self):
        server = self.server(20)
        server.want_tokens(40)
        done, counts = self.run_load(server, {"max_in_flight": 8}, 24, 1, 5, step=slow_fhir.view,
                                     method="client_credentials")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(counts["open_max"], 8)
        self.assertEqual(counts["tokens"], 3)  # 120 requests, each token good for 40
        self.assertNotIn("canary", (self.folder_of_run() / "events.ndjson").read_text())

    def test_killed_with_many_in_flight_it_comes_to_the_same_outcomes(self):
        server = self.server(60)
        limits, shape = {"max_in_flight": 8}, (12, 3, 2)
        process = self.start(server, limits, *shape)
        before = self.wait_for(server, 20)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertEqual(before["open_max"], 8)
        done_before = len(self.outcomes())
        self.assertLess(done_before, 37)
        server.counts()
        resumed = peers.bluebridge("resume", self.folder_of_run(), **VARIABLES)
        self.assertEqual(resumed.returncode, 0, resumed.stdout + resumed.stderr)
        self.assertEqual(server.counts()["open_max"], 8)
        tests = ["sign_in", *(f"b{branch}_t{number}" for branch in range(12) for number in range(3))]
        self.assertEqual(self.outcomes(), dict.fromkeys(tests, "pass"))

    def test_a_cancel_ends_all_that_is_in_flight(self):
        server = self.server(20_000)
        process = self.start(server, {"max_in_flight": 8}, 12, 1, 2)
        self.wait_for(server, 8)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=30)[0]
        self.assertEqual(process.returncode, 5, output)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(set(self.outcomes().values()), {"pass", "cancel"})  # it had signed in

    def start(self, server, limits, *shape):
        return subprocess.Popen([peers.BIN / "bluebridge", *self.command(server, limits, *shape)], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=peers.environment(**VARIABLES))

    def wait_for(self, server, count):
        """Until so many requests have come."""
        end, open_max, came = time.monotonic() + 30, 0, 0
        while came < count:
            self.assertLess(time.monotonic(), end, f"{came} requests came")
            counts = server.ask("peek")
            open_max, came = counts["open_max"], len(counts["arrivals"])
            time.sleep(0.01)
        return {"open_max": open_max}


if __name__ == "__main__":
    unittest.main()
