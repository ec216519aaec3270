"""The published JSON Schemas agree with the readers: they accept our own files
and refuse every mistake of shape."""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = SOURCE / "conformance/schemas"

# What only the reader or the linter can see: YAML itself, and meaning.
BEYOND_SCHEMA = {
    "tab_indentation", "colon_in_plain_text", "duplicate_key", "anchor_and_alias", "unknown_role", "unknown_verb",
    "unknown_argument", "unknown_format", "unknown_probe", "unknown_capability", "unknown_reference",
    "not_reached_through_needs", "unknown_need", "circle_of_needs", "unknown_requirement", "requirement_without_test",
    "unknown_option_value", "unknown_defect", "fault_in_unknown_step", "negative_without_twin", "shall_without_catches",
    "same_title_twice", "test_without_claim", "secret_shown", "bad_json_path", "wants_not_gated", "nothing_uses_input",
    "inbox_without_lock", "shall_claimed_as_may", "claim_that_never_holds", "claim_that_cannot_fail",
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core schema: PyYAML alone reads 1.1, where `no` is false."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def load(file):
    return yaml.load(file.read_text(encoding="utf-8"), CoreLoader)


def schema_for(document):
    name = document["format"].split("/")[0].removeprefix("bluebridge-")
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def main():
    failures = []
    for file in sorted(SCHEMAS.glob("*.schema.json")):
        jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))

    good = [file for folder in ("conformance/suites", "conformance/requirements", *(f.relative_to(SOURCE) for f in sorted((SOURCE / "conformance/documents").iterdir()) if f.is_dir()),
                                "conformance/statements", "samples/targets", "tests/suite/good")
            for file in sorted((SOURCE / folder).glob("*.yaml"))]
    for file in good:
        document = load(file)
        errors = list(jsonschema.Draft202012Validator(schema_for(document)).iter_errors(document))
        failures += [f"{file}: refused: {list(error.absolute_path)}: {error.message[:200]}" for error in errors]

    validator = jsonschema.Draft202012Validator(json.loads((SCHEMAS / "suite.schema.json").read_text(encoding="utf-8")))
    refused = 0
    for file in sorted((SOURCE / "tests/suite/mistakes").glob("*.yaml")):
        if file.stem.split("_", 1)[1] in BEYOND_SCHEMA:
            continue
        refused += 1
        if validator.is_valid(load(file)):
            failures.append(f"{file}: accepted, expected a refusal")

    print("\n".join(failures))
    print(f"{len(good)} good files, {refused} mistakes of shape, {len(failures)} failures")
    return 1 if failures or len(good) < 3 or refused < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
