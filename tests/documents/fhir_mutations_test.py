"""Published examples, damaged in many ways: what HL7's JSON Schema of R4 refuses, check refuses too."""
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import warnings

try:
    import jsonschema
except ImportError:
    print("SKIPPED: python3-jsonschema is not installed", file=sys.stderr)
    sys.exit(77)

warnings.simplefilter("ignore", DeprecationWarning)  # RefResolver; its successor is not in Debian 12

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
DATA = pathlib.Path(os.environ.get("BB_TEST_DATA", SOURCE.parent / "shared/data")) / "fhir"
BLUEBRIDGE = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin/bluebridge"
COUNT = 600


def places(value, found, path=()):
    """Every (holder, key) below a resource but what is in the narrative."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key in ("resourceType", "text", "meta"):
            continue
        found.append(path + (key,))
        places(inner, found, path + (key,))
    return found


def holder_of(resource, path):
    for key in path[:-1]:
        resource = resource[key]
    return resource


def add_unknown(holder, key):
    target = holder[key] if isinstance(holder[key], dict) else holder
    if isinstance(target, list):
        return False
    target["xyzzy"] = 1
    return True


def drop(holder, key):
    if isinstance(holder, list):
        return False
    del holder[key]
    return True


def change_type(holder, key):
    value = holder[key]
    if isinstance(value, (dict, list)):
        holder[key] = 7
    else:
        holder[key] = {"xyzzy": "x"} if isinstance(value, str) else "x"
    return True


def change_array(holder, key):
    if isinstance(holder, list):
        return False
    value = holder[key]
    holder[key] = value[0] if isinstance(value, list) else [value]
    return True


def spoil(holder, key):
    if not isinstance(holder[key], str):
        return False
    holder[key] = " not  what it was "
    return True


MUTATIONS = (add_unknown, drop, change_type, change_array, spoil)


class FhirMutationsTest(unittest.TestCase):
    def test_what_the_schema_refuses_is_refused(self):
        if not DATA.is_dir():
            print(f"SKIPPED: no published documents at {DATA}", file=sys.stderr)
            sys.exit(77)
        schema = json.loads((DATA / "definitions-r4/fhir.schema.json").read_text())
        resolver = jsonschema.RefResolver.from_schema(schema)
        examples = []
        for file in sorted((DATA / "examples/us-core-6.1.0").glob("*.json")):
            resource = json.loads(file.read_text())
            if resource["resourceType"] != "Bundle" and "contained" not in resource:
                examples.append(resource)
        validators = {}

        def is_refused(resource):
            kind = resource.get("resourceType")
            if kind not in validators:
                validators[kind] = jsonschema.Draft6Validator({"$ref": f"#/definitions/{kind}"}, resolver=resolver)
            return not validators[kind].is_valid(resource)

        # The schema refuses some as they are: it knows no extension of a canonical address.
        examples = [example for example in examples if not is_refused(example)]
        self.assertGreater(len(examples), 100)
        draw = random.Random(5)
        with tempfile.TemporaryDirectory(prefix="bb-fhir-") as name:
            folder = pathlib.Path(name)
            subprocess.run([BLUEBRIDGE, "data", "import", "--data", folder / "data", DATA / "definitions-r4"], check=True,
                           capture_output=True, timeout=120)
            refused = {}
            made = 0
            while made < COUNT:
                mutation = MUTATIONS[made % len(MUTATIONS)]
                resource = copy.deepcopy(draw.choice(examples))
                # By R4 alone: what profiles add the schema does not know.
                resource.get("meta", {}).pop("profile", None)
                if resource.get("meta") == {}:
                    del resource["meta"]
                path = draw.choice(places(resource, []))
                if not mutation(holder_of(resource, path), path[-1]):
                    continue
                file = folder / f"{made}-{mutation.__name__}.json"
                file.write_text(json.dumps(resource))
                refused[file.name] = (is_refused(resource), path)
                made += 1
            done = subprocess.run([BLUEBRIDGE, "check", "--data", folder / "data", "--level", "error", "--rules", "schema",
                                   "--json", *sorted(folder.glob("*.json"))], text=True, capture_output=True, timeout=300)
            self.assertEqual(done.stderr, "")
            reports = {}
            for line in done.stdout.splitlines():
                report = json.loads(line)
                if "findings" in report:
                    reports[pathlib.Path(report["document"]).name] = report["findings"]
        self.assertEqual(set(reports), set(refused))
        missed = [f"{name} at {path}" for name, (is_bad, path) in refused.items() if is_bad and not reports[name]]
        self.assertEqual(missed, [])
        counts = {}
        for name, (is_bad, _) in refused.items():
            kind = name.split("-")[1].split(".")[0]
            counts.setdefault(kind, [0, 0, 0])
            counts[kind][0] += 1
            counts[kind][1] += is_bad
            counts[kind][2] += bool(reports[name])
        print("mutation: made, refused by the schema, refused here:", counts)
        # No mutation is in vain: the schema refuses most of each kind but those of
        # elements that may be absent.
        for kind, (count, by_schema, here) in counts.items():
            self.assertGreaterEqual(here, by_schema, kind)
            if kind in ("add_unknown", "change_type", "change_array"):
                self.assertGreater(by_schema, count * 0.7, kind)


if __name__ == "__main__":
    unittest.main()
