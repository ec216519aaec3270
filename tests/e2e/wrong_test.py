"""What is wrong with a suite, a target or answers is told before anything is run: status 2, and no run folder.

Every mistake of tests/suite/wrong/mistakes.yaml is judged by tests/suite/wrong_test.cpp in one process; here some of them are
given to the command itself."""
import concurrent.futures
import re
import unittest

import yaml

import peers

WRONG = peers.SOURCE / "tests/suite/wrong"
ROWS = [(kind, row) for kind, rows in yaml.safe_load((WRONG / "mistakes.yaml").read_text()).items() for row in rows]
EVERY = 12
SECRETS = {"WRONG_SECRET": "canary-wrong-secret", "WRONG_PASSWORD": "canary-wrong-password"}


def run_with(kind, row):
    """(process, whether a run folder was made) of the good files with that one mistake; none: with no mistake."""
    with peers.temporary_folder() as folder:
        for name in ("suite", "target", "answers"):
            text = (WRONG / f"{name}.yaml").read_text()
            (folder / f"{name}.yaml").write_text(text.replace(row["from"], row["to"]) if name == kind else text)
        process = peers.bluebridge("run", folder / "suite.yaml", "--target", folder / "target.yaml", "--answers",
                                   folder / "answers.yaml", "--out", folder / "runs", *([] if kind else ["--plan"]), **SECRETS)
        return process, (folder / "runs").exists()


class WrongTest(unittest.TestCase):
    def test_the_files_without_a_mistake_can_be_run(self):
        process, _ = run_with(None, None)
        self.assertEqual((process.returncode, process.stderr), (0, ""))

    def test_every_kind_of_mistake_ends_with_2_and_runs_nothing(self):
        self.assertGreaterEqual(len(ROWS), 200)
        some = ROWS[::EVERY] + [row for row in ROWS if row[0] == "answers"][:3]
        self.assertEqual({kind for kind, _ in some}, {"suite", "target", "answers"})
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (kind, row), (process, is_made) in zip(some, pool.map(run_with, *zip(*some))):
                with self.subTest(row["to"]):
                    self.assertEqual((process.returncode, process.stdout, is_made), (2, "", False), process.stderr)
                    place = re.compile(rf"^\S*/{kind}\.yaml:\d+:\d+: error: ", re.MULTILINE)
                    self.assertRegex(process.stderr, place)
                    self.assertIn(row["says"], process.stderr)
                    self.assertNotIn("canary", process.stderr)


if __name__ == "__main__":
    unittest.main()
