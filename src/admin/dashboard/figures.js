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

const failedOf = (origins) => [...origins.values()].reduce((sum, { failed }) => sum + failed, 0);
// With those that failed before they had an origin. An origin's own 5xx are not errors of an exchange.
const allFailed = ({ failed }, ofOrigins) => Math.max(ofOrigins, failed.proxy + failed.origin);

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

  // s: all since the start; w: what happened in the last minutes, or null; lately: failures in them, by origin.
  update(s, w, lately) {
    const asked = sumOf(s.waits);
    const asking = w ? sumOf(w.waits) : 0;
    const share = asking ? w.waits.ready / asking : 1;
    this.ready.show(asking ? percent(w.waits.ready, asking) : percent(s.waits.ready, asked),
      asking ? `${percent(s.waits.ready, asked)} since the start` : `of ${whole(asked)} since the start`,
      share < 0.99 ? 'warn' : '');
    this.requests.show(w ? `${rate(w.requests / w.seconds)} /s` : '–',
      `${whole(s.requests)} since the start, ${plural(s.clients, 'client')} now`);
    const ever = allFailed(s, failedOf(failuresSinceStart(s)));
    const bad = w ? allFailed(w, failedOf(lately.origins)) : 0;
    this.failed.show(w ? whole(bad) : whole(ever),
      `${w ? `${percent(bad, w.requests)} in ${span(w.seconds)}; ` : ''}since the start ${whole(ever)}, and ${whole(s.failed.client)} by clients`,
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
      show: (value) => whole(value), empty: 'None in this time', shape: bars(handshakeBuckets),
    });
    this.failures = new FailureChart();
    this.errors = new Errors();
    byId('charts').append(this.failures.node, this.errors.node, this.split.node, this.found.node, this.handshakes.node);
  }

  update(history, scrape, lately) {
    const axis = history.axis();
    this.failures.update(history.steps, axis, lately);
    this.errors.update(errorCounters(scrape), lately.errors);
    const points = (read) => history.steps.map((step) => ({ at: step.at, values: step.gap ? null : read(step) }));
    this.split.draw(points((step) => {
      const mean = (sum, count) => (count > 0 ? sum / count : 0);
      const wait = mean(step.waitSum, step.waitCount);
      const connect = Math.min(wait, mean(step.connectSum, step.waitCount));
      return [mean(step.headSum, step.headCount), connect, wait - connect];
    }), axis);
    this.found.draw(points(({ waits, seconds }) => [waits.ready, waits.waited, waits.dialed].map((n) => n / seconds)), axis);
    this.handshakes.draw(inBuckets(history.steps, handshakeBuckets,
      ({ handshakes: h }) => [h.warm, h.replace, h.request]), axis);
  }
}
