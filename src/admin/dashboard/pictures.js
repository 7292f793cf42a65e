// A connection as a small picture: its shape is the state, the ring how much of its planned life is over, the number how
// many requests are on it.

const states = {
  ready: 'ready: takes a request now', busy: 'busy: takes no more requests now', connecting: 'connecting', suspicious: 'suspicious: no sign of life',
  leaving: 'leaving: closes once it is replaced', draining: 'draining: closes after its last request',
  bound: 'bound: dedicated to one client',
};
const mostPictures = 24;

// Shapes differ without colour, too.
const shapes = {
  ready: () => svg('circle', { class: 's-ready', cx: 11, cy: 11, r: 6.5 }),
  busy: () => svg('rect', { class: 's-busy', x: 5.2, y: 5.2, width: 11.6, height: 11.6, rx: 2 }),
  connecting: () => svg('circle', { class: 's-connecting', cx: 11, cy: 11, r: 6 }),
  suspicious: () => svg('path', { class: 's-suspicious', d: 'M11 4.2L17.6 16H4.4Z' }),
  leaving: () => svg('path', { class: 's-leaving', d: 'M11 4.5A6.5 6.5 0 0 1 11 17.5Z' }),
  draining: () => svg('circle', { class: 's-draining', cx: 11, cy: 11, r: 5.5 }),
  bound: () => svg('path', { class: 's-bound', d: 'M11 4.2L17.8 11L11 17.8L4.2 11Z' }),
};

// The part of a circle around the picture, from the top.
function ringPath(share) {
  const angle = 2 * Math.PI * Math.min(share, 0.9999);
  const x = 11 + 9.5 * Math.sin(angle);
  const y = 11 - 9.5 * Math.cos(angle);
  return `M11 1.5A9.5 9.5 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}`;
}

const lifeOver = ({ age_s: age, due_s: due }) => (due === null ? 0 : Math.round((24 * age) / Math.max(1e-3, age + due)) / 24);

function sayConnection(c) {
  const parts = [`${c.protocol || 'connection'} ${c.state}`, `${span(c.age_s)} old`];
  if (c.streams) parts.push(plural(c.streams, 'request'));
  if (c.next_action) parts.push(planText(c));
  return parts.join(', ');
}

function picture(c) {
  const shape = Object.hasOwn(shapes, c.state) ? shapes[c.state]() : shapes.draining();
  const node = svg('svg', { viewBox: '0 0 22 22' }, svg('title', {}, sayConnection(c)));
  const life = lifeOver(c);
  if (c.state !== 'connecting') node.append(svg('circle', { class: 'ring', cx: 11, cy: 11, r: 9.5 }));
  if (life > 0) node.append(svg('path', { class: 'age', d: ringPath(life) }));
  node.append(shape);
  if (c.streams && c.state !== 'draining' && c.state !== 'leaving')
    node.append(svg('text', { x: 11, y: 14.2 }, c.streams > 99 ? '99' : String(c.streams)));
  return node;
}

// The pictures of one origin; drawn anew only if one of them looks different.
class Pictures {
  constructor() {
    this.node = el('div', { class: 'pictures', role: 'img', 'aria-label': 'none' });
    this.drawn = '';
  }

  update(connections) {
    const counts = {};
    for (const { state } of connections) addTo(counts, state, 1);
    const streams = connections.reduce((sum, c) => sum + c.streams, 0);
    const said = Object.entries(counts).map(([state, n]) => `${n} ${state}`).join(', ') || 'none';
    setAttribute(this.node, 'aria-label', streams ? `${said}; ${plural(streams, 'request')} on them` : said);
    const shown = connections.slice(0, mostPictures);
    const key = JSON.stringify([connections.length, shown.map((c) => [c.state, c.streams, lifeOver(c), span(c.age_s)])]);
    if (key === this.drawn) return;
    this.drawn = key;
    const more = connections.length - shown.length;
    this.node.replaceChildren(...shown.map(picture), ...(more > 0 ? [el('span', { class: 'muted' }, `+ ${whole(more)}`)] : []));
  }
}

function drawKey() {
  byId('key').append(...Object.entries(states).map(([state, meaning]) => el('li', {},
    fill(picture({ state, streams: 0, age_s: 0, due_s: null, protocol: '' }), { 'aria-hidden': 'true' }, []), meaning)),
  el('li', {}, fill(picture({ state: 'ready', streams: 3, age_s: 2, due_s: 1, protocol: 'h2' }), { 'aria-hidden': 'true' }, []),
    '3 requests in flight, two thirds of its planned life over'));
}
