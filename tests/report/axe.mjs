// axe.mjs - opens pages in Chromium and fails on any accessibility violation.
//
//   BB_NODE_MODULES=/path/to/node_modules node axe.mjs PAGE...
//
// PAGE is a file or an http(s) URL. Every page is tried in light and dark, at
// 1280 and at 360 pixels (no sideways scrolling), with all <details> open.
// Needs the npm packages axe-core and playwright-core in BB_NODE_MODULES and a
// Chromium (BB_CHROMIUM, default /usr/bin/chromium); without them it says so
// and exits with 77, which CTest shows as skipped. scripts/install-deps.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const skip = (why) => { console.error(`SKIPPED: ${why}`); process.exit(77); };

const pages = process.argv.slice(2);
if (pages.length === 0) { console.error('usage: axe.mjs PAGE...'); process.exit(2); }

const modules = process.env.BB_NODE_MODULES;
if (!modules) skip('BB_NODE_MODULES is not set: no axe-core and playwright-core to test accessibility with');
const require = createRequire(join(resolve(modules), 'index.js'));
const load = (name) => {
  try { return require.resolve(name); } catch { return skip(`npm package ${name} is not in ${modules}`); }
};
const axeSource = readFileSync(load('axe-core/axe.min.js'), 'utf8');
const { chromium } = require(load('playwright-core'));
const executablePath = process.env.BB_CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) skip(`no Chromium at ${executablePath}`);

const userData = mkdtempSync(join(tmpdir(), 'bb-axe-'));
const context = await chromium.launchPersistentContext(userData, {
  executablePath,
  headless: true,
  ignoreHTTPSErrors: true,
  bypassCSP: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

let failures = 0;
const complain = (where, what) => { failures += 1; console.error(`${where}: ${what}`); };

async function checkPage(address, width, colorScheme) {
  const page = await context.newPage();
  const where = `${address} (${width} px, ${colorScheme})`;
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
  await page.goto(address, { waitUntil: 'load' });
  await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) complain(where, `scrolls sideways by ${overflow} px, expected none`);
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const violation of result.violations)
    for (const node of violation.nodes)
      complain(where, `${violation.id} (${violation.impact}): ${violation.help}\n  at ${node.target.join(' ')}\n  ${node.html}`);
  await page.close();
}

try {
  for (const each of pages) {
    const address = /^https?:/.test(each) ? each : pathToFileURL(resolve(each)).href;
    for (const width of [1280, 360])
      for (const colorScheme of ['light', 'dark']) await checkPage(address, width, colorScheme);
  }
} finally {
  await context.close();
  rmSync(userData, { recursive: true, force: true });
}
console.log(failures === 0 ? `${pages.length} pages, no violations` : `${failures} violations`);
process.exit(failures === 0 ? 0 : 1);
