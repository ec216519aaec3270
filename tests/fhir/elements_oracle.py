#!/usr/bin/python3
"""Compares the element trees and places of our FHIR reader with Python's own parsers.

usage: elements_oracle.py DUMP_ELEMENTS FOLDER...

Every .json and .xml file below the folders: each element with its depth, line, column,
form, name, resource type and value. JSON is cut into tokens here by one regular
expression and checked by Python's json; XML is walked by expat. What this program
refuses ours must refuse too.
Exits 77 (skipped) when no folder exists.
"""
import json
import os
import re
import subprocess
import sys
import xml.parsers.expat

FHIR = 'http://hl7.org/fhir'
XHTML = 'http://www.w3.org/1999/xhtml'
HOLDERS = ('contained', 'resource', 'outcome')
TOKEN = re.compile(rb'[\s,:]*([{}\[\]]|"(?:[^"\\]|\\.)*"|-?\d[-+.eE\d]*|true|false|null)', re.S)


class Places:
    def __init__(self, data):
        self.starts = [0] + [m.end() for m in re.finditer(b'\n', data)]

    def of(self, offset):
        import bisect
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def refuse_twice(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError('a key twice')
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(name)


class JsonTree:
    """Nodes: [place, form, listed, name, type, value, children]."""

    def __init__(self, data):
        if b'\0' in data[:4]:
            raise ValueError('UTF-16')
        value = json.loads(data.decode('utf-8-sig'), object_pairs_hook=refuse_twice, parse_constant=refuse_constant)
        if not isinstance(value, dict) or not isinstance(value.get('resourceType'), str):
            raise ValueError('no resource')
        self.places = Places(data)
        start = 3 if data.startswith(b'\xef\xbb\xbf') else 0
        self.tokens = [(m.start(1), m.group(1)) for m in TOKEN.finditer(data, start)]
        self.next = 0
        self.root = self.value(None, None, False)
        self.root[3] = self.root[4]

    def take(self):
        token = self.tokens[self.next]
        self.next += 1
        return token

    def value(self, name, key_at, listed):
        at, text = self.take()
        place = self.places.of(at if listed or key_at is None else key_at)
        if text == b'{':
            return self.object(place, name, listed)
        if text == b'null':
            return [place, 'null', listed, name, '', '', []]
        form = 'string' if text[:1] == b'"' else 'boolean' if text in (b'true', b'false') else 'number'
        return [place, form, listed, name, '', json.loads(text) if form == 'string' else text.decode(), []]

    def object(self, place, name, listed):
        node = [place, 'object', listed, name, '', '', []]
        groups = []
        while True:
            at, text = self.take()
            if text == b'}':
                break
            key = json.loads(text)
            if key == 'resourceType' and (name is None or name in HOLDERS):
                node[4] = json.loads(self.take()[1])
                continue
            items = []
            if self.tokens[self.next][1] == b'[':
                self.take()
                while self.tokens[self.next][1] != b']':
                    items.append(self.value(key, at, True))
                self.take()
            else:
                item = self.value(key, at, False)
                items = [] if item[1] == 'null' else [item]
            groups.append([key, items])
        node[6] = joined(groups)
        return node


def joined(groups):
    by_key = dict((k, i) for k, i in groups)
    gone = set()
    for key, items in groups:
        if not key.startswith('_') or any(i[1] not in ('object', 'null') for i in items):
            continue
        base = by_key.get(key[1:])
        if base and any(i[1] == 'object' for i in base):
            continue
        for index, item in enumerate(items):
            item[3] = key[1:]
            if item[1] == 'null':
                continue
            if not base:
                item[1] = 'none'
            elif index >= len(base):
                base.append(item)
                item[1] = 'none'
            else:
                if base[index][1] == 'null':
                    base[index][0], base[index][1] = item[0], 'none'
                base[index][6] += item[6]
        if base:
            gone.add(key)
    return [i for key, items in groups if key not in gone for i in items if i[1] != 'null']


class XmlTree:
    def __init__(self, data):
        self.places = Places(data)
        self.stack, self.root, self.skip = [], None, 0
        parser = xml.parsers.expat.ParserCreate(namespace_separator=' ')
        parser.StartElementHandler = lambda name, attributes: self.start(name, attributes, parser.CurrentByteIndex)
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.refuse
        parser.Parse(data, True)
        if self.root[7] != FHIR or not self.root[3][0].isupper():
            raise ValueError('no resource')

    def refuse(self, *_):
        raise ValueError('DOCTYPE')

    def start(self, name, attributes, at):
        if self.skip:
            self.skip += 1
            return
        space, _, local = name.rpartition(' ')
        node = [self.places.of(at), 'object', False, local, '', '', [], space]
        if space == XHTML and local == 'div':
            node[1], node[5], self.skip = 'string', None, 1
        elif local[0].isupper():
            node[4] = local
        for key, value in attributes.items():
            if ' ' in key or node[5] is None:
                continue
            if key == 'value':
                node[1], node[5] = 'string', value
            else:
                node[6].append([node[0], 'string', False, key, '', value, [], space])
        if self.stack:
            self.stack[-1][6].append(node)
        else:
            self.root = node
        if not self.skip:
            self.stack.append(node)

    def end(self, _):
        if self.skip:
            self.skip -= 1
            if self.skip:
                return
            return
        node = self.stack.pop()
        if node[1] == 'object' and node[6] and all(c[3] in ('id', 'extension') for c in node[6]):
            node[1] = 'none'
        children = []
        for child in node[6]:
            held = [c for c in child[6] if c[4]]
            if child[3] in HOLDERS and held:
                for resource in child[6]:
                    resource[3] = child[3]
                    children.append(resource)
            else:
                children.append(child)
        node[6] = children


def lines_of(node, depth=0):
    (line, column), form, listed, name, kind, value, children = node[:7]
    yield (depth, line, column, form, 'listed' if listed else '-', name, kind, value)
    for child in children:
        yield from lines_of(child, depth + 1)


def expected_of(path):
    with open(path, 'rb') as file:
        data = file.read()
    try:
        if data.lstrip(b'\xef\xbb\xbf \r\n\t').startswith(b'<'):
            return list(lines_of(XmlTree(data).root))
        return list(lines_of(JsonTree(data).root))
    except (ValueError, xml.parsers.expat.ExpatError) as error:
        return f'{type(error).__name__}: {error}'


def mistake_of(found, expected):
    refused = [line for line in found if line.startswith('refused\t')]
    if isinstance(expected, str):
        return '' if refused else f'was read, expected a refusal because of {expected}'
    if refused:
        return refused[0]
    rows = [line.split('\t') for line in found if not line.startswith('problem\t')]
    if len(rows) != len(expected):
        return f'{len(rows)} elements, expected {len(expected)}'
    for row, wanted in zip(rows, expected):
        same = [str(x) for x in wanted[:7]] == row[:7]
        value = json.loads(row[7])
        if not same or (wanted[7] is not None and value != wanted[7]):
            return f'expected {wanted}, found {row}'
    return ''


def main(dump, folders):
    folders = [f for f in folders if os.path.isdir(f)]
    if not folders:
        print('skipped: no folder; set BB_TEST_DATA')
        return 77
    files = sorted(os.path.join(base, name) for folder in folders for base, _, names in os.walk(folder)
                   for name in names if name.lower().endswith(('.xml', '.json')))
    output = subprocess.run([dump] + files, capture_output=True, check=True).stdout.decode('utf-8')
    parts = re.split(r'^file .*\n', output, flags=re.M)[1:]
    failed = refused = 0
    for path, part in zip(files, parts, strict=True):
        expected = expected_of(path)
        refused += isinstance(expected, str)
        mistake = mistake_of(part.split('\n')[:-1], expected)
        if mistake:
            failed += 1
            print(f'{path}: {mistake}')
    print(f'{len(files)} files, {refused} to be refused, {failed} differences')
    return 1 if failed or refused == len(files) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
