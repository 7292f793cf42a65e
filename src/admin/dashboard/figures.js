// The key figures and the charts: from history to texts.

const onPath = (waits) => waits.waited + waits.dialed;
const sumOf = (object) => Object.values(object).reduce((sum, value) => sum + value, 0);

class Figure {
  constructor(title) {
    this.value = el('dd', {}, '–');
    this.note = el('dd', { class: 'note' });
    this.node = el('div', {}, el('dt', {}, title), this.value, this.note);
  }

  show(value, note, tone = '') {
    setText(this.value, value);
    setText(this.note, note);
    setAttribute(this.node, 'data-tone', tone);
  }
}

class Figures {
  constructor() {
    this.ready = new Figure('Found ready');
    this.requests = new Figure('Requests');
    this.failed = new Figure('Failed');
    this.duration = new Figure('Median duration');
    this.connections = new Figure('Connections');
    this.process = new Figure('Memory');
    this.nodes = [this.ready, this.requests, this.failed, this.duration, this.connections, this.process];
    byId('figures').append(...this.nodes.map(({ node }) => node));
  }

  // w: what happened in the last minutes, or null; s: all since the start.
  update(s, w) {
    const asked = sumOf(s.waits);
    const lately = w ? sumOf(w.waits) : 0;
    const share = lately ? w.waits.ready / lately : 1;
    this.ready.show(lately ? percent(w.waits.ready, lately) : percent(s.waits.ready, asked),
      lately ? `${percent(s.waits.ready, asked)} since the start` : `of ${whole(asked)} since the start`,
      share < 0.99 ? 'warn' : '');
    this.requests.show(w ? `${rate(w.requests / w.seconds)} /s` : '–',
      `${whole(s.requests)} since the start, ${plural(s.clients, 'client')} now`);
    const ours = s.failed.proxy + s.failed.origin;
    const bad = w ? w.failed.proxy + w.failed.origin : 0;
    this.failed.show(w ? whole(bad) : whole(ours),
      `${w ? `in ${span(w.seconds)}; ` : ''}since the start ${whole(ours)}, and ${whole(s.failed.client)} by clients`,
      bad > 0 ? 'bad' : '');
    const buckets = w && w.requests > 0 ? w.duration : s.duration.buckets;
    this.duration.show(milliseconds(quantile(buckets, 0.5)),
      `p90 ${milliseconds(quantile(buckets, 0.9))}, p99 ${milliseconds(quantile(buckets, 0.99))}`);
    const of = (state) => s.connections[state] || 0;
    const full = of('busy') ? `, ${whole(of('busy'))} full` : '';
    this.connections.show(whole(sumOf(s.connections)),
      `${whole(of('ready'))} ready${full}; ${s.waiting ? plural(s.waiting, 'request') : 'none'} waiting`,
      s.waiting > 0 ? 'warn' : '');
    this.process.show(bytes(s.memory), w ? `${((100 * w.cpu) / w.seconds).toFixed(1)} % of a CPU` : '');
  }
}

const handshakeBuckets = 10e3; // milliseconds

class Charts {
  constructor() {
    this.split = new Chart({
      title: 'Where a request waits', note: 'Mean of each moment\u2019s requests: for a connection, for a handshake, for the origin',
      series: [{ label: 'origin\u2019s first byte', tone: 'rest' }, { label: 'handshake', tone: 'bad' }, { label: 'queue', tone: 'warn' }],
      show: (value) => milliseconds(value), empty: 'No requests yet',
    });
    this.found = new Chart({
      title: 'What requests found', note: 'Requests each second: a connection ready, one to wait for, or none',
      series: [{ label: 'ready', tone: 'good' }, { label: 'waited', tone: 'warn' }, { label: 'dialed', tone: 'bad' }],
      show: (value) => `${rate(value)} /s`, empty: 'No requests yet',
    });
    this.handshakes = new Chart({
      title: 'Handshakes', note: 'Connections made in each 10 s: off the path of requests, or while one waited',
      series: [{ label: 'ahead of need', tone: 'good' }, { label: 'replacing', tone: 'calm' }, { label: 'on the path', tone: 'bad' }],
      show: (value) => whole(value), empty: 'None in this time', bars: handshakeBuckets,
    });
    this.errors = new Errors();
    byId('charts').append(this.split.node, this.found.node, this.handshakes.node, this.errors.node);
  }

  update(history, scrape, window) {
    const now = history.latest().at;
    const points = (read) => history.steps.map((step) => ({ at: step.at, values: step.gap ? null : read(step) }));
    this.split.draw(points((step) => {
      const mean = (sum, count) => (count > 0 ? sum / count : 0);
      const wait = mean(step.waitSum, step.waitCount);
      const connect = Math.min(wait, mean(step.connectSum, step.waitCount));
      return [mean(step.headSum, step.headCount), connect, wait - connect];
    }), now);
    this.found.draw(points(({ waits, seconds }) => [waits.ready, waits.waited, waits.dialed].map((n) => n / seconds)), now);
    this.handshakes.draw(inBuckets(history.steps, handshakeBuckets,
      ({ handshakes: h }) => [h.warm, h.replace, h.request]), now);
    this.errors.update(scrape.errors, window ? window.errors : {});
  }
}

// Errors by type, the most frequent first; those of the last minutes count most.
class Errors {
  constructor() {
    this.rows = el('tbody');
    this.table = el('table', { class: 'errors' }, el('caption', { class: 'hidden' }, 'Errors by type'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'type'), el('th', { scope: 'col', class: 'number' }, 'lately'),
        el('th', { scope: 'col', class: 'number' }, 'since start'), el('th', {}, el('span', { class: 'hidden' }, 'share')))), this.rows);
    this.empty = el('p', { class: 'empty muted' }, 'None since the daemon started.');
    this.node = el('section', { class: 'chart', 'aria-label': 'Errors by type' }, el('h3', {}, 'Errors by type'),
      el('p', {}, 'Requests that ended in an error, in the words of RFC 9209'), this.table, this.empty);
    this.shown = '';
  }

  update(all, lately) {
    const types = Object.keys(all).filter((type) => all[type] > 0)
      .sort((a, b) => (lately[b] || 0) - (lately[a] || 0) || all[b] - all[a]).slice(0, 6);
    this.table.hidden = types.length === 0;
    this.empty.hidden = types.length > 0;
    const key = JSON.stringify(types.map((type) => [type, lately[type] || 0, all[type]]));
    if (key === this.shown) return;
    this.shown = key;
    const most = Math.max(1, ...types.map((type) => all[type]));
    this.rows.replaceChildren(...types.map((type) => el('tr', {}, el('th', { scope: 'row' }, type),
      el('td', {}, whole(lately[type] || 0)), el('td', {}, whole(all[type])),
      el('td', {}, meter(all[type] / most, 'bad')))));
  }
}

function meter(share, tone) {
  return el('span', { class: 'meter', 'aria-hidden': 'true' }, svg('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none' },
    svg('rect', { class: tone, width: String(Math.max(0, Math.min(100, share * 100))), height: '1' })));
}
