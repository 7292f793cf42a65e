// A chart of the last minutes: areas, bars or lines (plot.js), its legend with the values, and a cursor that the pointer or the
// arrow keys move. For assistive technology it is a slider over time that says the values at its place.

// How a series looks: its colour, and its pattern or dashes.
const swatch = (tone) => svg('svg', { class: 'swatch', viewBox: '0 0 18 10', 'aria-hidden': 'true' }, tone.startsWith('line')
  ? svg('path', { class: tone, d: 'M1 5H17' }) : svg('rect', { class: tone, x: 4, width: 10, height: 10, rx: 2 }));

class Chart {
  // series: [{label, tone}], lowest first; one without a label is not shown. show(value): its text.
  constructor({ title, note, series, show, empty, shape = areas }) {
    Object.assign(this, { title, series, show, shape });
    this.points = [];
    this.axis = { now: Date.now(), span: leastSpan };
    this.cursor = null; // index of a point, or null for the latest
    this.paths = series.map(({ tone }) => svg('path', { class: tone }));
    this.line = svg('line', { class: 'cursor', y1: 0, y2: plotHeight, visibility: 'hidden' });
    const grid = [0, 0.5, 1].map((share) => {
      const y = yOf(share, 1);
      return svg('line', { class: 'grid', x1: 0, x2: plotWidth, y1: y, y2: y });
    });
    this.most = el('span', { class: 'most', 'aria-hidden': 'true' });
    this.empty = el('span', { class: 'none' }, empty);
    this.plot = el('div', {
      class: 'plot', role: 'slider', tabindex: '0', 'aria-label': `${title}, over the last minutes`,
      'aria-valuemin': '0', 'aria-valuemax': '0', 'aria-valuenow': '0', 'aria-valuetext': empty,
    }, svg('svg', { viewBox: `0 0 ${plotWidth} ${plotHeight}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      ...grid, ...this.paths, this.line), this.most, this.empty);
    this.from = el('span');
    this.when = el('span', {}, 'now');
    this.values = series.map(() => el('dd', {}, '–'));
    this.labels = series.map(({ label }) => el('dt', { class: 'text' }, label));
    this.entries = series.map(({ tone }, i) => el('div', {}, swatch(tone), this.labels[i], this.values[i]));
    const legend = el('dl', { class: 'legend' }, ...(shape === lines ? this.entries : [...this.entries].reverse()));
    this.note = el('p', {}, note);
    this.node = el('section', { class: 'chart', 'aria-label': title }, el('h3', {}, title), this.note, legend,
      this.plot, el('div', { class: 'axis', 'aria-hidden': 'true' }, this.from, this.when));
    this.listen();
  }

  listen() {
    this.plot.addEventListener('pointermove', (event) => {
      const box = this.plot.getBoundingClientRect();
      this.moveTo(this.nearest((event.clientX - box.left) / box.width));
    });
    this.plot.addEventListener('pointerleave', () => this.moveTo(null));
    this.plot.addEventListener('focus', () => {
      if (this.plot.matches(':focus-visible') && this.points.length) this.moveTo(this.points.length - 1);
    });
    this.plot.addEventListener('blur', () => this.moveTo(null));
    this.plot.addEventListener('keydown', (event) => this.onKey(event));
  }

  onKey(event) {
    const last = this.points.length - 1;
    const at = this.cursor === null ? last : this.cursor;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at + 10, PageDown: at - 10, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') this.moveTo(null);
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.moveTo(Math.min(Math.max(0, to), last));
  }

  nearest(share) {
    if (!this.points.length) return null;
    const at = this.axis.now - (1 - share) * this.axis.span + this.shape.width / 2;
    let best = 0;
    this.points.forEach((point, i) => {
      if (Math.abs(point.at - at) < Math.abs(this.points[best].at - at)) best = i;
    });
    return best;
  }

  moveTo(index) {
    this.cursor = index;
    this.label();
  }

  // Others in the same places, from now on.
  rename(labels) {
    this.series = this.series.map((one, i) => ({ ...one, label: labels[i] }));
    labels.forEach((label, i) => {
      setText(this.labels[i], label);
      this.entries[i].hidden = label === '';
    });
  }

  describe(note) { setText(this.note, note); }

  // points: [{at, values or null}], oldest first.
  draw(points, axis) {
    const held = this.cursor === null ? null : this.points[this.cursor]?.at;
    this.points = points;
    this.axis = axis;
    setText(this.from, `${span(axis.span / 1e3)} ago`);
    if (held !== null) this.cursor = points.length ? Math.max(0, points.findIndex(({ at }) => at >= held)) : null;
    const laid = this.shape.layout(points);
    const top = this.shape.top(laid);
    const scale = this.shape.scale(top);
    this.paths.forEach((path, i) => setAttribute(path, 'd', this.shape.path(laid, i, axis, scale)));
    this.empty.hidden = top > 0;
    setText(this.most, top > 0 ? this.show(scale) : '');
    this.label();
  }

  label() {
    const last = this.points.length - 1;
    const index = this.cursor === null ? last : this.cursor;
    const point = this.points[index];
    const texts = this.series.map((_, i) => (point?.values ? this.show(point.values[i]) : '–'));
    texts.forEach((text, i) => setText(this.values[i], text));
    setText(this.when, this.cursor === null ? 'now' : clock(point.at));
    const x = point ? place(xOf(point.at - this.shape.width / 2, this.axis)) : 0;
    setAttribute(this.line, 'visibility', this.cursor === null ? 'hidden' : 'visible');
    setAttribute(this.line, 'x1', x);
    setAttribute(this.line, 'x2', x);
    setAttribute(this.plot, 'aria-valuemax', String(Math.max(0, last)));
    setAttribute(this.plot, 'aria-valuenow', String(Math.max(0, index)));
    const said = this.series.map(({ label }, i) => label && `${label} ${texts[i]}`).filter(Boolean).join(', ') || this.empty.textContent;
    setAttribute(this.plot, 'aria-valuetext', point ? `${clock(point.at)}: ${said}` : 'nothing yet');
  }
}
