"""Each defect of the sample portal fails the right requirements and no others."""
import concurrent.futures
import json
import pathlib
import unittest

import accessibility_test
import peers

HERE = pathlib.Path(__file__).parent
# Those of the portal's functions show in their own suite: portal_functions_test.py.
OF_FUNCTIONS = json.loads((HERE / "portal_functions.json").read_text())["defects"]
OF_PAGES = accessibility_test.DEFECTS
EXPECTED = json.loads((HERE / "defects.json").read_text())["defects"]


def run_with(defect):
    """The demo's process and its report, with this defect."""
    with peers.temporary_folder() as folder:
        process, run, report = peers.demo(folder, "--defect", defect)
        peers.judged_again(run)
        return process, report


class DefectsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A demo waits more than it works.
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            cls.runs = {defect: pool.submit(run_with, defect) for defect in EXPECTED}

    def test_the_clean_portal_is_conformant_with_attested_rows(self):
        with peers.temporary_folder() as folder:
            process, run, report = peers.demo(folder)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertRegex(report["verdict"]["word"], r"^conformant, \d+ attested$")
            self.assertIn(str(run / "report.html"), process.stdout)
            self.assertGreaterEqual(len(report["attestations"]), 1)
            self.assertTrue(all(a["answer"] == "yes" for a in report["attestations"]))
            self.assertEqual({t["outcome"] for t in report["tests"] if not t["name"].startswith(peers.BY_OPTION)},
                             {"pass", "attested"})
        self.assertEqual(peers.processes_under(), [])

    def test_every_defect_is_listed_and_expected(self):
        listed = peers.portal_defects()
        # Those of mail, XDR and record platforms show where the portal is told to use it alone:
        # tests/portal/direct_defects_test.cpp, mail_test.cpp, xdr_test.py, healthvault_client_test.py,
        # smart_defects_test.cpp, fhir_defects_test.cpp, carin_defects_test.cpp, cms_bluebutton2_test.py,
        # bluebutton_plus_pull_test.py, vdt_test.py, vdt_people_test.py, ehi_export_test.py, health_links_test.py,
        # holder_kinds_test.py.
        elsewhere = ("direct-", "mail-", "xdr-", "record-", "smart-", "fhir-", "carin-", "cms-", "pull-", "vdt-",
                     "people-", "proxy-", "sharing-", "ehi-", "shl-", "holder-")
        names = [name for name in listed if not name.startswith(elsewhere) and name not in OF_FUNCTIONS and name not in OF_PAGES
                 and name != "attachment-of-any-size"]  # of the API alone: portal_functions_api_test.py
        self.assertGreaterEqual(len(names), 12)
        self.assertEqual(sorted(names), sorted(EXPECTED))
        for name, explanation in listed.items():
            self.assertGreater(len(explanation.split()), 5, name)


def check_defect(name, expected):
    def test(self):
        process, report = self.runs[name].result()
        failed = sorted(r["id"] for r in report["requirements"] if r["outcome"] == "fail")
        said = peers.told(report)
        self.assertEqual(failed, sorted(expected), said)
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(report["verdict"]["word"], "not conformant")
        self.assertFalse([t["name"] for t in report["tests"] if t["outcome"] == "error"], said)
        for requirement in expected:
            self.assertIn(requirement, process.stdout)
        self.assertEqual(peers.processes_under(), [])
    return test


for defect_name, requirements in EXPECTED.items():
    setattr(DefectsTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, requirements))

if __name__ == "__main__":
    unittest.main()
