#!/usr/bin/python3
"""Compares what our reader makes of FHIR files with Python's own reading of the JSON.

usage: fhir_oracle.py DUMP_RECORD FOLDER...

For every .json file below the folders that is a FHIR resource: how many facts of each
kind there are and which codes they have, in order, by the rules written down here a
second time; and that the same resources in XML, made here from the JSON, and one a
line, give the same record.
Exits 77 (skipped) when no folder exists.
"""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
from xml.sax.saxutils import quoteattr

KNOWN = {'http://snomed.info/sct', 'http://loinc.org', 'http://www.nlm.nih.gov/research/umls/rxnorm',
         'http://hl7.org/fhir/sid/cvx', 'http://hl7.org/fhir/sid/icd-10-cm', 'http://hl7.org/fhir/sid/icd-9-cm',
         'http://www.ama-assn.org/go/cpt', 'http://hl7.org/fhir/sid/ndc', 'http://unitsofmeasure.org',
         'http://www.cms.gov/Medicare/Coding/ICD10', 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
         'http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'urn:oid:2.16.840.1.113883.6.238',
         'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'http://hl7.org/fhir/ndfrt',
         'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl', 'http://fdasis.nlm.nih.gov',
         'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'http://va.gov/terminology/medrt',
         'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', 'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets'}
NULLS = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor'
MEDICATIONS = ('MedicationRequest', 'MedicationStatement', 'MedicationDispense', 'MedicationAdministration')
KINDS = MEDICATIONS + ('AllergyIntolerance', 'CarePlan', 'CareTeam', 'Composition', 'Condition', 'Coverage', 'Device',
                       'DiagnosticReport', 'DocumentReference', 'Encounter', 'ExplanationOfBenefit',
                       'FamilyMemberHistory', 'Goal', 'Immunization', 'Medication', 'Observation', 'Patient',
                       'Procedure', 'RelatedPerson', 'ServiceRequest')


def code_of(concept):
    codings = [c for c in (concept or {}).get('coding', []) if c.get('code') and c.get('system') != NULLS]
    known = [c for c in codings if c.get('system') in KNOWN]
    return ((known or codings or [{}])[0].get('code') or '')


def says_something(concept):
    concept = concept or {}
    return bool(code_of(concept) or concept.get('text') or any(c.get('display') for c in concept.get('coding', [])))


def codes_in(resource, key):
    return [c.get('code') for category in resource.get(key, []) for c in category.get('coding', [])]


def resources_of(root):
    if root['resourceType'] != 'Bundle':
        return [root]
    return [r for e in root.get('entry', []) if 'resource' in e for r in resources_of(e['resource'])]


def addresses_of(root):
    """fullUrl and Type/id of each entry."""
    found = {}
    for entry in root.get('entry', []) if root['resourceType'] == 'Bundle' else []:
        if 'resource' not in entry:
            continue
        resource = entry['resource']
        for address in (entry.get('fullUrl'), f"{resource['resourceType']}/{resource.get('id')}"):
            if address:
                found.setdefault(address, resource)
    return found


def resolve(reference, holder, addresses):
    target = (reference or {}).get('reference', '').split('/_history/')[0]
    if target.startswith('#'):
        return next((c for c in holder.get('contained', []) if c.get('id') == target[1:]), None)
    return addresses.get(target) or addresses.get('/'.join(target.split('/')[-2:]))


def shelf_of(observation):
    categories = codes_in(observation, 'category')
    if 'vital-signs' in categories:
        return 'vital_signs'
    if 'social-history' in categories or 'sdoh' in categories:
        return 'social_history'
    if {'functional-status', 'disability-status', 'cognitive-status', 'survey'} & set(categories):
        return 'functional_status'
    return 'results'


def has_value(observation):
    return 'dataAbsentReason' in observation or any(re.match('value[A-Z]', k) for k in observation)


def told(observation):
    """The codes of the facts in one observation."""
    frame = not has_value(observation) and ('component' in observation or 'hasMember' in observation)
    parts = ([] if frame else [observation]) + observation.get('component', [])
    return [code_of(p.get('code')) for p in parts if says_something(p.get('code'))]


def expected_of(root):
    addresses = addresses_of(root)
    resources = resources_of(root)
    if resources and all(r['resourceType'] not in KINDS for r in resources):
        return None
    facts = {k: [] for k in ('allergies', 'problems', 'medications', 'immunizations', 'results', 'vital_signs',
                             'social_history', 'functional_status', 'procedures', 'encounters', 'claims', 'coverages',
                             'diagnoses', 'items', 'patients', 'care_team', 'goals', 'devices')}
    notes = plan = 0
    members = set()
    for r in resources:
        frame = r['resourceType'] == 'Observation' and not has_value(r) and shelf_of(r) == 'results'
        key = 'result' if r['resourceType'] == 'DiagnosticReport' else 'hasMember' if frame else None
        for reference in r.get(key, []) if key else []:
            target = resolve(reference, r, addresses)
            if target and target['resourceType'] == 'Observation' and shelf_of(target) == 'results':
                members.add(id(target))
    in_panel = set()
    for r in resources:
        kind = r['resourceType']
        refuted = 'refuted' in [c.get('code') for c in r.get('verificationStatus', {}).get('coding', [])] \
            if kind in ('AllergyIntolerance', 'Condition') else False
        if kind == 'AllergyIntolerance' and not refuted and code_of(r.get('code')) != '716186003':
            facts['allergies'].append(code_of(r['code']))
        elif kind == 'Condition' and not refuted and says_something(r.get('code')):
            facts['problems'].append(code_of(r['code']))
        elif kind in MEDICATIONS or (kind == 'Medication' and len(resources) == 1):
            if r.get('status') in ('not-taken', 'not-done') or r.get('doNotPerform'):
                continue
            concept = r.get('code') if kind == 'Medication' else r.get('medicationCodeableConcept')
            if concept is None:
                reference = r.get('medicationReference', {})
                concept = (resolve(reference, r, addresses) or {}).get('code') or {'text': reference.get('display')}
            if says_something(concept):
                facts['medications'].append(code_of(concept))
        elif kind == 'Immunization' and code_of(r['vaccineCode']) != '998' and says_something(r['vaccineCode']):
            facts['immunizations'].append(code_of(r['vaccineCode']))
        elif kind == 'Procedure' and r.get('status') != 'not-done' and says_something(r.get('code')):
            facts['procedures'].append(code_of(r['code']))
        elif kind == 'Encounter' and r.get('status') not in ('cancelled', 'entered-in-error'):
            types = r.get('type') or [{}]
            facts['encounters'].append(code_of(types[0]) if says_something(types[0]) else r['class'].get('code', ''))
        elif kind == 'Observation':
            if shelf_of(r) != 'results':
                facts[shelf_of(r)] += told(r)
            elif id(r) not in members:
                facts['results'] += told(r)
        if kind in ('DiagnosticReport', 'Observation') and shelf_of(r) == 'results' or kind == 'DiagnosticReport':
            for reference in r.get('result' if kind == 'DiagnosticReport' else 'hasMember', []):
                target = resolve(reference, r, addresses)
                if target and id(target) in members and id(target) not in in_panel:
                    in_panel.add(id(target))
                    facts['results'] += told(target)
        if kind == 'ExplanationOfBenefit':
            facts['claims'].append(code_of(r['type']))
            facts['items'] += [str(i['sequence']) for i in r.get('item', [])]
            for d in r.get('diagnosis', []):
                if not any(name.startswith('diagnosis') for name in d):
                    continue  # R4 demands diagnosis[x]; CMS writes a hospital's group of claims without one
                concept = d.get('diagnosisCodeableConcept')
                facts['diagnoses'].append(code_of(concept or (resolve(d.get('diagnosisReference'), r, addresses) or {}).get('code')))
        elif kind == 'Coverage':
            facts['coverages'].append(code_of(r.get('type')))
        elif kind == 'Goal' and says_something(r.get('description')):
            facts['goals'].append(code_of(r['description']))
        elif kind == 'Device' and 'patient' in r:
            facts['devices'].append(code_of(r.get('type')))
        elif kind == 'CareTeam':
            facts['care_team'] += [code_of((p.get('role') or [{}])[0]) for p in r.get('participant', [])]
        elif kind == 'Patient':
            facts['patients'].append(r.get('birthDate', ''))
        elif kind == 'DocumentReference':
            notes += 1
        elif kind == 'DiagnosticReport' and ('presentedForm' in r or 'conclusion' in r):
            notes += 1
        elif kind == 'CarePlan':
            notes += 0 if r.get('activity') else 1
            plan += len(r.get('activity', []))
        elif kind == 'ServiceRequest':
            plan += 1
    facts['notes'] = notes
    facts['plan'] = plan
    return facts


def found_in(record):
    codes = {'allergies': 'substance', 'problems': 'problem', 'medications': 'drug', 'immunizations': 'vaccine',
             'vital_signs': 'test', 'social_history': 'test', 'functional_status': 'test', 'procedures': 'procedure',
             'encounters': 'type', 'claims': 'type', 'coverages': 'type', 'care_team': 'role', 'goals': 'test',
             'devices': 'device'}
    found = {kind: [fact[member]['code'] for fact in record[kind]] for kind, member in codes.items()}
    found['results'] = [o['test']['code'] for panel in record['results'] for o in panel['observations']]
    found['diagnoses'] = [d['code'] for claim in record['claims'] for d in claim['diagnoses']]
    found['items'] = [i['number'] for claim in record['claims'] for i in claim['items']]
    patients = [record['patient']] + record['other_patients']
    found['patients'] = [p['birth_date'] for p in patients if p['birth_date']]
    found['notes'], found['plan'] = len(record['notes']), len(record['plan'])
    return found


def to_xml(value, name, out, is_resource=False):
    """FHIR R4, xml.html: order as in JSON, `id` and `url` as attributes where they are."""
    kind = value.get('resourceType') if isinstance(value, dict) else None
    if not isinstance(value, dict):
        if name == 'div':
            # JSON may hold the entities of HTML, XML knows five.
            out.append(re.sub(r'&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;', lambda m: html.unescape(m[0]), value))
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            out.append(f'<{name} value={quoteattr(text, {chr(10): "&#10;", chr(13): "&#13;", chr(9): "&#9;"})}/>')
        return
    if kind and not is_resource:
        out.append(f'<{name}>')
        to_xml(value, kind, out, True)
        out.append(f'</{name}>')
        return
    attributes = ' xmlns="http://hl7.org/fhir"' if is_resource else ''
    for key in ('id', 'url'):
        if not kind and isinstance(value.get(key), str) and (key == 'id' or name in ('extension', 'modifierExtension')):
            attributes += f' {key}={quoteattr(value[key])}'
    out.append(f'<{name}{attributes}>')
    for key, child in value.items():
        if key == 'resourceType' and kind or f' {key}=' in attributes and not kind:
            continue
        if key.startswith('_'):
            if key[1:] in value:
                continue  # of a primitive with a value: not needed to say the same facts
            for item in child if isinstance(child, list) else [child]:
                if item is not None:
                    to_xml(item, key[1:], out)
            continue
        for item in child if isinstance(child, list) else [child]:
            if item is not None:
                to_xml(item, key, out)
    out.append(f'</{name}>')


class Digits(str):
    """A number with its digits as written."""


def without_places(value):
    if isinstance(value, dict):
        return {k: without_places(v) for k, v in value.items() if k != 'line'}
    return [without_places(v) for v in value] if isinstance(value, list) else value


def main(dump, folders):
    folders = [f for f in folders if os.path.isdir(f)]
    if not folders:
        print('skipped: no folder; set BB_TEST_DATA')
        return 77
    files = sorted(os.path.join(base, name) for folder in folders for base, _, names in os.walk(folder)
                   for name in names if name.endswith('.json'))
    roots = {}
    for path in files:
        with open(path, encoding='utf-8-sig') as file:
            root = json.load(file, parse_float=Digits, parse_int=Digits)
        if isinstance(root.get('resourceType'), str):
            roots[path] = root
    failed = facts = 0
    with tempfile.TemporaryDirectory() as folder:
        twins = []
        for number, root in enumerate(roots.values()):
            out = []
            to_xml(root, root['resourceType'], out, True)
            for ending, text in (('xml', ''.join(out)), ('json', json.dumps(root) + '\n' + '{"resourceType":"Bundle"}\n')):
                twins.append(os.path.join(folder, f'{number}.{ending}'))
                with open(twins[-1], 'w', encoding='utf-8') as file:
                    file.write(text)
        output = subprocess.run([dump] + list(roots) + twins, capture_output=True, text=True, check=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    for number, (path, root) in enumerate(roots.items()):
        line, in_xml, in_lines = lines[number], lines[len(roots) + 2 * number], lines[len(roots) + 2 * number + 1]
        expected = expected_of(root)
        if (expected is None) != ('error' in line):
            failed += 1
            print(f'{path}: {line.get("error", "was read, expected an error: nothing about a patient")}')
        if expected is None or 'error' in line:
            continue
        found = found_in(line['record'])
        expected['patients'] = [p for p in expected['patients'] if p]
        for kind in found:
            facts += len(expected[kind]) if isinstance(expected[kind], list) else expected[kind]
            if found[kind] != expected[kind]:
                failed += 1
                print(f'{path}: {kind}: expected {str(expected[kind])[:300]}, found {str(found[kind])[:300]}')
        for twin, name in ((in_xml, 'XML'), (in_lines, 'one a line')):
            ours, theirs = without_places(line['record']), without_places(twin.get('record', twin.get('error')))
            if ours != theirs:
                failed += 1
                differing = [k for k in ours if not isinstance(theirs, dict) or ours[k] != theirs[k]]
                print(f'{path}: differs in {name}: {differing} {str(theirs)[:200] if not isinstance(theirs, dict) else ""}')
                if isinstance(theirs, dict):
                    print('   ', str(ours[differing[0]])[:400], '\n   ', str(theirs[differing[0]])[:400])
    print(f'{len(roots)} files, {facts} facts, {failed} differences')
    return 1 if failed or facts == 0 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
