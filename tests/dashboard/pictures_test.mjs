// What the dashboard shows of failures, reloads and narrow screens, in a real browser with a real daemon behind it.
import assert from 'node:assert/strict';
import { Browser, clipped, violations } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { startOrigins } from './lib/origin.mjs';
import { run, test, until } from './lib/tap.mjs';

const folder = process.env.DASHBOARD_WORK;
const origins = await startOrigins(folder);
const browser = await new Browser().start();
const longName = `${'a-name-as-long-as-a-label-may-be-'.repeat(2).slice(0, 60)}.${'and-a-second-one-'.repeat(3)}x.many.test`;
const daemon = await new Daemon(folder, `tls: {ca_file: ${folder}/ca.pem}
overrides:
  - {match: api.test, connect_to: "127.0.0.1:${origins.securePort}"}
  - {match: closed.test, connect_to: "127.0.0.1:9"}
  - {match: "*.many.test", connect_to: "127.0.0.1:${origins.plainPort}"}
`).start();

const textOf = async (locator) => (await locator.textContent()).trim();
const failures = (page) => page.getByRole('region', { name: 'Failed requests by origin' });
const entries = async (page) => {
  const shown = failures(page).locator('.legend > div:visible');
  return Object.fromEntries(await Promise.all((await shown.all()).map(async (one) => (
    [await textOf(one.locator('dt')), await textOf(one.locator('dd'))]))));
};
const lineOf = async (page, name) => {
  const entry = failures(page).locator('.legend > div', { has: page.getByText(name, { exact: true }) });
  const tone = await entry.locator('.swatch path').getAttribute('class');
  return failures(page).locator(`.plot path.${tone}`).getAttribute('d');
};

await daemon.getTimes(4, 'api.test.ccnproxy-https');
const page = await browser.open(daemon.url);

test('axes begin with what is known: no part of a chart stands empty', async () => {
  const found = page.getByRole('region', { name: 'What requests found' });
  await daemon.getTimes(2, 'api.test.ccnproxy-https');
  await until('an area', async () => (await found.locator('path.good').getAttribute('d') || '').length > 10);
  assert.match(await found.locator('path.good').getAttribute('d'), /^M0\.0 /);
  assert.match(await textOf(found.locator('.axis')), /^\d+ s ago/);
});

test('the share of failed requests of the worst origins, over time', async () => {
  await daemon.getTimes(3, 'bad.many.test.ccnproxy', '/status/503');
  await daemon.getTimes(3, 'half.many.test.ccnproxy', '/status/500');
  await daemon.getTimes(3, 'half.many.test.ccnproxy');
  await daemon.getTimes(2, 'closed.test.ccnproxy');
  await daemon.getTimes(9, 'fine.many.test.ccnproxy');
  const wanted = { 'http://bad.many.test': '100 %', 'http://half.many.test': '50.0 %', 'http://closed.test': '100 %' };
  await until('the shares', async () => JSON.stringify(Object.entries(await entries(page)).sort()) === JSON.stringify(Object.entries(wanted).sort()));
  for (const name of Object.keys(wanted)) await until(`a line of ${name}`, async () => (await lineOf(page, name)).includes('L'));
  const slider = failures(page).getByRole('slider');
  assert.match(await slider.getAttribute('aria-valuetext'), /http:\/\/half\.many\.test 50\.0 %/);
  const dashes = await failures(page).locator('.plot path').evaluateAll((paths) => paths.map((path) => getComputedStyle(path).strokeDasharray));
  assert.equal(new Set(dashes).size, dashes.length, 'lines differ without colour');
});

test('the keyboard moves through failures over time', async () => {
  const slider = failures(page).getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  assert.equal(await slider.getAttribute('aria-valuenow'), '0');
  assert.match(await slider.getAttribute('aria-valuetext'), /http:\/\/bad\.many\.test no requests/);
  await page.keyboard.press('End');
  await until('the latest', async () => /http:\/\/bad\.many\.test 100 %/.test(await slider.getAttribute('aria-valuetext')));
  await page.keyboard.press('Escape');
});

test('a line keeps its looks while others come', async () => {
  const before = await failures(page).locator('.legend dt').allTextContents();
  // These fail more often, so by rank they come first.
  for (const name of ['x', 'y', 'z']) await daemon.getTimes(6, `${name}.many.test.ccnproxy`, '/status/502');
  await until('the rest in words', async () => /2 more failed/.test(await textOf(failures(page).locator('p').first())));
  const after = await failures(page).locator('.legend dt').allTextContents();
  assert.equal(after.filter(Boolean).length, 4);
  assert.ok(after.includes('http://bad.many.test'), after.join());
  for (const [i, name] of after.entries()) if (before.includes(name)) assert.equal(before[i], name);
});

test('errors have their type, origin and fault', async () => {
  const rows = page.locator('.errors tbody tr');
  const row = (...texts) => texts.reduce((found, hasText) => found.filter({ hasText }), rows);
  await daemon.getTimes(1, 'no-label.test');
  await daemon.get('api.test.ccnproxy-https', '/cut').catch(() => 0);
  await until('all of them', async () => (await row('http_request_error').count()) && row('http_response_incomplete').count());
  assert.match(await textOf(row('connection_refused', 'http://closed.test, fault of the origin')), /22$/);
  assert.match(await textOf(row('answered 5xx', 'http://bad.many.test')), /33$/);
  assert.match(await textOf(row('http_response_incomplete', 'https://api.test, fault of the origin')), /11$/);
  assert.match(await textOf(row('http_request_error', 'before an origin was known')), /11$/);
});

test('a problem is marked by a shape and a word, not by colour alone', async () => {
  await daemon.getTimes(1, 'bad.many.test.ccnproxy', '/status/503');
  const failed = page.locator('#figures > div', { hasText: 'Failed' });
  await until('the tone', async () => (await failed.getAttribute('data-tone')) === 'bad');
  assert.match(await failed.locator('dd').first().evaluate((node) => getComputedStyle(node, '::before').content), /\u25b2/);
  const fills = await page.locator('.plot .good, .plot .warn, .plot .bad').evaluateAll((paths) => paths.map((path) => getComputedStyle(path).fill));
  assert.equal(new Set(fills).size, 3, fills.join());
  assert.ok(fills.filter((fill) => fill.includes('url(')).length > 3, 'patterns');
  for (const state of await page.locator('.state').all()) assert.ok(await textOf(state));
});

test('what is planned is said in words of the field', async () => {
  const row = page.locator('tr.origin', { has: page.getByText('https://api.test', { exact: true }) });
  await until('the plan', async () => /make-before-break at max_age\s*in \d+ min/.test(await textOf(row.locator('.next'))));
  assert.match(await textOf(row), /RTT [0-9.]+ ms/);
});

test('a reload that failed is a banner until one succeeds', async () => {
  const banner = page.locator('#reload');
  assert.ok(await banner.isHidden());
  const outcome = await daemon.reload('workerz: 3\npool: {max_age: never}\n');
  assert.equal(outcome.successful, false);
  await banner.waitFor();
  const said = await textOf(banner);
  for (const fault of outcome.faults) assert.ok(said.includes(fault), `${fault} is not in: ${said}`);
  assert.match(said, /^The last reload failed.*still active/);
  assert.match(await textOf(page.locator('#verdict')), /The last reload failed\./);
  assert.deepEqual(await violations(page), []);
  assert.equal((await daemon.reload()).successful, true);
  await banner.waitFor({ state: 'hidden' });
  await until('the sentence', async () => !/reload/.test(await textOf(page.locator('#verdict'))));
});

test('keys that only a restart changes are told', async () => {
  const { postponed } = await daemon.reload(`pid_file: ${folder}/pid\n`);
  assert.equal(postponed.length, 1);
  await page.locator('#reload').waitFor();
  assert.ok((await textOf(page.locator('#reload'))).includes(postponed[0]));
  assert.equal((await daemon.reload()).successful, true);
  await page.locator('#reload').waitFor({ state: 'hidden' });
});

test('1280, 820, 390 and 320 px, light and dark: nothing is clipped, axe finds nothing', async () => {
  await daemon.getTimes(3, `${longName}.ccnproxy`, '/status/503');
  await daemon.reload('workerz: 3\n');
  const found = [];
  for (const width of [1280, 820, 390, 320]) {
    for (const colorScheme of ['light', 'dark']) {
      await daemon.getTimes(1, 'api.test.ccnproxy-https');
      const other = await browser.open(daemon.url, { colorScheme, viewport: { width, height: 800 } });
      await other.getByRole('button', { name: 'Details of https://api.test' }).click();
      await until('two moments', async () => Number(await failures(other).getByRole('slider').getAttribute('aria-valuemax')) > 0);
      assert.equal(await other.getByText(`http://${longName}`, { exact: true }).first().isVisible(), true);
      const [content, view] = await other.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      if (content > view) found.push(`${width} ${colorScheme}: ${content} px in ${view}`);
      for (const text of [...await clipped(other), ...await violations(other), ...other.complaints]) found.push(`${width} ${colorScheme}: ${text}`);
      await browser.close(other);
    }
  }
  await daemon.reload();
  assert.deepEqual(found, []);
});

test('a text that is cut is found as such', async () => {
  const other = await browser.open(daemon.url, { viewport: { width: 820, height: 800 } });
  assert.deepEqual(await clipped(other), []);
  await other.evaluate(() => Object.assign(document.querySelector('#verdict').style, { width: '40px', overflow: 'hidden', whiteSpace: 'nowrap' }));
  assert.equal((await clipped(other)).length, 1);
  await browser.close(other);
});

test('on a phone, origins with a problem stand before figures and charts', async () => {
  const phone = await browser.open(daemon.url, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const top = async (what) => (await phone.locator(what).boundingBox()).y;
  const [problems, figures, charts] = [await top('#problems'), await top('#figures'), await top('#charts')];
  assert.ok(problems < figures && figures < charts, [problems, figures, charts].join());
  assert.ok(problems < 844, 'seen without scrolling');
  await browser.close(phone);
});

test('nothing to complain of', () => assert.deepEqual(page.complaints, []));

await run(async () => {
  await browser.stop();
  await daemon.stop();
  origins.stop();
});
