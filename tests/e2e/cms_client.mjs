// cms_client.mjs - CMS's own npm package cms-bluebutton-sdk as an application of a portal, in its LOCAL environment.
//
//   BB_NODE_MODULES=/path/to/node_modules node cms_client.mjs VERSION
//
// Reads from its input, each on a line: the application (JSON: client_id, client_secret); after it has printed where the
// browser goes, where that came back to. Prints as JSON what it got. Exits with 77 without the package.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';

const skip = (why) => { console.error(`SKIPPED: ${why}`); process.exit(77); };
const modules = process.env.BB_NODE_MODULES;
if (!modules) skip('BB_NODE_MODULES is not set: no cms-bluebutton-sdk to sign in with');
if (!existsSync(join(resolve(modules), 'cms-bluebutton-sdk'))) skip(`npm package cms-bluebutton-sdk is not in ${modules}`);
const { BlueButton } = createRequire(join(resolve(modules), 'of-the-test.js'))('cms-bluebutton-sdk');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const application = JSON.parse(await next());
const version = process.argv[2];
const sdk = new BlueButton({ environment: 'LOCAL', version, clientId: application.client_id, clientSecret: application.client_secret,
  callbackUrl: 'http://127.0.0.1:9999/callback', retrySettings: { total: 0 } });

const asked = sdk.generateAuthData();
// The package asks for no scopes, which version 3 wants.
console.log(sdk.generateAuthorizeUrl(asked) + (version === '3' ? `&scope=${encodeURIComponent(application.scope)}` : ''));
const back = new URL(await next()).searchParams;
let token = await sdk.getAuthorizationToken(asked, back.get('code'), back.get('state'), back.get('error'));
const first = token;
const got = { patient_of_token: token.patient, scope: token.scope, seconds: token.expiresIn };
const read = async (what, ...words) => (await sdk[what](...words, token, { params: { _count: 4 } })).response;
const ids = (bundle) => (bundle.entry ?? []).map((entry) => `${entry.resource.resourceType}/${entry.resource.id}`);

const patients = await read('getPatientData');
got.patient = patients.status === 200 ? ids(patients.data) : patients.status;
const profile = await read('getProfileData');
got.profile = profile.status === 200 ? profile.data : profile.status;
got.coverage = ids((await read('getCoverageData')).data);

const claims = (await read('getExplanationOfBenefitData')).data;
const { pages } = await sdk.getPages(claims, token);
got.pages = pages.map((page) => ids(page).length);
got.claims = pages.flatMap(ids);
got.total = claims.total;
got.last = sdk.extractPageNavUrl(claims, 'last');

token = await sdk.refreshAuthToken(token);
got.is_renewed = token.accessToken !== first.accessToken && token.refreshToken !== first.refreshToken;
got.after_renewal = ids((await read('getCustomData', 'fhir/Coverage/')).data);
if (version === '3') got.card = ids((await sdk.getInsuranceCardData(token)).response.data);
// What was used before ends all that came of it.
got.refresh_again = await sdk.refreshAuthToken(first).then(() => 'taken', (error) => error.response.data.error);

console.log(JSON.stringify(got));
process.exit(0);
