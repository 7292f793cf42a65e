// The dashboard in a real browser, with a real daemon behind it.
import assert from 'node:assert/strict';
import { Browser, violations } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { startOrigins } from './lib/origin.mjs';
import { run, test, until } from './lib/tap.mjs';

const folder = process.env.DASHBOARD_WORK;
const origins = await startOrigins(folder);
const browser = await new Browser().start();
const daemon = await new Daemon(folder, `tls: {ca_file: ${folder}/ca.pem}
overrides:
  - {match: api.test, connect_to: "127.0.0.1:${origins.securePort}"}
  - {match: closed.test, connect_to: "127.0.0.1:9"}
  - {match: "*.many.test", connect_to: "127.0.0.1:${origins.plainPort}"}
`).start();

const row = (page, name) => page.locator('tr.origin', { has: page.getByText(name, { exact: true }) });
const textOf = async (locator) => (await locator.textContent()).trim();
const number = (text) => Number(text.replace(/[^0-9.]/g, ''));

await daemon.getTimes(20, 'api.test.ccnproxy-https');
await daemon.getTimes(3, 'api.test.ccnproxy-https', '/missing');
await daemon.getTimes(5, 'one.many.test.ccnproxy');
await daemon.getTimes(2, 'closed.test.ccnproxy');
await daemon.getTimes(1, 'no-label.test');
const page = await browser.open(daemon.url);

async function rowIs(name, check) {
  await until(`the row of ${name}`, async () => {
    const pools = (await daemon.pools(`?origin=${encodeURIComponent(name)}`)).origins;
    return check(pools, row(page, name));
  });
}

const sum = (pools, read) => pools.reduce((total, pool) => total + read(pool), 0);

test('values match /pools', async () => {
  for (const name of ['https://api.test', 'http://one.many.test', 'http://closed.test']) {
    await rowIs(name, async (pools, shown) => {
      const cells = shown.locator('td');
      const asked = sum(pools, ({ waits }) => waits.ready + waits.waited + waits.dialed);
      const ready = sum(pools, ({ waits }) => waits.ready);
      const states = pools.flatMap(({ connections }) => connections.map(({ state }) => state));
      assert.equal(number(await textOf(cells.nth(1).locator('span').first())), sum(pools, (pool) => pool.requests));
      assert.equal(await textOf(cells.nth(0).locator('small')), `of ${asked}`);
      const share = await textOf(cells.nth(0).locator('span').first());
      assert.ok(asked === 0 ? share === '–' : Math.abs(number(share) - (100 * ready) / asked) <= 0.1, share);
      assert.equal(number(await textOf(cells.nth(2))), sum(pools, (pool) => pool.waiting));
      assert.equal(await cells.nth(3).locator('svg').count(), states.length);
      assert.equal(await textOf(cells.nth(3).locator('small')),
        `${states.filter((state) => state === 'ready').length} ready of ${sum(pools, (pool) => pool.wanted)} wanted`);
      return true;
    });
  }
  assert.match(await textOf(row(page, 'https://api.test')), /Ready.*h2 · RTT [0-9.]+ .?s.* · kept warm/);
  assert.match(await textOf(row(page, 'http://closed.test')), /Unreachable.*refused/);
});

test('the origin that is out of reach comes first, with what to do', async () => {
  const { host, problems } = await daemon.pools();
  assert.deepEqual(problems.map(({ origin, health }) => [origin, health]), [['http://closed.test', 'unreachable']]);
  await until('the sentence', async () => /^1 of \d+ origins unreachable\.$/.test(await textOf(page.locator('#verdict'))));
  const listed = await textOf(page.locator('#problem-list li').first());
  assert.match(listed, /http:\/\/closed\.test unreachable for .*refused.*100 % of \d+ in 5 min.*ccnproxy probe http:\/\/closed\.test/);
  assert.equal(await textOf(page.locator('#host')), host);
  assert.equal(await page.title(), `${host}: ccnproxy`);
});

test('figures and errors match /metrics', async () => {
  const series = async (name) => Number((await daemon.metrics()).split('\n').find((line) => line.startsWith(`${name} `)).split(' ')[1]);
  await until('the errors', async () => {
    const errors = await textOf(page.locator('.errors tbody'));
    return errors.includes('connection_refused') && errors.includes('http_request_error');
  });
  for (const type of ['connection_refused', 'http_request_error'])
    assert.equal(number(await textOf(page.locator('.errors tr', { hasText: type }).locator('td').nth(1))), await series(`ccnproxy_errors_total{type="${type}"}`));
  assert.match(await textOf(page.locator('#version')), /^\d+\.\d+\.\d+$/);
  assert.match(await textOf(page.locator('#figures > div').nth(5)), /MiB/);
  assert.equal(number(await textOf(page.locator('#figures > div').nth(1).locator('.note')).then((text) => text.split(' ')[0])),
    await series('ccnproxy_request_duration_seconds_count'));
});

test('updates arrive without a reload', async () => {
  await page.evaluate(() => { globalThis.same = true; });
  const cell = row(page, 'https://api.test').locator('td').nth(1).locator('span').first();
  const before = number(await textOf(cell));
  await daemon.getTimes(7, 'api.test.ccnproxy-https');
  await until('the new requests', async () => number(await textOf(cell)) === before + 7);
  await until('an area in the chart', async () => (await page.locator('#charts path.good').first().getAttribute('d') || '').length > 10);
  assert.equal(await page.evaluate(() => globalThis.same), true);
});

test('details show connections and decisions', async () => {
  const button = page.getByRole('button', { name: 'Details of https://api.test' });
  await button.click();
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  const details = page.locator(`#${await button.getAttribute('aria-controls')}`);
  await until('the connection', async () => (await textOf(details)).includes(`127.0.0.1:${origins.securePort}`));
  const [pool] = (await daemon.pools('?origin=https://api.test')).origins.filter(({ decisions }) => decisions.length);
  assert.ok((await textOf(details)).includes(pool.decisions.at(-1).text));
});

test('keyboard: everything can be reached, is seen, and works', async () => {
  const other = await browser.open(daemon.url);
  const seen = [];
  for (let i = 0; i < 40; i += 1) {
    await other.keyboard.press('Tab');
    const at = await other.evaluate(() => {
      const node = document.activeElement;
      const style = getComputedStyle(node);
      return { name: node.id || node.getAttribute('aria-label') || node.textContent.trim(), outline: style.outlineStyle, body: node === document.body };
    });
    if (at.body) break;
    assert.equal(at.outline !== 'none', true, `no focus ring on ${at.name}`);
    seen.push(at.name);
  }
  for (const name of ['Skip to origins', 'pause', 'What requests found, over the last minutes', 'Failed requests by origin, over the last minutes', 'search', 'order', 'top', 'Details of https://api.test', '/pools'])
    assert.ok(seen.includes(name), `${name} is not in: ${seen.join(' | ')}`);
  await other.keyboard.press('Shift+Tab'); // back into the page
  await until('a chart with two moments', async () => Number(await other.getByRole('slider').first().getAttribute('aria-valuemax')) > 1);
  const plot = other.getByRole('slider').first();
  await plot.focus();
  const latest = await plot.getAttribute('aria-valuetext');
  await other.keyboard.press('Home');
  await until('an older value', async () => (await plot.getAttribute('aria-valuetext')) !== latest);
  assert.equal(await plot.getAttribute('aria-valuenow'), '0');
  await other.getByRole('button', { name: 'Details of http://one.many.test' }).focus();
  await other.keyboard.press('Enter');
  await until('the details', async () => other.locator('tr.details:not([hidden])').isVisible());
  await other.locator('#search').focus();
  await other.keyboard.type('one.many');
  await until('the search', async () => (await other.locator('tr.origin').count()) === 1);
  assert.equal(await other.evaluate(() => document.activeElement.id), 'search');
  await other.locator('#search').fill('');
  // Not by number: the pool of an origin that is not asked for goes in time.
  const names = async () => new Set((await daemon.pools()).origins.map(({ origin }) => origin)).size;
  await until('all again', async () => (await names()) > 1 && (await other.locator('tr.origin').count()) === (await names()));
  await browser.close(other);
});

test('accessible as axe checks it: light, dark, on a phone', async () => {
  const found = [];
  for (const [name, options] of Object.entries({
    light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, phone: { viewport: { width: 360, height: 740 } },
  })) {
    const other = await browser.open(daemon.url, options);
    await other.getByRole('button', { name: 'Details of https://api.test' }).click();
    found.push(...(await violations(other)).map((text) => `${name}: ${text}`));
    await browser.close(other);
  }
  assert.deepEqual(found, []);
});

test('dark and light follow the system', async () => {
  const brightness = async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    return page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number).reduce((a, b) => a + b));
  };
  assert.ok(await brightness('light') > 600);
  assert.ok(await brightness('dark') < 150);
  await page.emulateMedia({ colorScheme: null });
});

test('nothing moves where the system asks for that', async () => {
  const motion = async (reducedMotion) => {
    await page.emulateMedia({ reducedMotion });
    return page.evaluate(() => getComputedStyle(document.querySelector('.dot')).animationName);
  };
  assert.equal(await motion('reduce'), 'none');
  assert.equal(await motion('no-preference'), 'breathe');
});

test('no scrolling sideways on a phone, with details open', async () => {
  for (const width of [320, 390]) {
    const phone = await browser.open(daemon.url, { viewport: { width, height: 700 }, isMobile: true, hasTouch: true });
    await phone.getByRole('button', { name: 'Details of https://api.test' }).tap();
    const [content, view] = await phone.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(content <= view && view === width, `${content} of ${view} at ${width}`);
    await browser.close(phone);
  }
});

const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const answering = (change) => (other) => other.route('**/pools*', async (route) => {
  const pools = await (await route.fetch()).json();
  change(pools);
  await route.fulfill({ json: pools });
});

test('F104 markup in what origins say is text', async () => {
  const other = await browser.open(daemon.url, { prepare: answering((pools) => {
    const pool = pools.origins.find(({ origin }) => origin === 'https://api.test');
    pool.origin = `https://${evil}`;
    pool.protocol = pool.last_failure = evil;
    pool.next_dial_s = 1;
    pool.decisions = [{ ago_s: 1, text: evil }];
    for (const connection of pool.connections) for (const key of ['state', 'protocol', 'address', 'cause', 'next_action']) connection[key] = evil;
    pools.ready = false;
    pools.not_ready = evil;
  }) });
  const shown = row(other, `https://${evil}`).first();
  await shown.getByRole('button').click();
  await until('the text', async () => (await textOf(other.locator('tr.details', { hasText: 'Last decisions' }).first())).includes(evil));
  assert.ok((await textOf(other.locator('#verdict'))).includes(evil));
  assert.equal(await other.evaluate(() => document.querySelectorAll('img, #main script').length), 0);
  assert.deepEqual(other.complaints, []);
  await browser.close(other);
});

test('says what is wrong: not ready, a silent worker', async () => {
  const said = async (change) => {
    const other = await browser.open(daemon.url, { prepare: answering(change) });
    const text = await textOf(other.locator('#verdict'));
    await browser.close(other);
    return text;
  };
  assert.equal(await said((pools) => { pools.ready = false; pools.not_ready = 'waiting for https://x'; }), 'Not ready: waiting for https://x.');
  assert.match(await said((pools) => { pools.silent_workers = [1]; }), /^Worker 1 does not answer/);
});

test('a pause asks nothing, and going on asks at once', async () => {
  const other = await browser.open(daemon.url);
  await other.getByRole('button', { name: 'Pause' }).click();
  let asked = 0;
  other.on('request', () => { asked += 1; });
  await other.waitForTimeout(4500);
  assert.equal(asked, 0);
  assert.match(await textOf(other.locator('#pill-text')), /^Paused/);
  await other.getByRole('button', { name: 'Go on' }).click();
  await until('a question', () => asked > 0);
  await browser.close(other);
});

test('nothing to complain of so far', () => assert.deepEqual(page.complaints, []));

test('a daemon that goes is told, and one that comes back is found', async () => {
  await daemon.stop('SIGKILL');
  await page.locator('#pill[data-state=stale]').waitFor();
  assert.ok(await page.locator('#banner').isVisible());
  assert.match(await textOf(page.locator('#banner-text')), /does not answer.*Next try in/);
  assert.match(await textOf(page.locator('#verdict')), /does not answer/);
  assert.deepEqual(await violations(page), []);
  await daemon.start();
  await page.locator('#retry').click();
  await page.locator('#pill[data-state=live]').waitFor();
  assert.ok(await page.locator('#banner').isHidden());
  assert.match(await textOf(page.locator('#verdict')), /was restarted/);
  assert.equal(await page.evaluate(() => globalThis.same), true);
  assert.match(await textOf(page.locator('#empty')), /No origin is in use/);
});

test('2,000 origins: the work is bounded, and each can be found', async () => {
  for (let from = 0; from < 2000; from += 100)
    await Promise.all(Array.from({ length: 100 }, (_, i) => daemon.get(`o${from + i}.many.test.ccnproxy`)));
  const other = await browser.open(daemon.url);
  let largest = 0;
  other.on('response', async (response) => {
    if (response.url().includes('/pools')) largest = Math.max(largest, (await response.body().catch(() => '')).length);
  });
  await until('the count', async () => (await textOf(other.locator('#shown'))) === '25 of 2,000 origins');
  assert.equal(await other.locator('tr.origin').count(), 25);
  await other.locator('#top').selectOption('100');
  await until('a hundred', async () => (await other.locator('tr.origin').count()) === 100);
  await other.locator('#order').selectOption('name');
  await until('the order', async () => (await textOf(other.locator('tr.origin .text').first())) === 'http://o0.many.test');
  await other.locator('#search').fill('O1999');
  await until('the one', async () => (await other.locator('tr.origin').count()) === 1);
  assert.equal(await textOf(other.locator('#shown')), '1 match');
  await other.locator('#search').fill('<nobody>');
  await until('nothing', async () => (await textOf(other.locator('#empty'))).startsWith('No origin in use has this'));
  assert.ok(largest > 1000 && largest < 1e6, `${largest} bytes`);
  assert.ok((await other.evaluate(() => document.querySelectorAll('*').length)) < 12000);
  assert.deepEqual(other.complaints, []);
  await browser.close(other);
});

await run(async () => {
  await browser.stop();
  await daemon.stop();
  origins.stop();
});
