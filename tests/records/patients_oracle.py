#!/usr/bin/python3
"""Compares our C-CDA reader with Python's own XML parser over a folder.

usage: patients_oracle.py DUMP_RECORD DATA_FOLDER...

For every file: the patient's name, birth date and gender; the codes of
problems, vaccines and vital signs in order; and whether the file can be read at
all. Rules, written down here a second time on purpose:
- the name is the first with use "L", else the first that says anything; parts
  with qualifier BR give way to others of their kind, null parts are left out;
- dates keep the precision they have; what is no date is empty;
- a document that is not well-formed, has a DOCTYPE, or whose root is not
  ClinicalDocument in urn:hl7-org:v3, is an error that says where or what.
Exits 77 (skipped) when no folder exists.
"""
import datetime
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

V3 = '{urn:hl7-org:v3}'
MS_MAX = 2000  # of one file; a debug build under sanitizers included


def squeeze(text):
    return ' '.join((text or '').split())


def name_parts(name, kind):
    current, at_birth = [], []
    for part in name.findall(V3 + kind):
        text = squeeze(' '.join(part.itertext()))
        if not text or part.get('nullFlavor'):
            continue
        (at_birth if 'BR' in (part.get('qualifier') or '').split() else current).append(text)
    return current or at_birth


def full_name(name):
    if name.get('nullFlavor'):
        return ''
    parts = [p for kind in ('prefix', 'given', 'family', 'suffix') for p in name_parts(name, kind)]
    return ' '.join(parts) if len(name) else squeeze(name.text)


def patient_name(patient):
    names = [(('L' in (n.get('use') or '').split()), full_name(n)) for n in patient.findall(V3 + 'name')]
    said = [n for n in names if n[1]]
    legal = [n for n in said if n[0]]
    return (legal or said or [(False, '')])[0][1]


def iso(value):
    value = (value or '').strip()
    if re.fullmatch(r'\d{4}-\d{2}-\d{2}', value):
        return value
    match = re.fullmatch(r'(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d+)?)?)?)?)?)?([+-]\d{4})?', value)
    if not match:
        return ''
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        datetime.datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return ''
    out = year
    for mark, part in (('-', month), ('-', day), ('T', hour), (':', minute), (':', second)):
        if part:
            out += mark + part
    out += fraction or ''
    if hour and offset:
        out += offset[:3] + ':' + offset[3:]
    return out


GENDERS = {'M': 'male', 'F': 'female', 'UN': 'other', 'OTH': 'other', 'UNK': 'unknown'}
NONE_KNOWN = {'160245001', '716186003', '160244002', '787481004', '182904002'}


def sections(root, loinc):
    for section in root.iter(V3 + 'section'):
        code = section.find(V3 + 'code')
        if code is not None and code.get('code') == loinc:
            yield section


def first_code(element):
    if element is None:
        return None
    for candidate in [element] + element.findall(V3 + 'translation'):
        if candidate.get('code') and not candidate.get('nullFlavor'):
            return squeeze(candidate.get('code'))
    return None


def has_template(element, root):
    return any(t.get('root') == root for t in element.findall(V3 + 'templateId'))


def problem_codes(root):
    for section in sections(root, '11450-4'):
        for observation in section.findall(f'{V3}entry/{V3}act/{V3}entryRelationship/{V3}observation'):
            if not has_template(observation, '2.16.840.1.113883.10.20.22.4.4'):
                continue
            code = first_code(observation.find(V3 + 'value'))
            value = observation.find(V3 + 'value')
            words = (value.get('displayName') or '').lower() if value is not None else ''
            if observation.get('negationInd') == 'true' or code in NONE_KNOWN or words.startswith('no known '):
                continue
            if code:
                yield code


def vaccine_codes(root):
    path = f'{V3}consumable/{V3}manufacturedProduct/{V3}manufacturedMaterial/{V3}code'
    for section in sections(root, '11369-6'):
        for administration in section.findall(f'{V3}entry/{V3}substanceAdministration'):
            code = first_code(administration.find(path))
            # Not "drug or medicament", not "vaccine": no known vaccines.
            is_generic = code in ('410942007', '71181003') and administration.get('negationInd') == 'true'
            if code and code != '998' and not is_generic:
                yield code


def vital_sign_codes(root):
    for section in sections(root, '8716-3'):
        for path in (f'{V3}entry/{V3}organizer/{V3}component/{V3}observation',):
            for observation in section.findall(path):
                code = first_code(observation.find(V3 + 'code'))
                if code and observation.get('negationInd') != 'true':
                    yield code


def expected_of(path):
    """What the reader must say: a dictionary, or a text that says why it must refuse."""
    with open(path, 'rb') as file:
        data = file.read()
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        return f'not well-formed: {error}'
    if b'<!DOCTYPE' in data:
        return 'DOCTYPE'
    if root.tag != V3 + 'ClinicalDocument':
        return f'root {root.tag}'
    patient = root.find(f'{V3}recordTarget/{V3}patientRole/{V3}patient')
    if patient is None:
        patient = ElementTree.Element('none')
    birth = patient.find(V3 + 'birthTime')
    gender = patient.find(V3 + 'administrativeGenderCode')
    expected = {
        'full_name': patient_name(patient),
        'birth_date': iso(birth.get('value')) if birth is not None and not birth.get('nullFlavor') else '',
        'gender': GENDERS.get(gender.get('code'), '') if gender is not None else '',
    }
    # The negative test documents break just what these rules go by.
    is_regular = f'{os.sep}negative-' not in path
    if is_regular and any(has_template(s, '2.16.840.1.113883.10.20.22.2.5.1') for s in root.iter(V3 + 'section')):
        expected['problems'] = list(problem_codes(root))
        expected['vaccines'] = list(vaccine_codes(root))
        expected['vital_signs'] = list(vital_sign_codes(root))
    return expected


def found_in(record, expected):
    found = {key: record['patient'][key] for key in ('full_name', 'birth_date', 'gender')}
    if 'problems' in expected:
        found['problems'] = [p['problem']['code'] for p in record['problems'] if p['problem']['code']]
        found['vaccines'] = [i['vaccine']['code'] for i in record['immunizations'] if i['vaccine']['code']]
        found['vital_signs'] = [v['test']['code'] for v in record['vital_signs'] if v['test']['code']]
    return found


def mistakes_of(line, path):
    expected = expected_of(path)
    if line.get('ms', 0) > MS_MAX:
        yield f'took {line["ms"]} ms, at most {MS_MAX} allowed'
    if isinstance(expected, str):
        if 'error' not in line:
            yield f'was read, expected an error because of {expected}'
        # What is no XML at all has no place in it.
        elif not re.match(r'line \d+, column \d+: |expected the root element ClinicalDocument|expected CDA or CCR in XML',
                          line['error']):
            yield f'error without a place: {line["error"]}'
        return
    if 'error' in line:
        yield f'error: {line["error"]}'
        return
    for key, value in found_in(line['record'], expected).items():
        if value != expected[key]:
            yield f'{key}: expected {expected[key]!r}, found {value!r}'


def main(dump, folders):
    for folder in folders:
        if not os.path.isdir(folder):
            print(f'skipped: no folder {folder}; set BB_TEST_DATA')
    folders = [f for f in folders if os.path.isdir(f)]
    if not folders:
        return 77
    files = sorted(os.path.join(base, name) for folder in folders for base, _, names in os.walk(folder)
                   for name in names if name.lower().endswith('.xml'))
    output = subprocess.run([dump] + files, capture_output=True, text=True, check=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    failed = 0
    for path, line in zip(files, lines, strict=True):
        for mistake in mistakes_of(line, path):
            failed += 1
            print(f'{path}: {mistake}')
    read = sum('record' in line for line in lines)
    print(f'{len(files)} files, {read} read, {len(files) - read} refused, {failed} differences')
    return 1 if failed or read == 0 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
