// One look at the daemon: what this page needs of /metrics, added up over origins, and of each what failed.

const labelPattern = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function labelsOf(text) {
  const labels = {};
  for (const [, name, value] of (text || '').matchAll(labelPattern)) labels[name] = value;
  return labels;
}

function emptyScrape() {
  return {
    requests: 0, waits: { ready: 0, waited: 0, dialed: 0 }, handshakes: { request: 0, warm: 0, replace: 0 },
    errors: {}, failed: { client: 0, origin: 0, proxy: 0 }, duration: { buckets: [], sum: 0, count: 0 },
    waitSum: 0, waitCount: 0, connectSum: 0, headSum: 0, headCount: 0, connections: {}, resumed: 0, retries: 0,
    failedDials: 0, clients: 0, clientsLimit: 0, waiting: 0, pools: 0, cpu: 0, memory: 0, started: 0, version: '',
    dropped: 0, byOrigin: { counts: new Map(), errors: new Map() },
  };
}

const addTo = (object, key, value) => { object[key] = (object[key] || 0) + value; };

// By name of a series; the page ignores all others.
const takers = {
  ccnproxy_requests_total: (s, v, l) => takeRequests(s, l, v),
  ccnproxy_connection_wait_total: (s, v, l) => addTo(s.waits, l.result, v),
  ccnproxy_upstream_handshakes_total: (s, v, l) => {
    addTo(s.handshakes, l.cause, v);
    if (l.resumed === 'true') s.resumed += v;
  },
  ccnproxy_errors_total: (s, v, l) => takeErrors(s, l, v),
  ccnproxy_failed_requests_total: (s, v, l) => addTo(s.failed, l.side, v),
  ccnproxy_request_duration_seconds_bucket: (s, v, l) => {
    s.duration.buckets.push({ bound: l.le === '+Inf' ? Infinity : Number(l.le), count: v });
  },
  ccnproxy_request_duration_seconds_sum: (s, v) => { s.duration.sum = v; },
  ccnproxy_request_duration_seconds_count: (s, v) => { s.duration.count = v; },
  ccnproxy_connection_wait_seconds_sum: (s, v) => { s.waitSum = v; },
  ccnproxy_connection_wait_seconds_count: (s, v) => { s.waitCount = v; },
  ccnproxy_request_connect_seconds_sum: (s, v) => { s.connectSum += v; },
  ccnproxy_upstream_response_head_seconds_sum: (s, v) => { s.headSum += v; },
  ccnproxy_upstream_response_head_seconds_count: (s, v) => { s.headCount += v; },
  ccnproxy_upstream_connections: (s, v, l) => addTo(s.connections, l.state, v),
  ccnproxy_upstream_failed_dials_total: (s, v) => { s.failedDials += v; },
  ccnproxy_retries_total: (s, v) => { s.retries += v; },
  ccnproxy_waiting_requests: (s, v) => { s.waiting += v; },
  ccnproxy_clients: (s, v) => { s.clients = v; },
  ccnproxy_clients_limit: (s, v) => { s.clientsLimit = v; },
  ccnproxy_pools: (s, v) => { s.pools = v; },
  ccnproxy_access_log_dropped_total: (s, v) => { s.dropped = v; },
  ccnproxy_build_info: (s, v, l) => { s.version = l.version; },
  process_cpu_seconds_total: (s, v) => { s.cpu = v; },
  process_resident_memory_bytes: (s, v) => { s.memory = v; },
  process_start_time_seconds: (s, v) => { s.started = v; },
};

function readScrape(text) {
  const scrape = emptyScrape();
  for (const line of text.split('\n')) {
    const end = line.search(/[{ ]/);
    const take = end > 0 && Object.hasOwn(takers, line.slice(0, end)) ? takers[line.slice(0, end)] : null;
    if (!take) continue;
    const space = line.lastIndexOf(' ');
    take(scrape, Number(line.slice(space + 1)), labelsOf(line.slice(end, space)));
  }
  return scrape;
}
