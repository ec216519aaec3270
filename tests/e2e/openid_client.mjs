// openid_client.mjs - the npm package openid-client as an application of a portal.
//
//   BB_NODE_MODULES=/path/to/node_modules NODE_EXTRA_CA_CERTS=... node openid_client.mjs
//
// Reads from its input, each on a line: what the portal said when it was ready (JSON); after it has printed where the
// browser goes, where that came back to. Prints as JSON what it got in each way. Exits with 77 without the package.
import { existsSync, readFileSync } from 'node:fs';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';

const skip = (why) => { console.error(`SKIPPED: ${why}`); process.exit(77); };
const modules = process.env.BB_NODE_MODULES;
if (!modules) skip('BB_NODE_MODULES is not set: no openid-client to sign in with');
const entry = join(resolve(modules), 'openid-client', 'build', 'index.js');
if (!existsSync(entry)) skip(`npm package openid-client is not in ${modules}`);
const oidc = await import(pathToFileURL(entry).href);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const ready = JSON.parse(await next());
const { issuer, fhir_base: audience, clients } = ready.smart;
const demo = (id) => clients.find((client) => client.client_id === id);
const redirect = 'http://127.0.0.1:9999/callback';
const got = {};

// A person signs in to an application with a secret.
const confidential = demo('demo-confidential');
const config = await oidc.discovery(new URL(issuer), confidential.client_id, confidential.client_secret,
  oidc.ClientSecretBasic(confidential.client_secret));
const verifier = oidc.randomPKCECodeVerifier();
const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
console.log(oidc.buildAuthorizationUrl(config, {
  redirect_uri: redirect, scope: 'openid fhirUser profile launch/patient offline_access patient/*.rs', state, nonce,
  aud: audience, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}).href);
const tokens = await oidc.authorizationCodeGrant(config, new URL(await next()),
  { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
got.patient = tokens.patient;
got.subject = tokens.claims().sub;
got.name = (await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name;
const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
got.active = (await oidc.tokenIntrospection(config, refreshed.access_token)).active;
await oidc.tokenRevocation(config, refreshed.refresh_token);
got.active_after_revocation = (await oidc.tokenIntrospection(config, refreshed.access_token)).active;

// A service proves itself by its key.
const backend = demo('demo-backend');
const der = createPrivateKey(readFileSync(backend.key_file)).export({ type: 'pkcs8', format: 'der' });
const key = await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign']);
// The package's audience is the issuer; SMART's is the token endpoint.
const proof = oidc.PrivateKeyJwt({ key, kid: backend.key_id }, {
  [oidc.modifyAssertion]: (_, claims) => { claims.aud = config.serverMetadata().token_endpoint; },
});
const service = await oidc.discovery(new URL(issuer), backend.client_id, undefined, proof);
got.backend_scope = (await oidc.clientCredentialsGrant(service, { scope: 'system/*.rs' })).scope;

// An application registers itself.
const registered = await oidc.dynamicClientRegistration(new URL(issuer),
  { client_name: 'Registered', redirect_uris: [redirect] }, oidc.None());
got.registered = registered.clientMetadata().client_name;

console.log(JSON.stringify(got));
process.exit(0);
