// Resources against the invariants of R4 and of the profiles that they claim, by fhirpath.js.
//
// usage: node fhir_invariants.mjs NODE_MODULES RESOURCES.ndjson DEFINITIONS_R4 GUIDE...
// Prints {"evaluated": n, "not_evaluated": {key: n}, "broken": [{"rule", "resource"}...]}.
import fs from 'node:fs';
import module from 'node:module';
import path from 'node:path';

const [modules, file, definitions, ...guides] = process.argv.slice(2);
const require = module.createRequire(path.join(modules, 'x.js'));
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');
console.log = console.warn = () => {};  // its trace()

const read = name => JSON.parse(fs.readFileSync(name, 'utf8'));
const structures = new Map();
for (const name of ['profiles-resources.json', 'profiles-types.json'])
  for (const {resource} of read(path.join(definitions, name)).entry)
    if (resource.resourceType === 'StructureDefinition') structures.set(resource.url, resource);
const valueSets = new Map();
for (const guide of guides)
  for (const name of fs.readdirSync(guide)) {
    const kept = {StructureDefinition: structures, ValueSet: valueSets}[name.split('-')[0]];
    if (!kept) continue;
    const resource = read(path.join(guide, name));
    kept.set(resource.url, resource);
  }

// Of a value set that lists its codes; another cannot be told here.
function memberOf(concepts, url) {
  const includes = valueSets.get(url)?.compose.include ?? [{}];
  if (!includes.every(one => one.concept)) throw new Error(`the codes of ${url} are not at hand`);
  const holds = ({system, code}) =>
    includes.some(one => one.system === system && one.concept.some(concept => concept.code === code));
  return concepts.map(concept => (concept.coding ?? [concept]).some(holds));
}
const options = {userInvocationTable: {memberOf: {fn: memberOf, arity: {1: ['String']}}}};

// Those of slices are left out: they need the slice.
const known = new Map();
function rulesOf(url) {
  if (known.has(url)) return known.get(url);
  const rules = new Map();
  for (const element of structures.get(url)?.snapshot.element ?? [])
    for (const {key, severity, expression} of element.constraint ?? []) {
      if (severity !== 'error' || !expression || element.id.includes(':') || ['ele-1', 'ext-1'].includes(key)) continue;
      const where = element.path.replaceAll('[x]', '');
      const rule = {key, expression: `${where}.all(${expression})`};
      // R4 says "if it has a value", the expression does not.
      if (key === 'vs-1') rule.expression = `${where}.where(hasValue()).all(${expression})`;
      try {
        rule.holds = fhirpath.compile(rule.expression, r4, options);
      } catch { /* counted below */ }
      rules.set(key + where, rule);
    }
  known.set(url, [...rules.values()]);
  return known.get(url);
}

const answer = {evaluated: 0, not_evaluated: {}, broken: []};
for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const resource = JSON.parse(line);
  const claimed = (resource.meta?.profile ?? []).map(profile => profile.split('|')[0]);
  for (const url of [`http://hl7.org/fhir/StructureDefinition/${resource.resourceType}`, ...claimed])
    for (const {key, expression, holds} of rulesOf(url)) {
      try {
        const [is_kept] = holds(resource, {resource, rootResource: resource});
        answer.evaluated += 1;
        if (is_kept === false)
          answer.broken.push({rule: `${key}: ${expression}`, resource: `${resource.resourceType}/${resource.id}`});
      } catch {
        answer.not_evaluated[key] = (answer.not_evaluated[key] ?? 0) + 1;
      }
    }
}
process.stdout.write(JSON.stringify(answer));
