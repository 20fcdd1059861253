#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What System View Descriptions hold, read by other means than dapper's: for test_vendor_svd.c.

    expected.py SHARED_DATA >expected_files.h   all files, each with counts and a checksum
    expected.py --text FILE                     the text that the checksum is of

The text has one line for each peripheral, interrupt, block, cluster, register, field and enumerated
value, everything expanded and inherited, in the order that dapper shows it. Where this script and
dapper differ, diff the two texts (DAPPER_SVD_DUMP names the folder test_vendor_svd writes to).
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET
import zlib

GROUP = ('size', 'access', 'protection', 'resetValue', 'resetMask')
# Children that are lists, not properties.
LISTS = {'registers', 'fields', 'enumeratedValues', 'interrupt', 'addressBlock', 'enumeratedValue'}
ONCE = {'read-writeonce': 'read-writeOnce', 'writeonce': 'writeOnce'}


def number(text):
    text = text.strip().lstrip('+')
    if text[0] == '#':
        return int(text[1:], 2)
    if text[:2] in ('0b', '0B'):
        return int(text[2:], 2)
    return int(text, 16) if text[:2] in ('0x', '0X') else int(text, 10)


def tidy(text):
    return re.sub('[ \t\r\n]+', ' ', text or '').strip(' ')


class Node:
    """An element with what it says itself, and the elements inside it."""

    def __init__(self, element, parent):
        self.element, self.parent, self.tag = element, parent, element.tag
        self.said = {c.tag: tidy(c.text) for c in element if len(c) == 0 and tidy(c.text)}
        inside = {'device': 'peripherals', 'peripheral': 'registers', 'register': 'fields'}
        holder = element.find(inside[self.tag]) if self.tag in inside else element
        kinds = {'device': ['peripheral'], 'peripheral': ['register', 'cluster'],
                 'cluster': ['register', 'cluster'], 'register': ['field'], 'field': []}
        self.children = [] if holder is None else \
            [Node(c, self) for c in holder if c.tag in kinds[self.tag]]
        self.own = {tag: element.findall(tag)
                    for tag in ('enumeratedValues', 'interrupt', 'addressBlock')}

    def name(self):
        return self.said.get('name', '')


def find(node, path, root):
    parts = path.split('.')
    scopes = [root] if len(parts) > 1 else []
    scope = node.parent
    while scope:
        scopes.append(scope)
        scope = scope.parent
    for at in scopes:
        for part in parts:
            at = next((c for c in at.children if c.name() == part), None) if at else None
        if at and at.tag == node.tag:
            return at
    raise SystemExit(f'{path} not found')


def derive(node, root):
    path = node.element.get('derivedFrom')
    if path and not getattr(node, 'is_derived', False):
        node.is_derived = True
        base = find(node, path, root)
        derive(base, root)
        for key, value in base.said.items():
            if key not in ('displayName', 'dim', 'dimIncrement', 'dimIndex'):
                node.said.setdefault(key, value)
        own = {(c.tag, c.name()) for c in node.children}
        node.children = node.children + [c for c in base.children if (c.tag, c.name()) not in own]
        for tag, elements in base.own.items():
            node.own[tag] = node.own[tag] or elements
    for child in node.children:
        if child.parent is node:
            derive(child, root)


def indexes(node):
    count = number(node.said['dim'])
    given = node.said.get('dimIndex', '')
    if ',' in given:
        names = [part.strip() for part in given.split(',')]
    elif re.fullmatch('[0-9]+-[0-9]+', given):
        low, high = map(int, given.split('-'))
        names = [str(i) for i in range(low, high + 1)]
    elif re.fullmatch('[A-Za-z]-[A-Za-z]', given):
        names = [chr(i) for i in range(ord(given[0]), ord(given[2]) + 1)]
    else:
        names = [given] if given else [str(i) for i in range(count)]
    return names if len(names) == count else [str(i) for i in range(count)]


def instances(nodes, address_tag, base):
    """(address, node, function that puts the index into a text), by address."""
    made = []
    for node in nodes:
        address = base + number(node.said[address_tag])
        if 'dim' not in node.said:
            made.append((address, node, lambda text: text))
            continue
        for i, index in enumerate(indexes(node)):
            made.append((address + i * number(node.said['dimIncrement']), node,
                         lambda text, index=index: text.replace('%s', index)))
    return sorted(made, key=lambda instance: instance[0])


def pattern(text):
    digits = text[1:] if text[0] == '#' else text[2:] if text[:2] in ('0b', '0B') else ''
    if 'x' not in digits.lower():
        return number(text), (1 << 64) - 1
    care = int(re.sub('[xX]', '0', re.sub('[01]', '1', digits)), 2)
    return int(re.sub('[xX]', '0', digits), 2), care | ((1 << 64) - 1) >> len(digits) << len(digits)


def interrupts(elements):
    """What each one says; an element with two names (CMSDK_CM3.svd) is two."""
    made = []
    for element in elements:
        made.append({})
        for child in element:
            if child.tag == 'name' and 'value' in made[-1]:
                made.append({})
            made[-1][child.tag] = tidy(child.text)
    return made


class Dump:
    def __init__(self, path):
        self.lines = []
        self.counts = dict.fromkeys(('peripheral', 'cluster', 'register', 'field', 'value'), 0)
        root = ET.parse(path).getroot()
        self.root = Node(root, None)
        derive(self.root, self.root)
        self.device = self.root
        cpu = root.find('cpu')
        text = lambda tag: tidy(cpu.findtext(tag)) if cpu is not None else ''
        flag = lambda tag, default='0': int((text(tag) or default) in ('true', '1'))
        said = self.root.said
        self.line('device', said['name'], said.get('vendor', ''), said.get('version', ''),
                  said.get('description', ''), text('name'), text('revision'), text('endian'),
                  number(text('nvicPrioBits') or '0'), number(text('sauNumRegions') or '0'),
                  number(text('deviceNumInterrupts') or '0'), flag('mpuPresent'),
                  flag('fpuPresent'), flag('vtorPresent', '1'), flag('vendorSystickConfig'))
        inherited = {k: said[k] for k in GROUP if k in said}
        for address, node, put in instances(self.root.children, 'baseAddress', 0):
            self.peripheral(node, put, address, inherited)

    def line(self, *items):
        self.lines.append('|'.join(f'{i:x}' if isinstance(i, int) else i for i in items) + '\n')

    def count(self, kind):
        self.counts[kind] += 1

    @staticmethod
    def inherit(node, inherited):
        return {**inherited, **{k: node.said[k] for k in GROUP if k in node.said}}

    def peripheral(self, node, put, address, inherited):
        said = node.said.get
        self.count('peripheral')
        self.line('peripheral', put(said('name')), address, put(said('description', '')),
                  said('groupName', ''), said('version', ''), said('alternatePeripheral', ''),
                  said('headerStructName', ''), said('prependToName', ''))
        for said in interrupts(node.own['interrupt']):
            self.line('interrupt', said['name'], number(said['value']), said.get('description', ''))
        for at in node.own['addressBlock']:
            self.line('block', address + number(at.findtext('offset')),
                      number(at.findtext('size')), tidy(at.findtext('usage')))
        self.content(node, address, self.inherit(node, inherited), '')

    def content(self, node, address, inherited, path):
        inside = [c for c in node.children if c.tag == 'register']
        for at, child, put in instances(inside, 'addressOffset', address):
            self.register(child, put, at, self.inherit(child, inherited), path)
        inside = [c for c in node.children if c.tag == 'cluster']
        for at, child, put in instances(inside, 'addressOffset', address):
            name = path + put(child.name())
            self.count('cluster')
            self.line('cluster', name, at, put(child.said.get('description', '')),
                      put(child.said.get('alternateCluster', '')),
                      put(child.said.get('headerStructName', '')))
            self.content(child, at, self.inherit(child, inherited), name + '.')

    def register(self, node, put, address, props, path):
        said = node.said.get
        size = number(props.get('size', '32'))
        ones = (1 << size) - 1
        has_reset = 'resetValue' in props
        mask = number(props['resetMask']) if 'resetMask' in props else ones
        fields = [self.field(f, p, lsb, node, props)
                  for lsb, f, p in instances(self.with_lsb(node.children), 'lsb', 0)]
        access = self.access(props['access']) if 'access' in props else self.joint(fields)
        self.count('register')
        self.line('register', path + put(said('name')), address, put(said('displayName', '')),
                  put(said('description', '')), put(said('alternateGroup', '')),
                  put(said('alternateRegister', '')), said('dataType', ''), size, access,
                  said('readAction', ''), said('modifiedWriteValues', 'modify'),
                  number(props['resetValue']) & ones if has_reset else 0,
                  mask & ones if has_reset else 0,
                  int('readAction' in node.said or any(f['action'] for f in fields)))
        for field in fields:
            self.count('field')
            self.line('field', *field['line'])
            for value in field['values']:
                self.count('value')
                self.line('value', *value)

    @staticmethod
    def access(text):
        return ONCE.get(text.lower(), text)

    @staticmethod
    def joint(fields):
        every = {f['access'] for f in fields}
        if not every:
            return 'read-write'
        if len(every) == 1:
            return every.pop()
        read = any(a.startswith('read') for a in every)
        return ('read-write' if every != {'read-only'} and read else
                'read-only' if read else 'write-only')

    @staticmethod
    def with_lsb(nodes):
        for node in nodes:
            said = node.said
            if 'bitRange' in said:
                said['msb'], said['lsb'] = said['bitRange'][1:-1].split(':')
            if 'bitOffset' in said:
                said['lsb'] = said['bitOffset']
            if 'bitWidth' not in said and 'msb' in said:
                said['bitWidth'] = str(number(said['msb']) - number(said['lsb']) + 1)
        return nodes

    def field(self, node, put, lsb, register, props):
        said = node.said.get
        action = said('readAction', register.said.get('readAction', ''))
        access = self.access(said('access', props.get('access', 'read-write')))
        values = []
        for group in node.own['enumeratedValues']:
            usage = {'read': 1, 'write': 2}.get(tidy(group.findtext('usage')), 3)
            for at in group.findall('enumeratedValue'):
                default = tidy(at.findtext('isDefault')) in ('true', '1')
                value, mask = (0, 0) if default else pattern(tidy(at.findtext('value')))
                values.append((tidy(at.findtext('name')), tidy(at.findtext('description')), value,
                               mask, usage, int(default)))
        write = said('modifiedWriteValues', register.said.get('modifiedWriteValues', 'modify'))
        return {'access': access, 'action': action, 'values': values,
                'line': (put(said('name')), put(said('description', '')), lsb,
                         number(said('bitWidth', '1')), access, action, write)}

    def text(self):
        return ''.join(self.lines)


def main():
    if sys.argv[1] == '--text':
        sys.stdout.write(Dump(sys.argv[2]).text())
        return
    data = pathlib.Path(sys.argv[1])
    files = sorted([*data.glob('svd/*/*.svd'), *data.glob('svd/*/*.xml'),
                    *data.glob('packs/**/*.svd')])
    print('/* SPDX-License-Identifier: Apache-2.0 */')
    print('/* Made by expected.py: counts and checksums of what the files hold. */')
    for path in files:
        dump = Dump(path)
        counts = ', '.join(str(count) for count in dump.counts.values())
        what = re.sub('[^a-z0-9]+', '_', path.stem.lower())
        where = 'pack' if 'packs' in path.parts else 'svd'
        print(f'{{ "svd_load__{where}_{what}",\n\t"{path.relative_to(data)}",\n'
              f'\t{{ {counts} }}, 0x{zlib.crc32(dump.text().encode()):08x} }},')


main()
