"""People are asked at a terminal: what they type is evidence, and a run that they leave goes on where they left it."""
import datetime
import json
import unittest

import peers
from terminal_person import TerminalPerson

SUITE = """format: bluebridge-suite/1
suite: practice
version: "1.0.0"
title: What only people know
tests:
  trained:
    title: Staff were trained
    steps: [{attest: Staff were trained this year.}]
  told:
    title: Patients are told
    steps: [{attest: Patients are told of the function., evidence: note}]
  shown:
    title: The page can be read
    steps: [{attest: The page can be read., evidence: file}]
"""
TARGET = "format: bluebridge-target/1\ntarget: practice\nroles: {}\n"
ANSWERS = """format: bluebridge-answers/1
by: {name: Bo Example}
date: "2026-11-20"
answers:
  practice/trained: yes
  practice/told: {answer: yes, evidence: On the leaflet.}
  practice/shown: no
"""


class PracticeTest(unittest.TestCase):
    """A suite, a target and answers in a folder of their own."""

    def setUp(self):
        context = peers.temporary_folder()
        self.folder = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        (self.folder / "s.yaml").write_text(SUITE)
        (self.folder / "t.yaml").write_text(TARGET)
        (self.folder / "answers.yaml").write_text(ANSWERS)
        (self.folder / "page one.html").write_text("<html>The page</html>")

    def words(self, *more):
        return [peers.BIN / "bluebridge", "run", self.folder / "s.yaml", "--target", self.folder / "t.yaml", "--out",
                self.folder / "runs", *more]

    def run_folder(self):
        [folder] = (self.folder / "runs").iterdir()
        return folder

    def report(self):
        return json.loads(peers.bluebridge("report", self.run_folder(), "--format", "json").stdout)


class AskingTest(PracticeTest):
    def answer(self, person, answers):
        """Types what belongs to each prompt; gives the prompts."""
        prompts = []
        while (prompt := person.prompt()) is not None:
            prompts.append(prompt)
            fitting = next((text for words, text in answers.items() if words in prompt), None)
            self.assertIsNotNone(fitting, prompt)
            person.type(fitting)
        return prompts

    def everything(self, **other):
        return {"Your name": "Ada Example", "Your role": "privacy officer", "trained this year": "yes",
                "told of the function": "yes", "what shows it": "It is on the leaflet.", "can be read.": "yes",
                "path of the file": f"'{self.folder}/page one.html'", **other}

    def test_what_is_typed_is_evidence_with_name_and_date(self):
        with TerminalPerson(self.words("--jobs", "3")) as person:
            prompts = self.answer(person, self.everything())
            status, out = person.end()
        self.assertEqual(status, 0, out + person.seen)
        self.assertIn("conformant, 3 attested", out)
        # Each prompt is answered before the next one stands there, and the name is asked for once.
        self.assertEqual([p.count("\n> ") for p in prompts], [1] * 7)
        self.assertEqual(sum("Your name" in p for p in prompts), 1)
        self.assertEqual(["Question 1" in p or "Question 2" in p or "Question 3" in p for p in prompts].count(True), 3)
        report = self.report()
        told = {a["test"]: a for a in report["attestations"]}
        for answer in told.values():
            self.assertEqual((answer["name"], answer["role"]), ("Ada Example", "privacy officer"))
            self.assertRegex(answer["date"], r"^\d{4}-\d\d-\d\d$")
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.assertLessEqual(abs((datetime.date.fromisoformat(told["told"]["date"]) - today).days), 1)
        self.assertEqual(told["told"]["evidence"], "It is on the leaflet.")
        self.assertEqual(told["shown"]["evidence"], "page one.html")
        kept = self.run_folder() / "blobs" / told["shown"]["evidence_blob"]
        self.assertEqual(kept.read_text(), "<html>The page</html>")
        self.assertIn("Ada Example, privacy officer", out)

    def test_what_does_not_fit_is_asked_for_again_with_what_was_expected(self):
        with TerminalPerson(self.words("--filter", "*/shown")) as person:
            for prompt, typed in [("Your name", ""), ("Nothing was typed", "Ada"), ("Your role", ""),
                                  ("Type yes or no", "perhaps"),
                                  ("'perhaps' is none of: yes, no, decline, later", "yes\x1b[D"),
                                  ("holds more than text", "y"),
                                  ("path of the file", "nowhere.html"),
                                  ("nowhere.html", str(self.folder)),
                                  ("path of the file", str(self.folder / "page one.html").replace(" ", "\\ "))]:
                self.assertIn(prompt, person.prompt())
                person.type(typed)
            status, out = person.end()
        self.assertEqual(status, 0, out + person.seen)

    def test_who_declines_or_says_no_leaves_it_not_attested(self):
        with TerminalPerson(self.words()) as person:
            self.answer(person, self.everything(**{"trained this year": "decline", "told of the function": "no"}))
            status, out = person.end()
        self.assertEqual(status, 3, out)
        causes = {t["name"]: (t["outcome"], t.get("cause", "")) for t in self.report()["tests"]}
        self.assertEqual(causes["trained"][0], "not attested")
        self.assertIn("Ada Example declined to answer", causes["trained"][1])
        self.assertIn("Ada Example answered no", causes["told"][1])
        self.assertEqual(causes["shown"][0], "attested")

    def leave_at_second_question(self, leave):
        with TerminalPerson(self.words("--jobs", "1")) as person:
            for typed in ("Ada Example", "", "yes"):
                person.prompt()
                person.type(typed)
            self.assertIn("told of the function", person.prompt())
            return leave(person)

    def go_on(self):
        with TerminalPerson([peers.BIN / "bluebridge", "resume", self.run_folder()]) as person:
            prompts = self.answer(person, self.everything())
            status, out = person.end()
        self.assertEqual(status, 0, out + person.seen)
        self.assertIn("conformant, 3 attested", out)
        self.assertFalse(any("trained this year" in p for p in prompts))  # it was answered
        self.assertEqual(len(self.report()["attestations"]), 3)

    def test_a_run_that_is_interrupted_at_a_question_goes_on_there(self):
        def interrupt(person):
            person.interrupt()
            return person.end()
        status, out = self.leave_at_second_question(interrupt)
        self.assertEqual(status, 5, out)
        self.assertIn(f"go on with: bluebridge resume {self.run_folder()}", out)
        self.assertNotIn("cancel", {t["outcome"] for t in self.report()["tests"]})
        self.go_on()

    def test_a_run_that_is_killed_at_a_question_goes_on_there(self):
        self.leave_at_second_question(lambda person: person.process.kill())
        self.go_on()

    def test_what_is_left_for_later_waits(self):
        def later(person):
            person.type("Later")
            return person.end()
        status, out = self.leave_at_second_question(later)
        self.assertEqual(status, 4, out)
        self.assertIn("practice/told waits for the answer of a person: Patients are told of the function.",
                      " ".join(out.split()))
        self.assertEqual({w["event"] for w in self.report()["waits"]}, {"person.answer"})
        self.go_on()

    def test_a_detached_run_without_answers_waits_for_a_file_of_them(self):
        detached = peers.bluebridge(*self.words("--detach")[1:])
        self.assertEqual(detached.returncode, 4, detached.stdout + detached.stderr)
        again = peers.bluebridge("resume", self.run_folder(), "--detach")
        self.assertEqual(again.returncode, 4, again.stdout + again.stderr)
        self.assertEqual(len(self.report()["waits"]), 3)
        answered = peers.bluebridge("resume", self.run_folder(), "--answers", self.folder / "answers.yaml")
        self.assertEqual(answered.returncode, 3, answered.stdout + answered.stderr)
        outcomes = {t["name"]: t["outcome"] for t in self.report()["tests"]}
        self.assertEqual(outcomes, {"trained": "attested", "told": "attested", "shown": "not attested"})

    def test_what_was_not_attested_is_attested_afterwards(self):
        first = peers.bluebridge(*self.words()[1:])
        self.assertEqual(first.returncode, 3, first.stderr)
        before = (self.run_folder() / "events.ndjson").read_bytes()
        done = peers.bluebridge("resume", self.run_folder())
        self.assertIn("nothing was left to do", done.stderr)
        none = peers.bluebridge("resume", self.run_folder(), "--failed")
        self.assertIn("no test of it ended so that it is to be done again", none.stderr)
        again = peers.bluebridge("resume", self.run_folder(), "--skipped", "--answers", self.folder / "answers.yaml")
        self.assertEqual(again.returncode, 3, again.stderr)
        self.assertIn("3 tests were done again with resume --skipped", again.stdout)
        self.assertEqual({t["name"]: t["outcome"] for t in self.report()["tests"]},
                         {"trained": "attested", "told": "attested", "shown": "not attested"})
        self.assertEqual(len(self.report()["attestations"]), 3)
        with TerminalPerson([peers.BIN / "bluebridge", "resume", self.run_folder(), "--skipped", "--answers",
                             self.folder / "answers.yaml", "--no-ask"]) as person:
            self.assertEqual(person.end()[0], 3)  # who said no is asked again by a new file alone
        self.assertTrue((self.run_folder() / "events.ndjson").read_bytes().startswith(before))

    def test_a_run_that_is_not_done_is_gone_on_with_first(self):
        peers.bluebridge(*self.words("--detach")[1:])
        refused = peers.bluebridge("resume", self.run_folder(), "--skipped")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("this run is not done: go on with it first", refused.stderr)

    def test_nobody_is_asked_where_that_was_said_or_there_is_no_terminal(self):
        for words in (self.words(), self.words("--no-ask")):
            process = peers.bluebridge(*words[1:])
            self.assertEqual(process.returncode, 3, process.stderr)
            self.assertNotIn("Question", process.stderr)
        with TerminalPerson(self.words("--no-ask")) as person:
            status, _ = person.end()
            self.assertEqual(status, 3)
            self.assertNotIn("Question", person.seen)
        both = peers.bluebridge(*self.words("--ask", "--no-ask")[1:])
        self.assertEqual(both.returncode, 2)
        self.assertIn("'--ask' and '--no-ask' exclude each other", both.stderr)


DOWNLOADS = """format: bluebridge-suite/1
suite: practice
version: "1.0.0"
title: What people hand over
inputs: {ada: {type: person, title: Who downloads, default: ada}}
roles: {portal: {title: The portal, needs: [session, download, activity]}}
tests:
  sign_in: {title: The patient signs in, steps: [{do: portal.sign_in, as: $ada, expect: [{json: $.session.patient, is: Ada One}]}]}
  formats:
    title: The portal offers formats
    needs: sign_in
    steps: [{do: portal.formats, as: $ada, expect: [{json: "$.formats[*].id", is: [blue-button-text, ccda-2.1]}]}]
  files:
    title: The patient downloads files
    needs: sign_in
    steps:
      - {do: portal.download, as: $ada, with: {format: ccda-2.1}, id: first, expect: [{body: raw, contains: first}]}
      - {do: portal.download, as: $ada, with: {format: blue-button-text}, expect: [{body: raw, contains: second}]}
      - {do: portal.download, as: $ada, with: {format: ccda-2.1}, id: again, expect: [{body: raw, contains: first}]}
  histories:
    title: A caregiver reads the history of ${each.record}
    each: {record: [Ada One, Bo Two]}
    steps:
      - {do: portal.sign_in, as: $ada, with: {acting_for: $each.record}, expect: [{json: $.session.patient, is: $each.record}]}
      - {do: portal.activity, as: $ada, expect: [{json: "$.events[*].actor.name", is: $each.record}]}
  others:
    title: The patient gets nothing of ${each.record}
    needs: sign_in
    each: {record: [李明, 王芳]}
    steps: [{do: portal.download, as: $ada, with: {format: ccda-2.1, subject: $each.record}, expect: [{result: refused}]}]
"""
ATTENDED = """format: bluebridge-target/1
target: practice
roles:
  portal: {connector: org.bluebridge.attended.portal, config: {title: Practice, formats: [blue-button-text, ccda-2.1]}}
patients: {ada: {account: ada, method: none, role: patient, record: Ada One}}
"""


class HandingOverTest(PracticeTest):
    """What is typed and handed over for the attended connector."""

    def setUp(self):
        super().setUp()
        (self.folder / "s.yaml").write_text(DOWNLOADS)
        (self.folder / "t.yaml").write_text(ATTENDED)

    def attend(self, test, *prompts, sign_in=(("Sign in", "Ada One"),)):
        with TerminalPerson(self.words("--filter", f"*/{test}", "--jobs", "1")) as person:
            for prompt, typed in [("Your name", "Bo"), ("Your role", ""), *sign_in, *prompts]:
                self.assertIn(prompt, person.prompt() or "the end")
                person.type(typed() if callable(typed) else typed)
            status, out = person.end()
        self.assertEqual(status, 0, out + person.seen)

    def test_formats_that_are_none_are_asked_for_again(self):
        self.attend("formats", ("Type the numbers", "both"), ("'both' is none of the numbers 0 to 2", "1 and 2"),
                    ("'and' is none", "1,2"))

    def test_a_file_stays_what_it_was_when_it_was_handed_over(self):
        saved = self.folder / "my record.txt"

        def save(content):
            saved.write_text(content)
            return saved.as_uri()
        self.attend("files", ("XML", lambda: save("<first/>")), ("text file", lambda: save("second")))

    def test_each_record_of_a_caregiver_has_its_history(self):
        for name in ("Ada One", "Bo Two"):
            (self.folder / f"{name}.txt").write_text(f"2026-11-23 14:05; view; {name}; patient\n")
        histories = [prompt for name in ("Ada One", "Bo Two")
                     for prompt in [(f"for the record {name}", name), ("history", f"{self.folder}/{name}.txt")]]
        self.attend("histories*", *histories, sign_in=())

    def test_two_names_in_other_letters_are_two_questions(self):
        # A letter for yes says nothing of what a portal does.
        self.attend("others*", ("李明", "y"), ("'y' is none of: the portal refuses", "1"),
                    ("王芳", "The portal refuses, or shows nothing of it"))

    def test_a_kind_is_told_in_words(self):
        (self.folder / "empty").write_text("")
        (self.folder / "first.xml").write_text("<first/>")
        (self.folder / "second.txt").write_text("second")
        self.attend("files", ("XML", f"{self.folder}/empty"),
                    ("'empty' is empty, expected an XML file.", "I took the wrong file"),
                    ("XML", f"{self.folder}/first.xml"), ("text file", f"{self.folder}/first.xml"),
                    ("'first.xml' is an XML file, expected a text file.", "2"),
                    ("text file", f"{self.folder}/second.txt"))


if __name__ == "__main__":
    unittest.main()
