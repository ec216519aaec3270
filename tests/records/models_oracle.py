#!/usr/bin/python3
"""Compares our C-CDA reader with models that other programs published.

usage: models_oracle.py DUMP_RECORD DATA_FOLDER

amida-model/*.json is what blue-button (Amida) made of the document of the same
stem, bluebutton.js/*.json what bluebutton.js made of its fixtures. Per kind of
fact the names must agree: same number, same words, in any order (both list
sections in orders of their own). Where the other program is wrong, or reads
something that is no fact of ours, `known_differences` says so and why.
Exits 77 (skipped) when the folder does not exist.
"""
import json
import os
import subprocess
import sys

KINDS = ('allergies', 'problems', 'medications', 'immunizations', 'results', 'vital_signs', 'encounters')

AMIDA = {
    'ccda/amida/CCD_1.xml': 'CCD_1.json',
    'c32/VA_CCD_Sample_File_Version_12_5_1.xml': 'VA_CCD_Sample_File_Version_12_5_1.json',
}
BLUE_BUTTON_JS = {
    'ccda/vendors/HL7/CCD.sample.xml': 'hl7_ccda_expected_output.json',
    'ccda/vendors/EMERGE/Patient-0.xml': 'emerge_ccda_expected_output.json',
    'ccda/vendors/Allscripts/b2_Adam_Everyman_ToC.xml': 'allscripts_ccda_expected_output.json',
    'ccda/vendors/NIST/CCDA_CCD_b1_InPatient_v2.xml': 'nist_ccda_expected_output.json',
}
known_differences = {
    # The type's originalText refers into the narrative; bluebutton.js does not follow it.
    ('ccda/vendors/Allscripts/b2_Adam_Everyman_ToC.xml', 'encounters'),
}


def squeeze(text):
    return ' '.join((text or '').split()).lower()


def amida_names(data):
    def code_name(value):
        return (value or {}).get('name')
    return {
        'allergies': [code_name(a['observation']['allergen']) for a in data.get('allergies', [])],
        'problems': [code_name(p['problem']['code']) for p in data.get('problems', [])],
        'medications': [code_name(m['product']['product']) for m in data.get('medications', [])],
        'immunizations': [code_name(i['product']['product']) for i in data.get('immunizations', [])],
        'results': [code_name(o['result']) for r in data.get('results', []) for o in r['results']],
        'vital_signs': [code_name(v['vital']) for v in data.get('vitals', [])],
        'encounters': [code_name(e['encounter']) for e in data.get('encounters', [])],
    }


def blue_button_js_names(data):
    return {
        'allergies': [a['allergen']['name'] for a in data['allergies']],
        'problems': [p['name'] for p in data['problems']],
        'medications': [m['product']['name'] for m in data['medications']],
        'immunizations': [i['product']['name'] for i in data['immunizations'] + data['immunization_declines']],
        'results': [t['name'] for r in data['results'] for t in r['tests']],
        'vital_signs': [t['name'] for v in data['vitals'] for t in v['results']],
        'encounters': [e['name'] for e in data['encounters']],
    }


def our_names(record):
    return {
        'allergies': [a['substance']['display'] for a in record['allergies']],
        'problems': [p['problem']['display'] for p in record['problems']],
        'medications': [m['drug']['display'] for m in record['medications']],
        'immunizations': [i['vaccine']['display'] for i in record['immunizations']],
        'results': [o['test']['display'] for r in record['results'] for o in r['observations']],
        'vital_signs': [v['test']['display'] for v in record['vital_signs']],
        'encounters': [e['type']['display'] for e in record['encounters']],
    }


def read_record(dump, path):
    output = subprocess.run([dump, path], capture_output=True, text=True, check=True).stdout
    return json.loads(output)['record']


def main(dump, folder):
    if not os.path.isdir(folder):
        print('skipped: no folder of sample documents; set BB_TEST_DATA')
        return 77
    failed = compared = 0
    for documents, kind, names_of in ((AMIDA, 'amida-model', amida_names),
                                      (BLUE_BUTTON_JS, 'bluebutton.js', blue_button_js_names)):
        for document, model in documents.items():
            with open(os.path.join(folder, 'expected', kind, model), encoding='utf-8') as file:
                content = json.load(file)
            theirs = names_of(content.get('data', content))
            ours = our_names(read_record(dump, os.path.join(folder, document)))
            for what in KINDS:
                compared += 1
                expected = sorted(squeeze(n) for n in theirs[what])
                found = sorted(squeeze(n) for n in ours[what])
                if found != expected and (document, what) not in known_differences:
                    failed += 1
                    print(f'{document}: {what}: expected {expected}, found {found}')
    print(f'{compared} lists compared, {failed} differences')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
