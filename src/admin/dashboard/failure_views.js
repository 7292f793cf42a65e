// Failures by origin as they are shown: the worst over time, and a table of what they were.

const mostLines = 4;
const shownName = (origin) => (origin === 'other' ? 'other origins' : origin);
const faultOf = (origin, source) => (source ? `${shownName(origin)}, fault of the ${source}` : 'before an origin was known');

// The origins that fail most, each a line.
class FailureChart {
  constructor() {
    this.places = Array(mostLines).fill(null);
    this.chart = new Chart({
      title: 'Failed requests by origin', note: '', shape: lines,
      series: this.places.map((_, i) => ({ label: '', tone: `line-${i}` })),
      show: (value) => (value === null ? 'no requests' : percent(value, 1)), empty: 'None failed',
    });
    this.node = this.chart.node;
  }

  update(steps, axis, { origins }) {
    const worst = worstOrigins(origins);
    this.places = keepPlaces(this.places, worst.slice(0, mostLines));
    this.chart.rename(this.places.map((name) => (name === null ? '' : shownName(name))));
    const more = worst.length - mostLines;
    const note = `Share of each origin\u2019s requests in ${shareSpan / 1e3} s: 5xx, or no complete response`;
    this.chart.describe(more > 0 ? `${note}; ${whole(more)} more failed` : note);
    this.chart.draw(failureShares(steps, this.places), axis);
  }
}

// Errors by type and origin, the most frequent of the last minutes first.
class Errors {
  constructor() {
    this.rows = el('tbody');
    this.table = el('table', { class: 'errors' }, el('caption', { class: 'hidden' }, 'Errors by type and origin'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Error'), el('th', { scope: 'col', class: 'number' }, 'Lately'),
        el('th', { scope: 'col', class: 'number' }, 'Since start'))), this.rows);
    this.empty = el('p', { class: 'empty muted' }, 'None since the daemon started.');
    this.node = el('section', { class: 'chart', 'aria-label': 'Errors by type and origin' }, el('h3', {}, 'Errors by type and origin'),
      el('p', {}, 'Types as RFC 9209 has them; 5xx that the origin itself answered'), this.table, this.empty);
    this.shown = '';
  }

  // all: errorCounters since the start; lately: the same of the last minutes.
  update(all, lately) {
    const recent = (key) => lately.get(key) || 0;
    const rows = [...all].filter(([, n]) => n > 0).sort(([a, x], [b, y]) => recent(b) - recent(a) || y - x).slice(0, 8)
      .map(([key, n]) => [...JSON.parse(key), recent(key), n]);
    this.table.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    const key = JSON.stringify(rows);
    if (key === this.shown) return;
    this.shown = key;
    this.rows.replaceChildren(...rows.map(([type, origin, source, now, ever]) => el('tr', {},
      el('th', { scope: 'row' }, type, el('small', {}, faultOf(origin, source))),
      el('td', {}, whole(now)), el('td', {}, whole(ever)))));
  }
}
