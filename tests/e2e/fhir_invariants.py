"""Resources against the invariants of R4 and of the profiles that they claim, by fhirpath.js."""
import json
import os
import pathlib
import shutil
import subprocess


def judge(test, folder, resources, *definitions):
    """What fhir_invariants.mjs says of the resources; the test is skipped where there is no fhirpath.js."""
    modules = pathlib.Path(os.environ.get("BB_NODE_MODULES", "none"))
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or not (modules / "fhirpath").is_dir():
        test.skipTest("no Node.js, or no npm package fhirpath under BB_NODE_MODULES")
    file = folder / "resources.ndjson"
    file.write_text("".join(json.dumps(one) + "\n" for one in resources))
    done = subprocess.run([node, pathlib.Path(__file__).with_name("fhir_invariants.mjs"), modules, file, *definitions],
                          capture_output=True, text=True, timeout=300)
    test.assertEqual(done.returncode, 0, done.stderr)
    return json.loads(done.stdout)
