// The dashboard's pure functions: words, numbers, differences, shapes.
import assert from 'node:assert/strict';
import { load } from './lib/page_scripts.mjs';
import { run, test } from './lib/tap.mjs';

const page = load(['text.js', 'scrape.js', 'failures.js', 'history.js', 'plot.js', 'figures.js', 'planned.js', 'pictures.js', 'origin.js', 'problems.js'], ['percent',
  'milliseconds', 'span', 'bytes', 'rate', 'readScrape', 'History', 'quantile', 'scaleOf', 'stackOf', 'areaPath', 'barPath',
  'inBuckets', 'joinPools', 'groupPools', 'conditionOf', 'pathOf', 'briefOf', 'planOf',
  'linePath', 'wordsOf', 'errorCounters', 'newFailures', 'sumFailures', 'worstOrigins', 'keepPlaces', 'failureShares',
  'failuresSinceStart', 'allFailed', 'failedOf']);
const plain = (value) => JSON.parse(JSON.stringify(value));

test('a share is all only if it is all, and none only if it is none', () => {
  assert.equal(page.percent(5, 5), '100 %');
  assert.equal(page.percent(99999, 100000), '99.99 %');
  assert.equal(page.percent(999999999, 1000000000), '99.99 %');
  assert.equal(page.percent(0, 7), '0 %');
  assert.equal(page.percent(1, 1000000), '< 0.1 %');
  assert.equal(page.percent(1, 3), '33.3 %');
  assert.equal(page.percent(0, 0), '–');
});

test('times, sizes and rates are short', () => {
  assert.deepEqual([0.04, 0.4, 7, 99, 600, 7200, 90000, 864000].map(page.span),
    ['0 s', '0.4 s', '7 s', '99 s', '10 min', '2.0 h', '25 h', '10 d']);
  assert.deepEqual([null, 0, 0.00002, 0.0123, 0.25, 12].map(page.milliseconds),
    ['–', '0 ms', '0.02 ms', '12.3 ms', '250 ms', '12.0 s']);
  assert.deepEqual([512, 48234496, 3 * 2 ** 30].map(page.bytes), ['512 B', '46.0 MiB', '3.0 GiB']);
  assert.deepEqual([null, 0, 0.04, 3.21, 1234.5].map(page.rate), ['–', '0', '< 0.1', '3.2', '1,235']);
});

const text = (requests, started, extra = '') => `# HELP ccnproxy_requests_total x
ccnproxy_requests_total{origin="https://a\\"}\\\\",code="200"} ${requests}
ccnproxy_requests_total{origin="other",code="502"} 1
ccnproxy_connection_wait_total{origin="https://a",result="ready"} ${requests}
ccnproxy_request_duration_seconds_bucket{le="0.001"} 0
ccnproxy_request_duration_seconds_bucket{le="0.002"} ${requests}
ccnproxy_request_duration_seconds_bucket{le="+Inf"} ${requests}
process_start_time_seconds ${started}
constructor 5
unknown_metric{a="b"} 7
${extra}`;

test('a scrape is read and added up over origins', () => {
  const scrape = page.readScrape(text(10, 100, 'ccnproxy_build_info{version="1.2"} 1'));
  assert.equal(scrape.requests, 11);
  assert.equal(scrape.waits.ready, 10);
  assert.equal(scrape.version, '1.2');
  assert.equal(scrape.duration.buckets.at(-1).bound, Infinity);
});

test('what happened in the last minutes, also across a restart', () => {
  const history = new page.History(30);
  assert.equal(history.add(0, page.readScrape(text(10, 100))), false);
  assert.equal(history.window(), null);
  assert.equal(history.add(2000, page.readScrape(text(14, 100))), false);
  assert.equal(history.window().requests, 4);
  assert.equal(history.steps[0].requests, 4);
  assert.equal(history.add(4000, page.readScrape(text(3, 200))), true);
  assert.equal(history.steps[1].gap, true);
  assert.equal(history.window(), null);
  history.add(6000, page.readScrape(text(5, 200)));
  assert.equal(history.window().requests, 2);
  history.add(90000, page.readScrape(text(9, 200)));
  assert.equal(history.steps.at(-1).gap, true, 'the page slept');
});

test('history is bounded', () => {
  const history = new page.History(30);
  for (let i = 0; i < 1000; i += 1) history.add(i * 100, page.readScrape(text(i, 1)));
  assert.ok(history.samples.length <= 400);
  assert.equal(history.steps.length, history.samples.length - 1);
});

test('quantiles of a histogram', () => {
  const buckets = [{ bound: 0.1, count: 0 }, { bound: 0.2, count: 90 }, { bound: 0.4, count: 100 }, { bound: Infinity, count: 100 }];
  assert.equal(page.quantile(buckets, 0.45).toFixed(3), "0.150");
  assert.equal(page.quantile(buckets, 0.95).toFixed(3), '0.300');
  assert.equal(page.quantile([{ bound: 1, count: 0 }, { bound: Infinity, count: 5 }], 0.5), 1);
  assert.equal(page.quantile([], 0.5), null);
});

test('areas stop at gaps, bars stand where something was', () => {
  const axis = { now: 60000, span: 60000 };
  const stacked = page.stackOf([{ at: 0, values: [1, 1] }, { at: 10000, values: [1, 1] }, { at: 20000, values: null },
    { at: 30000, values: [1, 1] }, { at: 40000, values: [2, 0] }]);
  assert.equal(page.areaPath(stacked, 0, axis, 2).split('Z').length - 1, 2);
  assert.equal(page.barPath(stacked, 1, 10000, axis, 2).split('Z').length - 1, 3);
  assert.deepEqual([0, 3, 7, 20, 21].map(page.scaleOf), [1, 3, 8, 20, 30]);
});

test('rare events are summed up in buckets of time', () => {
  const steps = [{ at: 1000, n: 1 }, { at: 9000, n: 2 }, { at: 12000, n: 4 }, { at: 13000, gap: true }];
  assert.deepEqual(plain(page.inBuckets(steps, 10000, (step) => [step.n])), [{ at: 10000, values: [3] }, { at: 20000, values: [4] }]);
});

const pool = (more) => ({
  origin: 'https://a', protocol: '', worker: 0, kept_warm: false, warm_for_ever: false, wanted: 1, waiting: 0, peak: 0,
  last_used_s: 5, next_dial_s: null, last_failure: '', learned: { idle_s: null, age_s: null, requests: null }, path: { rtt_ms: null, loss: null }, connections: [],
  decisions: [], waits: { ready: 1, waited: 0, dialed: 1 }, requests: 2, ...more,
});
const connection = (state, more = {}) => ({ state, streams: 0, age_s: 1, due_s: null, next_action: '', ...more });

test('the pools of an origin are one row', () => {
  const [a, b] = page.groupPools([pool(), pool({ worker: 1, protocol: 'h2', last_used_s: 2, connections: [connection('ready')] }),
    pool({ origin: 'https://b' })]);
  assert.deepEqual([a.requests, a.protocol, a.lastUsed, a.workers, a.ready, a.asked, a.connections.length], [4, 'h2', 2, 2, 2, 4, 1]);
  assert.equal(b.name, 'https://b');
});

test('the path of an origin is said where it is known', () => {
  const path = (rtt, loss) => page.pathOf(page.joinPools([pool(), pool({ worker: 1, path: { rtt_ms: rtt, loss } })]).path);
  assert.equal(path(null, null), '');
  assert.equal(path(102, null), 'RTT 102 ms');
  assert.equal(path(102, 0.0125), 'RTT 102 ms, loss 1.3 %');
  assert.equal(path(102, 0), 'RTT 102 ms, loss 0 %');
  const [both] = page.groupPools([pool({ path: { rtt_ms: 80, loss: null } }), pool({ path: { rtt_ms: 90, loss: 0.02 } })]);
  assert.equal(page.pathOf(both.path), 'RTT 80.0 ms, loss 2.0 %');
});

test('the condition of an origin in a word', () => {
  const word = (more) => page.conditionOf(page.joinPools([pool(more)])).word;
  assert.equal(word({ connections: [connection('ready')] }), 'Ready');
  assert.equal(word({ connections: [connection('busy')] }), 'Busy');
  assert.equal(word({ connections: [connection('connecting')] }), 'Connecting');
  assert.equal(word({}), 'Idle');
  assert.equal(word({ waiting: 2 }), 'Requests wait');
  assert.equal(word({ next_dial_s: 3, last_failure: 'refused' }), 'Unreachable');
  assert.equal(word({ next_dial_s: 3, connections: [connection('ready')] }), 'Dials fail');
  assert.equal(word({ health: 'failing', connections: [connection('ready')] }), 'Failing');
  assert.equal(word({ health: 'degraded', connections: [connection('ready')] }), 'Degraded');
});

test('of the verdict only what stays true for a while is read out', () => {
  assert.equal(page.briefOf('2 of 14 origins failing: https://a (504, 100 % of 40 in 5 min), https://b (x).'), '2 of 14 origins failing.');
  assert.equal(page.briefOf('3 origins, none with a problem.'), '3 origins, none with a problem.');
});

test('what comes next', () => {
  const plan = (more) => plain(page.planOf(page.joinPools([pool(more)])));
  assert.deepEqual(plan({ next_dial_s: 3, last_failure: 'https://a: refused' }), ['next dial in 3 s', 'refused']);
  assert.deepEqual(plan({ connections: [connection('ready', { next_action: 'replace: pool.max_age', due_s: 600 }),
    connection('ready', { next_action: 'replace: the origin closes idle connections', due_s: 60 })] }),
  ['make-before-break ahead of the origin\u2019s idle timeout', 'in 60 s']);
  assert.deepEqual(plan({ connections: [connection('connecting', { next_action: 'dial' })] }), ['connecting', '']);
  assert.deepEqual(plan({ last_failure: 'https://a (::1): no' }), ['dials for the next request', '(::1): no']);
  assert.deepEqual(plan({ last_failure: 'https://a: refused' }), ['dials for the next request', 'refused']);
  assert.deepEqual(plan({}), ['nothing planned', '']);
});

test('a planned end in words of the field; what has none stays', () => {
  assert.equal(page.wordsOf('replace: pool.max_age'), 'make-before-break at max_age');
  assert.equal(page.wordsOf('close when replaced: pool.max_age'), 'make-before-break in progress: max_age');
  assert.equal(page.wordsOf('close when replaced: DNS: gone'), 'make-before-break in progress: DNS: gone');
  assert.equal(page.wordsOf('close after its last stream: idle'), 'draining: idle');
  assert.equal(page.wordsOf('close with its client: an upgrade'), 'close with its client: an upgrade');
  assert.equal(page.wordsOf('constructor'), 'constructor');
});

const seen = (codes, errors = []) => page.readScrape([
  ...Object.entries(codes).map(([key, n]) => `ccnproxy_requests_total{origin="${key.split(' ')[0]}",code="${key.split(' ')[1]}"} ${n}`),
  ...errors.map(([type, origin, source, n]) => (
    `ccnproxy_errors_total{${origin ? `origin="${origin}",source="${source}",` : ''}type="${type}"} ${n}`)),
  'process_start_time_seconds 1'].join('\n'));
const between = (before, now) => Object.fromEntries(page.newFailures(before, now).origins);

test('a failed request is counted once, and none that a client spoilt', () => {
  const none = seen({});
  assert.deepEqual(plain(between(none, seen({ 'a 200': 6, 'a 503': 4 }))), { a: { requests: 10, failed: 4 } });
  const refused = [['connection_refused', '', '', 3], ['connection_refused', 'a', 'origin', 3]];
  assert.deepEqual(plain(between(none, seen({ 'a 200': 7, 'a 502': 3 }, refused))), { a: { requests: 10, failed: 3 } });
  const cut = [['http_response_incomplete', 'a', 'origin', 2]];
  assert.deepEqual(plain(between(none, seen({ 'a 200': 10 }, cut))), { a: { requests: 10, failed: 2 } }, 'after its head');
  const left = [['connection_terminated', 'a', 'client', 5]];
  assert.deepEqual(plain(between(none, seen({ 'a 200': 5, 'a 499': 5 }, left))), { a: { requests: 5, failed: 0 } });
  const denied = [['destination_ip_prohibited', 'a', 'origin', 2]];
  assert.deepEqual(plain(between(none, seen({ 'a 403': 2, 'b 200': 1, 'none 503': 9 }, denied))), { b: { requests: 1, failed: 0 } });
  assert.deepEqual(plain(between(seen({ 'a 503': 4 }), seen({ 'a 503': 4, '__proto__ 500': 1 }))).a, undefined, 'nothing new');
});

test('all that failed: 5xx of origins, and what had no origin', () => {
  const scrape = seen({ 'a 503': 4, 'b 200': 9, 'none 503': 2 });
  scrape.failed.proxy = 2;
  assert.equal(page.allFailed(scrape, page.failedOf(page.failuresSinceStart(scrape))), 4);
  scrape.failed.proxy = 6;
  assert.equal(page.allFailed(scrape, page.failedOf(page.failuresSinceStart(scrape))), 6);
});

test('errors by type, origin and fault; those without an origin and those of the origin itself, too', () => {
  const rows = page.errorCounters(seen({ 'a 502': 3, 'a 503': 4, 'none 400': 2 },
    [['connection_refused', '', '', 3], ['connection_refused', 'a', 'origin', 3], ['http_request_error', '', '', 2]]));
  assert.deepEqual(plain([...rows].map(([key, n]) => [...JSON.parse(key), n])), [['connection_refused', 'a', 'origin', 3],
    ['http_request_error', '', '', 2], ['answered 5xx', 'a', 'origin', 4]]);
});

test('the worst origins, each in a place that it keeps', () => {
  const sums = new Map(Object.entries({ a: [10, 5], b: [2, 2], c: [9, 0], d: [100, 50], e: [4, 4] })
    .map(([name, [requests, failed]]) => [name, { requests, failed }]));
  assert.deepEqual(plain(page.worstOrigins(sums)), ['e', 'b', 'd', 'a']);
  assert.deepEqual(plain(page.keepPlaces([null, null, null], ['x', 'y'])), ['x', 'y', null]);
  assert.deepEqual(plain(page.keepPlaces(['x', 'y', 'z'], ['z', 'n', 'x'])), ['x', 'n', 'z']);
  assert.deepEqual(plain(page.keepPlaces(['x', 'y'], [])), [null, null]);
});

test('shares are taken over the time before, and unknown without requests', () => {
  const step = (at, requests, failed) => ({ at, origins: new Map(requests ? [['a', { requests, failed }]] : []), errors: new Map() });
  const shares = page.failureShares([step(10e3, 1, 1), step(20e3, 3, 0), { at: 25e3, gap: true }, step(50e3, 0, 0), step(52e3, 2, 1)], ['a', null]);
  assert.deepEqual(plain(shares), [{ at: 10e3, values: [1, null] }, { at: 20e3, values: [0.25, null] }, { at: 25e3, values: null },
    { at: 50e3, values: [null, null] }, { at: 52e3, values: [0.5, null] }]);
  const axis = { now: 60e3, span: 60e3 };
  assert.equal(page.linePath(shares, 0, axis, 1).split('M').length - 1, 2, 'two pieces');
  assert.equal(page.linePath(shares, 1, axis, 1), '');
});

test('an axis begins with the first that is known', () => {
  const history = new page.History(30);
  history.add(0, seen({}));
  assert.equal(history.axis().span, 1000);
  history.add(2000, seen({}));
  history.add(12000, seen({}));
  assert.deepEqual(plain(history.axis()), { now: 12000, span: 10000 });
  history.add(400e3, seen({}));
  assert.equal(history.axis().span, 1000, 'the page slept: all before is gone');
});

test('origins do not add up in memory', () => {
  const history = new page.History(30);
  for (let i = 0; i < 1000; i += 1) history.add(i * 1000, seen({ 'a 200': i, [`o${i} 503`]: 1 }, [['x', `o${i}`, 'origin', 1]]));
  assert.equal(history.samples.filter(({ scrape }) => scrape.byOrigin).length, 1, 'only of the last');
  assert.ok(page.sumFailures(history.steps).origins.size <= 302);
  assert.ok(history.steps.every(({ origins }) => origins.size <= 2));
});

await run(async () => {});
