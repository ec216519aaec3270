"""The portal serves real vendors' C-CDA files: each patient is the one in the file.

What the file says is read here with Python's own XML reader.
"""
import shutil
import unittest

import peers


def vendor_files(count):
    """About `count` readable files, as many vendors as there are, one patient each."""
    folders = [f for root in ("ccda/onc-2015", "ccda/vendors") if (peers.DATA / root).is_dir()
               for f in sorted((peers.DATA / root).iterdir()) if f.is_dir()]
    queues = [sorted(folder.rglob("*.xml")) for folder in folders]
    chosen = []
    while len(chosen) < count and any(queues):
        for queue in queues:
            while queue:
                file = queue.pop(0)
                try:
                    facts = peers.read_cda(file)
                except (peers.xml.ParseError, AttributeError):
                    continue
                if facts["family_name"] and facts["birth_date"]:
                    chosen.append((file, facts))
                    break
    return chosen[:count], len(folders)


class VendorsTest(unittest.TestCase):
    def test_each_patient_shown_is_the_patient_in_the_file(self):
        if not (peers.DATA / "ccda").is_dir():
            peers.skip_loudly(f"no folder {peers.DATA / 'ccda'}")
        chosen, vendors = vendor_files(40)
        self.assertGreaterEqual(len(chosen), 25)
        self.assertGreaterEqual(vendors, 20)
        with peers.temporary_folder() as folder:
            records = folder / "records"
            records.mkdir()
            people = {}
            variables = passwords = peers.passwords([f"p{i:02}" for i in range(len(chosen))])
            for (i, (file, facts)), variable in zip(enumerate(chosen), variables):
                shutil.copyfile(file, records / f"p{i:02}.xml")
                people[f"p{i:02}"] = peers.person(
                    f"p{i:02}", variable, record=f"p{i:02}", role="patient", family_name=facts["family_name"],
                    full_name=" ".join([*facts["given_names"], facts["family_name"]]), birth_date=facts["birth_date"],
                    birth_date_shown=facts["birth_date_shown"],
                    facts=[facts["family_name"], *facts["given_names"]])
            with peers.Portal(records=records) as portal:
                self.assertEqual(len([p for p in portal.ready["people"] if p["role"] == "patient"]), len(chosen))
                target = peers.target_yaml(portal.ready["url"], portal.ready["ca_file"], portal.ready["inbox"], people,
                                           {"patient": "p00", "stranger": "p01", "caregiver": "p02",
                                            "former_caregiver": "p03"})
                _, _, report = peers.run_suite(folder, target, "--filter", "pledge.data_holder/own_record*",
                                               "--filter", "pledge.data_holder/transmit", "--jobs", "4", **passwords)
        outcomes = {t["name"]: (t["outcome"], t.get("cause")) for t in report["tests"]}
        self.maxDiff = None
        self.assertEqual({n: o for n, o in outcomes.items() if o[0] != "pass"}, {})
        self.assertEqual(len([n for n in outcomes if n.startswith("own_record[")]), len(chosen))

    def test_the_demo_runs_over_a_folder_of_vendors(self):
        if not (peers.DATA / "ccda").is_dir():
            peers.skip_loudly(f"no folder {peers.DATA / 'ccda'}")
        chosen, _ = vendor_files(30)
        with peers.temporary_folder() as folder:
            records = folder / "records"
            records.mkdir()
            for i, (file, _) in enumerate(chosen):
                shutil.copyfile(file, records / f"p{i:02}.xml")
            process, _, report = peers.demo(folder, "--records", records, "--jobs", "4")
            worse = {t["name"]: (t["outcome"], t.get("cause")) for t in report["tests"]
                     if t["outcome"] in ("fail", "error", "skip", "cancel")}
            self.assertEqual(worse, {}, process.stdout + process.stderr)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(peers.processes_under(), [])


if __name__ == "__main__":
    unittest.main()
