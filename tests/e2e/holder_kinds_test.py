"""The suite pledge.data_holder judges a payer and a pharmacy by what they hold, and how timely a holder is: the sample portal
plays each, and each of its mistakes fails the rows of the catalogue that are about it."""
import concurrent.futures
import json
import pathlib
import unittest

import peers

EXPECTED = json.loads((pathlib.Path(__file__).parent / "holder_kinds.json").read_text())["defects"]
OWN = {"PLEDGE-DH-35": "payer", "PLEDGE-DH-36": "pharmacy"}
PEOPLE = ("alice", "bruno", "carol", "ruth")
NAMES = {"alice": {"full_name": "Alice Jones Newman", "family_name": "Newman", "birth_date": "1970-05-01",
                   "birth_date_shown": "01 May 1970", "record": "alice", "role": "patient"},
         "bruno": {"full_name": "Bruno Little", "family_name": "Little", "birth_date": "1999-12-31",
                   "birth_date_shown": "31 Dec 1999", "record": "bruno", "role": "patient"},
         "carol": {"role": "caregiver", "full_name": "Carol Newman"}, "ruth": {"role": "revoked", "full_name": "Ruth Former"}}
# Of samples/records/*.json, read without any code of ours.
PAYER = {
    "alice": {"coverage": ["Example Silver HMO", "EHP-0001-02"], "medical_claims": ["C-2024-0039", "Office visit"],
              "pharmacy_claims": ["C-2024-0021", "amoxicillin 500 MG Oral Capsule"],
              "clinical": ["pneumococcal polysaccharide vaccine, 23 valent"]},
    "bruno": {"coverage": ["Example Silver HMO", "EHP-0002-03"], "medical_claims": ["C-2024-0184", "Office visit"],
              "pharmacy_claims": ["C-2024-0185", "amoxicillin 500 MG Oral Capsule"], "clinical": []}}
PHARMACY = {
    "alice": {"first_fill": ["amoxicillin 500 MG Oral Capsule", "16 Jan 2024", "30 capsule", "Days of supply: 10", "Dana Sample MD",
                             "Refills left: 0"],
              "second_fill": ["atorvastatin 20 MG Oral Tablet", "05 Sep 2024", "90 tablet", "Days of supply: 90", "Dana Sample MD",
                              "Refills left: 3"],
              "fill_codes": ["99999020030", "99999050090", "308191", "617318"], "fill_dates": ["2024-01-16", "2024-09-05"],
              "fill_quantities": [30, 90], "fill_days": [10, 90], "prescriber": "Dana Sample MD",
              "refills_left": ["Refills left: 0", "Refills left: 3"], "vaccines": ["zoster vaccine recombinant"],
              "allergies": ["Penicillin"]},
    "bruno": {"first_fill": ["amoxicillin 500 MG Oral Capsule"], "second_fill": ["ibuprofen 400 MG Oral Tablet"],
              "vaccines": ["influenza, injectable, quadrivalent, contains preservative"], "allergies": ["Natural rubber latex"]}}
IN_FACTS = ("coverage", "medical_claims", "pharmacy_claims", "clinical", "vaccines", "allergies")


def facts_of(kind, account):
    """What the patient's record has to show by name: a drug is the first word of a fill."""
    own = {"payer": PAYER, "pharmacy": PHARMACY}[kind][account]
    drugs = [own[fill][0] for fill in ("first_fill", "second_fill") if fill in own]
    return {**own, "facts": drugs + [fact for name in IN_FACTS for fact in own.get(name, [])]}


def portal(kind, *arguments, **more):
    return peers.Portal("--holder", kind, "--cleartext", "--source", *arguments, **more)


def target_of(ready, kind, **options):
    """The target of a portal that said `ready`."""
    people = {}
    for number, account in enumerate(PEOPLE):
        own = {"payer": lambda: facts_of("payer", account), "pharmacy": lambda: facts_of("pharmacy", account)}.get(kind, dict)()  \
            if account in ("alice", "bruno") else {}
        people[account] = peers.person(account, f"BB_TEST_PASSWORD_{number}", **NAMES[account], **own)
    target = json.loads(peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people,
                                          {"patient": "alice", "caregiver": "carol", "former_caregiver": "ruth",
                                           "stranger": "bruno"}, ready.get("cleartext_url")))
    target["profile"].update(holder=kind, content=["complete"])
    target["roles"]["portal"]["config"]["source_url"] = ready["source"]
    target.update(clock="virtual", options={"timeliness": "measured", **options})
    return json.dumps(target)


def run_suite(folder, ready, kind, *arguments, **options):
    """(process, run folder, report) of the pledge suite, in process."""
    return peers.run_suite(folder, target_of(ready, kind, **options), "--in-process", *arguments, **peers.passwords(PEOPLE))


def rows(report, outcome):
    return sorted(row["id"] for row in report["requirements"] if row["outcome"] == outcome)


class CleanTest(unittest.TestCase):
    def conformant(self, kind, own, other):
        with peers.temporary_folder() as folder, portal(kind) as holder:
            process, run, report = run_suite(folder, holder.ready, kind)
            said = peers.told(report) + process.stderr
            self.assertEqual(process.returncode, 0, said)
            self.assertRegex(report["verdict"]["word"], r"^conformant, \d+ attested$", said)
            passed, outcomes = rows(report, "pass"), peers.outcomes(report)
            for row in (own, "PLEDGE-DH-09", "PLEDGE-DH-13", "PLEDGE-DH-17", "PLEDGE-DH-37"):
                self.assertIn(row, passed, said)
            self.assertIn(other, rows(report, "omit"))
            # No C-CDA is asked of such a holder, and nothing of certification.
            for name in ("download_ccda", "formats", "transmit", "history"):
                self.assertEqual(outcomes[name], "omit", name)
            self.assertEqual([row for row in rows(report, "pass") + rows(report, "fail") if row.startswith("VDT15-")], [])
            cause = next(t["cause"] for t in report["tests"] if t["name"] == "history")
            self.assertIn(f"applies when option 'holder' is", cause)
            self.assertIn(kind, cause)
            peers.faults_noticed(run, are_skips_allowed=True)

    def test_a_payer_is_conformant(self):
        self.conformant("payer", "PLEDGE-DH-35", "PLEDGE-DH-36")

    def test_a_pharmacy_is_conformant(self):
        self.conformant("pharmacy", "PLEDGE-DH-36", "PLEDGE-DH-35")


def run_with(defect, kind):
    with peers.temporary_folder() as folder, portal(kind, defect=defect) as holder:
        process, _, report = run_suite(folder, holder.ready, kind)
        return process, report


class DefectsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            cls.runs = {name: pool.submit(run_with, one["defect"], one["holder"]) for name, one in EXPECTED.items()}

    def test_every_defect_is_expected(self):
        self.assertEqual({name for name in peers.portal_defects() if name.startswith("holder-")},
                         {one["defect"] for one in EXPECTED.values() if one["defect"].startswith("holder-")})


def check_defect(name, expected):
    def test(self):
        process, report = self.runs[name].result()
        said = peers.told(report) + process.stderr
        self.assertEqual(rows(report, "fail"), sorted(expected["fail"]), said)
        self.assertEqual(process.returncode, 1, said)
        self.assertFalse([t["name"] for t in report["tests"] if t["outcome"] == "error"], said)
    return test


for run_name, one_run in EXPECTED.items():
    setattr(DefectsTest, "test_" + run_name.replace("-", "_"), check_defect(run_name, one_run))

if __name__ == "__main__":
    peers.main()
