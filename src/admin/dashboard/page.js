// Brings the parts together.

const history = new History(30);
const figures = new Figures();
const charts = new Charts();
let answered = 0; // when, as the page's clock has it
let said = '';
drawKey();

// The status line is read out, so it says what stays true for a while.
function say(text) {
  if (text === said) return;
  said = text;
  byId('verdict').textContent = text;
}

function verdict(pools, scrape, reload, restarted) {
  if (!pools.ready) return `Not ready: ${pools.not_ready}.`;
  if (pools.silent_workers.length)
    return `Worker ${pools.silent_workers.join(', ')} does not answer; its pools are missing here.`;
  const parts = [briefOf(pools.verdict)];
  if (!reload.running && !reload.successful) parts.push('The last reload failed.');
  if (restarted) parts.push('The daemon was restarted.');
  if (scrape.dropped > 0) parts.push(`The access log has lost ${plural(scrape.dropped, 'record')}.`);
  return parts.join(' ');
}

async function get(path, signal) {
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}

const problems = new Problems();
const reloadBanner = new ReloadBanner();
const origins = new Origins(() => poll.now());
let restartSeen = 0;

async function look(signal) {
  const json = (response) => response.json();
  const [metrics, answer, reload] = await Promise.all([get('/metrics', signal).then((response) => response.text()),
    get(origins.question(), signal).then(json), get('/reload', signal).then(json)]);
  const now = Date.now();
  const scrape = readScrape(metrics);
  if (history.add(now, scrape)) restartSeen = now;
  const window = history.window();
  const lately = sumFailures(history.steps);
  figures.update(scrape, window, lately);
  charts.update(history, scrape, lately);
  origins.update(answer, now);
  problems.update(answer.problems);
  reloadBanner.update(reload);
  setText(byId('host'), answer.host);
  document.title = answer.host ? `${answer.host}: ccnproxy` : 'ccnproxy';
  setText(byId('version'), scrape.version);
  setText(byId('process'), `${plural(scrape.pools, 'pool')}, up for ${span(now / 1000 - scrape.started)}`);
  say(verdict(answer, scrape, reload, restartSeen > now - 60000));
  answered = now;
}

const pillWords = { live: 'Live', stale: 'Stale', paused: 'Paused' };

function tell({ state, again }) {
  setAttribute(byId('pill'), 'data-state', state);
  setText(byId('pill-text'), answered ? `${pillWords[state]}, ${clock(answered)}` : pillWords[state]);
  document.body.classList.toggle('is-stale', state === 'stale');
  byId('banner').hidden = state !== 'stale';
  if (state !== 'stale') return;
  const since = answered ? `What you see is from ${clock(answered)}.` : 'There is nothing to show yet.';
  setText(byId('banner-text'), `The daemon does not answer. ${since} Next try in ${span(again / 1000)}.`);
  say('The daemon does not answer.');
}

const poll = new Poll(look, tell);
byId('pause').addEventListener('click', () => {
  const paused = !poll.paused;
  setAttribute(byId('pause'), 'aria-pressed', String(paused));
  setText(byId('pause'), paused ? 'Go on' : 'Pause');
  poll.pause(paused);
});
byId('retry').addEventListener('click', () => poll.now());
poll.now();
