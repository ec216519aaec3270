"""Validates every line of an event file against the schema, and checks that the
run held every type of event that the schema knows.

usage: validate_events.py SCHEMA EVENTS
"""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
seen = set()
problems = []
for number, line in enumerate(open(sys.argv[2], encoding="utf-8"), 1):
    event = json.loads(line)
    seen.add(event["type"])
    for error in validator.iter_errors(event):
        best = jsonschema.exceptions.best_match([error])
        problems.append(f"line {number} ({event['type']}): {best.json_path}: {best.message}")
known = {branch["if"]["properties"]["type"]["const"] for branch in schema["allOf"]}
for missing in sorted(known - seen):
    problems.append(f"no event of type '{missing}' in this run")
for unknown in sorted(seen - known):
    problems.append(f"type '{unknown}' is not in the schema")
print("\n".join(problems))
sys.exit(1 if problems else 0)
