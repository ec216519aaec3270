"""A redacted run folder: patients with canary names and numbers in every place of the sample portal leave no trace."""
import base64
import io
import json
import pathlib
import quopri
import re
import unittest
import urllib.parse
import zipfile

import peers

CANARIES = ("quillfeather", "tamsinette", "canaryjones", "zzcanary", "canarystreet", "canaryville", "98765432101",
            "555-0177")
OTHERWISE = ("5550177",)  # as nobody writes it here
BIRTH = ("1961-07-19", "19610719", "07/19/1961", "19 jul 1961", "19-jul-1961", "july 19, 1961")
# What the samples say of Alice, and what is said of the canary instead.
SAID = {"Newman": "Quillfeather", "Alice": "Tamsinette", "Jones": "Canaryjones", "SAMPLE-0001": "98765432101",
        "1357 Amber Drive": "17 Canarystreet", "Sampleton": "Canaryville", "555-0111": "555-0177",
        "19700501": "19610719", "1970-05-01": "1961-07-19", "alice": "zzcanary"}
SUITES = ("pledge.data_holder", "outputs.ccda", "outputs.fhir", "outputs.html", "outputs.packages", "outputs.pdf",
          "outputs.text")


def write_records(folder):
    """The samples, with a canary in Alice's place."""
    folder.mkdir()
    for sample in filter(pathlib.Path.is_file, (peers.SOURCE / "samples" / "records").iterdir()):
        text = sample.read_text()
        for word, canary in SAID.items():
            text = text.replace(word, canary)
        (folder / sample.name.replace("alice", "zzcanary")).write_text(text)
    return folder


def decodings(data, depth=3):
    """The bytes, and what they hold in base64, quoted-printable, percent-encoding, JSON escapes, ZIP and UTF-16."""
    yield data
    if depth == 0:
        return
    inner = []
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}", data):
        plain = re.sub(rb"\s|=", b"", run).translate(bytes.maketrans(b"-_", b"+/"))
        for skip in range(4):
            part = plain[skip:len(plain) - (len(plain) - skip) % 4]
            if part:
                inner.append(base64.b64decode(part))
    if inner:
        yield from decodings(b"\n".join(inner), depth - 1)
    for other in (urllib.parse.unquote_to_bytes(data), quopri.decodestring(data),
                  re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m.group(1).decode()), data),
                  data.replace(b"\0", b"")):
        if other != data:
            yield other
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield from decodings(name.encode() + b"\n" + package.read(name), depth - 1)


def traces(folder):
    """Where a canary is still to be seen."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        for data in decodings(file.name.encode() + b"\n" + file.read_bytes()):
            text = data.decode("utf-8", "replace").lower()
            found += [(file.name, word, text[max(0, text.find(word) - 80):text.find(word) + 40])
                      for word in (*CANARIES, *OTHERWISE, *BIRTH) if word in text]
    return found


class RedactTest(unittest.TestCase):
    def run_of(self, folder, defect):
        with peers.Portal(records=write_records(folder / "records"), defect=defect) as portal:
            ready = portal.ready
            accounts = ["zzcanary", "carol", "ruth", "bruno"]
            # Where she lives, and how she is reached, only her documents say.
            facts = {"zzcanary": {"family_name": "Quillfeather", "given_name": "Tamsinette", "birth_date": "1961-07-19",
                                  "full_name": "Tamsinette Canaryjones Quillfeather", "birth_date_shown": "19 Jul 1961",
                                  "facts": ["Penicillin"], "patient": "zzcanary", "record": "zzcanary"},
                     "bruno": {"family_name": "Little", "full_name": "Bruno Little", "birth_date": "1999-12-31",
                               "birth_date_shown": "31 Dec 1999", "patient": "bruno", "record": "bruno", "facts": ["Otitis media"]}}
            people = {name: peers.person(name, f"BB_TEST_PASSWORD_{number}", **facts.get(name, {}))
                      for number, name in enumerate(accounts)}
            (folder / "target.yaml").write_text(peers.target_yaml(
                ready["url"], ready["ca_file"], ready["inbox"], people, {"patient": "zzcanary"}, ready.get("cleartext_url")))
            process = peers.bluebridge("run", *SUITES, "--target", folder / "target.yaml", "--out", folder / "runs",
                                       "--answers", peers.ANSWERS, **peers.passwords(accounts))
            return process, *peers.only_run(folder, process)

    def test_no_canary_is_left(self):
        for defect in (None, "birth-date-wrong"):
            with self.subTest(defect=defect), peers.temporary_folder() as folder:
                process, run, report = self.run_of(folder, defect)
                self.assertIn(process.returncode, (0, 1, 3), process.stderr)
                self.assertGreater(len([t for t in report["tests"] if t["outcome"] == "pass"]), 10, peers.told(report))
                in_evidence = {word for _, word, _ in traces(run)}
                self.assertLessEqual(set(CANARIES) if not defect else {"quillfeather"}, in_evidence)
                self.assertIn("quillfeather", (run / "events.ndjson").read_text().lower())
                done = peers.bluebridge("evidence", "redact", run, "--out", folder / "zz-out", "--json")
                self.assertEqual(done.returncode, 0, done.stderr)
                told = json.loads(done.stdout)
                self.assertEqual(traces(folder / "zz-out"), [])
                # Of a PDF and a package only the hash is left; all else comes to the same.
                self.assertLessEqual({one["suite"] for one in told["differences"]}, {"outputs.pdf", "outputs.packages"})
                self.assertGreater(told["left_out"], 0)
                self.assertGreater(told["claims"], 100)
                masked = json.loads((folder / "zz-out" / "report.json").read_text())
                self.assertEqual([t["outcome"] for t in masked["tests"]], [t["outcome"] for t in report["tests"]])
                self.assertEqual(masked["verdict"]["word"], report["verdict"]["word"])
                verified = peers.bluebridge("evidence", "verify", folder / "zz-out")
                self.assertEqual(verified.returncode, 0, verified.stdout)


if __name__ == "__main__":
    unittest.main()
