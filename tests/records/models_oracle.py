#!/usr/bin/python3
"""Compares our C-CDA reader with models that other programs published.

usage: models_oracle.py DUMP_RECORD DATA_FOLDER

amida-model/*.json is what blue-button (Amida) made of the document of the same
stem, bluebutton.js/*.json what bluebutton.js made of its fixtures. Per kind of
fact the words and values must agree: same number, same words, in any order (both
list sections in orders of their own), and the codes that they read. Of
ccda-to-fhir/*.json, bundles that a converter made, patient and problems must
agree. Where the other program is wrong, or reads something that is no fact of
ours, `known_differences` says so and why.
Exits 77 (skipped) when the folder does not exist.
"""
import json
import os
import subprocess
import sys

KINDS = ('allergies', 'problems', 'medications', 'immunizations', 'results', 'vital_signs', 'encounters',
         'procedures', 'plan', 'social_history')

AMIDA = {
    'ccda/amida/CCD_1.xml': 'CCD_1.json',
    'ccda/amida/SampleCCDDocument.xml': 'SampleCCDDocument.json',
    'c32/VA_CCD_Sample_File_Version_12_5_1.xml': 'VA_CCD_Sample_File_Version_12_5_1.json',
}
BLUE_BUTTON_JS = {
    'ccda/vendors/HL7/CCD.sample.xml': 'hl7_ccda_expected_output.json',
    'ccda/vendors/EMERGE/Patient-0.xml': 'emerge_ccda_expected_output.json',
    'ccda/vendors/Allscripts/b2_Adam_Everyman_ToC.xml': 'allscripts_ccda_expected_output.json',
    'ccda/vendors/NIST/CCDA_CCD_b1_InPatient_v2.xml': 'nist_ccda_expected_output.json',
}
# What Microsoft's FHIR Converter made of the documents under ccda/fhir-converter.
FHIR = ('170.314B2_Amb_CCD', 'CCD-Parent-Document-Replace-C-CDAR2.1', 'CDA_with_Embedded_PDF',
        'Consult-Document-Closing-Referral-C-CDAR2.1', 'Diagnostic_Imaging_Report', 'History_and_Physical',
        'PROBLEMS_in_Empty_C-CDA_2.1-C-CDAR2.1', 'Patient-and-Provider-Organization-Direct-Address-C-CDAR2.1',
        'Progress_Note', 'Transfer_Summary', 'Unstructured_Document_reference')
known_differences = {
    # The converter takes a negated "problem" for a problem.
    ('CCD-Parent-Document-Replace-C-CDAR2.1', 'problems'),
    # It passes the problems of this kind of document over.
    ('Progress_Note', 'problems'),
    # The type's originalText refers into the narrative; bluebutton.js does not follow it.
    ('ccda/vendors/Allscripts/b2_Adam_Everyman_ToC.xml', 'encounters'),
}


def squeeze(text):
    return ' '.join((text or '').split()).lower()


def named(code):
    """Words and code; '' where there is none, or only a nullFlavor."""
    code = code or {}
    number = code.get('code') or ''
    return squeeze(code.get('name') or code.get('display')), '' if number == 'UNK' else number


def number(value):
    """4.0 is 4 to one of the programs."""
    text = squeeze('' if value is None else str(value))
    return text[:-2] if text.endswith('.0') else text


def measured(code, value, unit):
    # The unit "1" is none.
    return *named(code), number(value), '' if unit in (None, '1') else unit


def differs(theirs, ours):
    """The words and values must be the same; codes where the other program read one."""
    def words(facts):
        return sorted((f[0], *f[2:]) for f in facts)
    return words(theirs) != words(ours) or any(f[1] and f not in ours for f in theirs)


def amida_facts(data):
    def facts(kind, code):
        return [named(code(fact)) for fact in data.get(kind, [])]
    all_kinds = {
        'allergies': facts('allergies', lambda a: a['observation']['allergen']),
        'problems': facts('problems', lambda p: p['problem']['code']),
        'medications': facts('medications', lambda m: m['product']['product']),
        'immunizations': facts('immunizations', lambda i: i['product']['product']),
        'results': [measured(o['result'], o.get('value') or o.get('text'), o.get('unit'))
                    for r in data.get('results', []) for o in r['results']],
        'vital_signs': [measured(v['vital'], v.get('value'), v.get('unit')) for v in data.get('vitals', [])],
        'encounters': facts('encounters', lambda e: e['encounter']),
        'procedures': facts('procedures', lambda p: p['procedure']),
        'plan': facts('plan_of_care', lambda p: p['plan']),
        'social_history': [(squeeze(s['value']), '') for s in data.get('social_history', [])],
    }
    # What the program did not read it left out.
    return {kind: facts for kind, facts in all_kinds.items() if facts}


def blue_button_js_facts(data):
    return {
        'allergies': [named(a['allergen']) for a in data['allergies']],
        'problems': [named(p) for p in data['problems']],
        'medications': [named(m['product']) for m in data['medications']],
        'immunizations': [named(i['product']) for i in data['immunizations'] + data['immunization_declines']],
        'results': [measured(t, t['value'], t['unit']) for r in data['results'] for t in r['tests']],
        'vital_signs': [measured(t, t['value'], t['unit']) for v in data['vitals'] for t in v['results']],
        'encounters': [named(e) for e in data['encounters']],
        'procedures': [named(p) for p in data['procedures']],
        # One without a name is named by what it is.
        'plan': [('' if p['name'] == 'encounter' else named(p)[0], named(p)[1]) for p in data['care_plan']],
    }


def our_facts(record):
    def observed(o):
        return measured(o['test'], o['value'], o['unit'])

    def unnamed(section):
        """Both programs list what has no name; to us it is unknown."""
        return [named(a['what']) for a in record['absences'] if a['section'] == section and a['kind'] == 'unknown']
    return {
        'allergies': [named(a['substance']) for a in record['allergies']],
        'problems': [named(p['problem']) for p in record['problems']],
        'medications': [named(m['drug']) for m in record['medications']],
        'immunizations': [named(i['vaccine']) for i in record['immunizations']],
        'results': [observed(o) for r in record['results'] for o in r['observations']],
        'vital_signs': [observed(o) for o in record['vital_signs']],
        'encounters': [named(e['type']) for e in record['encounters']],
        'procedures': [named(p['procedure']) for p in record['procedures']] + unnamed('procedures'),
        'plan': [named(p['what']) for p in record['plan']] + unnamed('plan') +
                [named(g['test']) for g in record['goals']],
        'social_history': [(squeeze(o['value']), '') for o in record['social_history']],
    }


def of_type(bundle, kind):
    return [entry['resource'] for entry in bundle['entry'] if entry['resource']['resourceType'] == kind]


def fhir_departures(bundle, record):
    """Kinds in which a bundle and our record differ, and both sides."""
    patient, ours = of_type(bundle, 'Patient')[0], record['patient']
    name = patient['name'][0]
    sides = {
        'birth date': (patient.get('birthDate', ''), ours['birth_date'][:10]),
        'gender': (patient.get('gender', ''), ours['gender']),
        'family': (name.get('family', ''), ours['family']),
        'given': (name.get('given', []), ours['given']),
        'problems': (sorted(coding['code'] for condition in of_type(bundle, 'Condition')
                            for coding in condition['code']['coding'][:1]),
                     sorted(problem['problem']['code'] for problem in record['problems'])),
    }
    return {kind: both for kind, both in sides.items() if both[0] != both[1]}


def read_record(dump, path):
    output = subprocess.run([dump, path], capture_output=True, text=True, check=True).stdout
    return json.loads(output)['record']


def main(dump, folder):
    if not os.path.isdir(folder):
        print('skipped: no folder of sample documents; set BB_TEST_DATA')
        return 77
    failed = compared = 0
    for documents, kind, facts_of in ((AMIDA, 'amida-model', amida_facts),
                                      (BLUE_BUTTON_JS, 'bluebutton.js', blue_button_js_facts)):
        for document, model in documents.items():
            with open(os.path.join(folder, 'expected', kind, model), encoding='utf-8') as file:
                content = json.load(file)
            theirs = facts_of(content.get('data', content))
            ours = our_facts(read_record(dump, os.path.join(folder, document)))
            for what in KINDS:
                if what not in theirs:
                    continue
                compared += 1
                if differs(theirs[what], ours[what]) and (document, what) not in known_differences:
                    failed += 1
                    print(f'{document}: {what}: expected {sorted(theirs[what])}, found {sorted(ours[what])}')
    for stem in FHIR:
        with open(os.path.join(folder, 'expected', 'ccda-to-fhir', stem + '-expected.json'), encoding='utf-8') as file:
            bundle = json.load(file)
        record = read_record(dump, os.path.join(folder, 'ccda', 'fhir-converter', stem + '.xml'))
        compared += 5
        for what, (expected, found) in fhir_departures(bundle, record).items():
            if (stem, what) not in known_differences:
                failed += 1
                print(f'{stem}: {what}: expected {expected}, found {found}')
    print(f'{compared} lists compared, {failed} differences')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
