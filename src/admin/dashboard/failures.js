// Failures by origin: what /metrics has counted of each, and what of it is new between two looks.

// Rules of this proxy: such an error says nothing of the origin (as the daemon's own verdict has it).
const ofRules = ['destination_ip_prohibited', 'http_request_denied'];
const answered5xx = 'answered 5xx';
const shareSpan = 30e3; // milliseconds over which a share is taken: rare requests make no saw

function countsOf(scrape, origin) {
  const { counts } = scrape.byOrigin;
  if (!counts.has(origin)) counts.set(origin, { requests: 0, broken: 0, faults: 0, spoilt: 0 });
  return counts.get(origin);
}

function takeRequests(scrape, { origin, code }, n) {
  scrape.requests += n;
  const counts = countsOf(scrape, origin);
  counts.requests += n;
  if (Number(code) >= 500) counts.broken += n;
}

// Errors with an origin are counted without one, too.
function takeErrors(scrape, { origin, source, type }, n) {
  if (!origin) return addTo(scrape.errors, type, n);
  const aside = source === 'client' || ofRules.includes(type);
  countsOf(scrape, origin)[aside ? 'spoilt' : 'faults'] += n;
  return scrape.byOrigin.errors.set(JSON.stringify([type, origin, source]), n);
}

// An error that comes before the head of a response is a 5xx to the client, one that comes after it is not: the larger of
// both counts has no request twice. Without those that say nothing of the origin.
function failuresBetween(before, now) {
  const grown = (name) => Math.max(0, now[name] - (before ? before[name] : 0));
  const requests = Math.max(0, grown('requests') - grown('spoilt'));
  return { requests, failed: Math.min(requests, Math.max(grown('broken'), grown('faults'))) };
}

// Counters of errors by [type, origin, source]. Those of the totals that had no origin have neither; a 5xx that no error
// explains is the origin's own answer.
function errorCounters({ errors, byOrigin }) {
  const rows = new Map(byOrigin.errors);
  const left = { ...errors };
  for (const [key, n] of byOrigin.errors) addTo(left, JSON.parse(key)[0], -n);
  for (const [type, n] of Object.entries(left)) if (n > 0) rows.set(JSON.stringify([type, '', '']), n);
  for (const [origin, { broken, faults }] of byOrigin.counts)
    if (origin !== 'none' && broken > faults) rows.set(JSON.stringify([answered5xx, origin, 'origin']), broken - faults);
  return rows;
}

const failuresSinceStart = ({ byOrigin }) => new Map([...byOrigin.counts].filter(([origin]) => origin !== 'none')
  .map(([origin, counts]) => [origin, failuresBetween(null, counts)]));

// What is new of each origin and of each error; without those of which nothing is.
function newFailures(before, now) {
  const origins = new Map();
  for (const [origin, counts] of now.byOrigin.counts) {
    const grown = failuresBetween(before.byOrigin.counts.get(origin), counts);
    if (origin !== 'none' && grown.requests > 0) origins.set(origin, grown);
  }
  const errors = new Map();
  const known = errorCounters(before);
  for (const [key, n] of errorCounters(now)) if (n > (known.get(key) || 0)) errors.set(key, n - (known.get(key) || 0));
  return { origins, errors };
}

// Of all steps together.
function sumFailures(steps) {
  const origins = new Map();
  const errors = new Map();
  for (const step of steps) {
    if (step.gap) continue;
    for (const [origin, { requests, failed }] of step.origins) {
      const sum = origins.get(origin) || { requests: 0, failed: 0 };
      origins.set(origin, { requests: sum.requests + requests, failed: sum.failed + failed });
    }
    for (const [key, n] of step.errors) errors.set(key, (errors.get(key) || 0) + n);
  }
  return { origins, errors };
}

// Names of the origins of which something failed, the largest share first.
function worstOrigins(origins) {
  const share = ({ failed, requests }) => failed / requests;
  return [...origins].filter(([, { failed }]) => failed > 0)
    .sort(([a, x], [b, y]) => share(y) - share(x) || y.failed - x.failed || (a < b ? -1 : 1)).map(([name]) => name);
}

// Each name in a place of its own, which it keeps as long as it is one of them: its line does not change its looks.
function keepPlaces(before, names) {
  const places = before.map((name) => (names.includes(name) ? name : null));
  for (const name of names.filter((one) => !places.includes(one))) places[places.indexOf(null)] = name;
  return places;
}

// [{at, values}]: of each name the share of its requests that failed in the time before, null where it had none.
function failureShares(steps, names, width = shareSpan) {
  let from = 0;
  return steps.map((step, i) => {
    while (steps[from].at <= step.at - width) from += 1;
    if (step.gap) return { at: step.at, values: null };
    const last = steps.slice(from, i + 1).filter(({ gap }) => !gap);
    return { at: step.at, values: names.map((name) => {
      const seen = last.map(({ origins }) => origins.get(name)).filter(Boolean);
      const requests = seen.reduce((sum, one) => sum + one.requests, 0);
      return requests > 0 ? seen.reduce((sum, one) => sum + one.failed, 0) / requests : null;
    }) };
  });
}
