#!/usr/bin/python3
"""Judges the FHIR documents that we write by what HL7 published, not by our own checks.

usage: fhir_copy_oracle.py DUMP_RECORD FHIR_FOLDER FOLDER...

Each clinical document below the folders is written as FHIR, and then:
- every resource is valid by the JSON schema of R4 (fhir.schema.json);
- every resource that claims a profile of US Core has the elements that the profile's
  snapshot asks for at least once, outside of slices;
- the invariants of R4 that our resources come near: bdl-7, bdl-9, bdl-10, bdl-11, ait-1, ait-2,
  con-4, con-5, cmp-1, cmp-2, gol-1, vs-1 (where a profile is claimed), vs-2, us-core-8 and 9 of reports, us-core-21, obs-6;
- every reference resolves inside, and the narrative is well-formed XHTML.
Exits 77 (skipped) where the schema, the profiles or jsonschema are not there.
"""
import glob
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError:
    jsonschema = None

PROFILES = 'http://hl7.org/fhir/us/core/StructureDefinition/'


def required_paths(snapshot):
    """Paths below the resource that must be there where their parent is; without slices."""
    for element in snapshot['element']:
        if element.get('min', 0) < 1 or ':' in element['id'] or element['path'].count('.') == 0:
            continue
        yield element['path'].split('.')[1:]


def values_at(node, name):
    """All values of a child; of a choice any of its types, of a primitive also `_name`."""
    if name.endswith('[x]'):
        stem = name[:-3]
        keys = [k for k in node if k.lstrip('_').startswith(stem) and k.lstrip('_')[len(stem):len(stem) + 1].isupper()]
    else:
        keys = [k for k in (name, '_' + name) if k in node]
    for key in keys:
        yield from node[key] if isinstance(node[key], list) else [node[key]]


def missing(node, path):
    parents = [node]
    for name in path[:-1]:
        parents = [v for p in parents for v in values_at(p, name) if isinstance(v, dict)]
    return any(not list(values_at(p, path[-1])) and 'extension' not in p for p in parents)


def code_of(concept):
    return [c.get('code') for c in (concept or {}).get('coding', [])]


def strings(node, key):
    if isinstance(node, dict):
        for k, v in node.items():
            if k == key and isinstance(v, str):
                yield v
            yield from strings(v, key)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item, key)


def invariants(r):
    kind = r['resourceType']
    verification = code_of(r.get('verificationStatus')) if isinstance(r.get('verificationStatus'), dict) else []
    in_error = 'entered-in-error' in verification
    if kind == 'AllergyIntolerance' and in_error == ('clinicalStatus' in r):
        yield 'ait-1 or ait-2: clinicalStatus and entered-in-error'
    if kind == 'Condition' and in_error and 'clinicalStatus' in r:
        yield 'con-5: clinicalStatus of an entry in error'
    if kind == 'Condition' and any(k.startswith('abatement') for k in r):
        if not set(code_of(r.get('clinicalStatus'))) & {'inactive', 'resolved', 'remission'}:
            yield 'con-4: abated and active'
    if kind == 'Observation':
        has_value = any(k.startswith('value') for k in r)
        if has_value and 'dataAbsentReason' in r:
            yield 'obs-6: a value and a reason for none'
        if 'vital-signs' in [c for category in r['category'] for c in code_of(category)]:
            if not (has_value or 'dataAbsentReason' in r or 'component' in r):
                yield 'vs-2: neither value nor reason nor component'
            if len(r.get('effectiveDateTime', '2012-08-06')) < 10 and 'meta' in r:
                yield 'vs-1: a vital sign of a date that is not precise to the day'
    if kind == 'DiagnosticReport' and r['status'] in ('final', 'partial', 'amended') and \
            not any(k.startswith('effective') for k in r):
        yield 'us-core-8: final without effective[x]'
    if kind == 'DiagnosticReport' and r['status'] in ('final', 'partial', 'amended') and not {'issued', '_issued'} & set(r):
        yield 'us-core-9: final without issued'
    if kind == 'MedicationRequest' and r['intent'] == 'order' and 'requester' not in r:
        yield 'us-core-21: an order without requester'
    if kind == 'Procedure' and r['status'] in ('completed', 'in-progress') and \
            not any(k.lstrip('_').startswith('performed') for k in r):
        yield 'us-core-7: completed without performed[x]'
    if kind == 'Goal' and any(k.startswith('detail') and 'measure' not in t for t in r.get('target', []) for k in t):
        yield 'gol-1: detail without measure'
    if kind == 'Composition':
        for section in r.get('section', []):
            if 'text' not in section and 'entry' not in section:
                yield 'cmp-1: a section without text and entry'
            if 'emptyReason' in section and 'entry' in section:
                yield 'cmp-2: emptyReason of a section with entries'
            if 'text' not in section:
                yield 'FHIRDOC-03: a section without narrative'


def validator_of(kind, schema, known={}):
    if kind not in known:
        known[kind] = jsonschema.Draft6Validator(
            {'$ref': f'#/definitions/{kind}', 'definitions': schema['definitions']})
    return known[kind]


def faults_of(bundle, schema, profiles):
    if bundle['type'] == 'document' and ('timestamp' not in bundle or 'system' not in bundle['identifier']):
        yield 'bdl-9, bdl-10: a document without identifier and timestamp'
    if bundle['entry'][0]['resource']['resourceType'] != 'Composition':
        yield 'bdl-11: the first resource is no Composition'
    urls = [e['fullUrl'] for e in bundle['entry']]
    if len(set(urls)) != len(urls):
        yield 'bdl-7: a fullUrl twice'
    for reference in strings(bundle, 'reference'):
        if reference not in urls:
            yield f'a reference that leads nowhere: {reference}'
    for div in strings(bundle, 'div'):
        try:
            ElementTree.fromstring(div)
        except ElementTree.ParseError as error:
            yield f'narrative: {error}'
    for entry in bundle['entry']:
        r = entry['resource']
        kind = r['resourceType']
        for error in validator_of(kind, schema).iter_errors(r):
            yield f'{kind} by the schema: {"/".join(map(str, error.path))}: {error.message[:160]}'
        for url in r.get('meta', {}).get('profile', []):
            if url not in profiles:
                yield f'{kind}: no such profile {url}'
                continue
            for path in required_paths(profiles[url]['snapshot']):
                if missing(r, path):
                    yield f'{kind} by {url.rsplit("/", 1)[1]}: {".".join(path)} is missing'
        for fault in invariants(r):
            yield f'{kind}: {fault}'


def main(dump, fhir, folders):
    schema_file = os.path.join(fhir, 'definitions-r4', 'fhir.schema.json')
    guide = glob.glob(os.path.join(fhir, 'ig', 'us-core-6.1.0', '**', 'StructureDefinition-*.json'), recursive=True)
    if jsonschema is None or not os.path.isfile(schema_file) or not guide:
        print('skipped: no jsonschema, no fhir.schema.json or no US Core 6.1.0; set BB_TEST_DATA')
        return 77
    with open(schema_file, encoding='utf-8') as file:
        schema = json.load(file)
    profiles = {}
    for path in guide:
        with open(path, encoding='utf-8') as file:
            definition = json.load(file)
        profiles[definition['url']] = definition
    files = sorted(os.path.join(base, name) for folder in folders for base, _, names in os.walk(folder)
                   for name in names if name.lower().endswith('.xml'))
    output = subprocess.run([dump, '--as', 'fhir'] + files, capture_output=True, text=True, check=True).stdout
    failed = resources = 0
    for path, line in zip(files, output.splitlines(), strict=True):
        copy = json.loads(line).get('copy')
        if copy is None:
            continue
        bundle = json.loads(copy)
        resources += len(bundle['entry'])
        for fault in faults_of(bundle, schema, profiles):
            failed += 1
            if failed <= 60:
                print(f'{path}: {fault}')
    print(f'{len(files)} documents, {resources} resources, {failed} faults')
    return 1 if failed or resources == 0 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
