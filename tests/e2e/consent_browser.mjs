// consent_browser.mjs - a person in Chromium whom an application sends to a portal.
//
//   BB_NODE_MODULES=/path/to/node_modules BB_PASSWORD=... \
//     node consent_browser.mjs START ACCOUNT allow|deny [REFUSED...]
//
// START is the application's page with the link "Connect". Signs in, takes the boxes of the scopes REFUSED away,
// presses the button, and prints as JSON where that leads, what the application shows there in #got, and the boxes.
// Needs playwright-core in BB_NODE_MODULES and a Chromium (BB_CHROMIUM, default /usr/bin/chromium); without them it
// says so and exits with 77.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const skip = (why) => { console.error(`SKIPPED: ${why}`); process.exit(77); };

const [start, account, decision, ...refused] = process.argv.slice(2);
const modules = process.env.BB_NODE_MODULES;
if (!modules) skip('BB_NODE_MODULES is not set: no playwright-core to drive a browser with');
const require = createRequire(join(resolve(modules), 'index.js'));
let playwright;
try { playwright = require('playwright-core'); } catch { skip(`npm package playwright-core is not in ${modules}`); }
const executablePath = process.env.BB_CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) skip(`no Chromium at ${executablePath}`);

const userData = mkdtempSync(join(tmpdir(), 'bb-consent-'));
const context = await playwright.chromium.launchPersistentContext(userData, {
  executablePath,
  headless: true,
  ignoreHTTPSErrors: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
context.setDefaultTimeout(20_000);

try {
  const page = await context.newPage();
  await page.goto(start);
  await page.getByRole('link', { name: 'Connect' }).click();
  await page.getByLabel('Account').fill(account);
  await page.getByLabel('Password').fill(process.env.BB_PASSWORD ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Let .* in\?$/ }).waitFor();
  const boxes = await page.locator('input[name=scope]').evaluateAll((found) => found.map((box) => box.value));
  for (const scope of refused) await page.locator(`input[name=scope][value="${scope}"]`).uncheck();
  await page.getByRole('button', { name: decision === 'allow' ? 'Allow' : 'Deny' }).click();
  await page.getByText('Back at the application').waitFor();
  const got = await page.locator('#got').allTextContents();
  console.log(JSON.stringify({ boxes, url: page.url(), got }));
} finally {
  await context.close();
  rmSync(userData, { recursive: true, force: true });
}
