"""A run that is interrupted at 50 random moments and gone on with comes to what an uninterrupted one comes to.

Variables: BB_SEED repeats the moments of another time, BB_INTERRUPTIONS is how many."""
import json
import os
import random
import unittest

import interruptions
import peers

SUITE = peers.SOURCE / "tests" / "e2e" / "interrupt.yaml"
ACCOUNTS = ["alice", "carol", "bruno"]
KILLS = int(os.environ.get("BB_INTERRUPTIONS", "50"))


def write_target(folder, ready):
    """Facts of samples/records, read by hand."""
    names = {"alice": "Newman", "carol": "carol", "bruno": "Little"}
    people = {account: peers.person(account, variable, record=account, family_name=names[account],
                                    role="caregiver" if account == "carol" else "patient")
              for account, variable in zip(ACCOUNTS, peers.passwords(ACCOUNTS))}
    target = json.loads(peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people))
    target["roles"]["desk"] = {"connector": "org.bluebridge.attended.portal", "config": {"title": "The desk", "formats": ["ccda-2.1"]}}
    (folder / "target.yaml").write_text(json.dumps(target))
    (folder / "leaflet.txt").write_text("Press the blue button.")
    (folder / "by-hand.xml").write_bytes((peers.SOURCE / "samples" / "records" / "alice.xml").read_bytes())
    (folder / "answers.yaml").write_text(json.dumps({
        "format": "bluebridge-answers/1", "by": {"name": "Rosa Example"}, "date": "2026-11-21",
        "answers": {"interrupted/told.attest": {"answer": "yes", "evidence": "On the sign-in page."},
                    "interrupted/told.leaflet": {"answer": "yes", "evidence": "leaflet.txt"}},
        "questions": {"desk/alice/sign-in": "alice", "desk/alice/download-ccda-2-1": {"file": "by-hand.xml"}}}))
    return ["--target", folder / "target.yaml", "--answers", folder / "answers.yaml"]


class InterruptTest(unittest.TestCase):
    def test_interrupted_at_50_moments_a_run_comes_to_the_same(self):
        seed = int(os.environ.get("BB_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            words = [SUITE, "--jobs", "2", *write_target(folder, portal.ready)]
            (folder / "runs").mkdir()
            kills, expected = interruptions.compare(folder / "runs", words, peers.passwords(ACCOUNTS), KILLS, seed)
        # Nothing is compared where nothing came to anything.
        self.assertEqual(sorted(set(expected["tests"].values())), ["attested", "fail", "pass", "skip"], expected["tests"])
        self.assertEqual(len(kills), KILLS)
        self.assertGreater(len({written for _, written, _ in kills}), KILLS // 4, kills)
        self.assertEqual(peers.processes_under(), [])


if __name__ == "__main__":
    unittest.main()
