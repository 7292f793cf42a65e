// One origin of /pools: its pools, one for each worker, taken together; and its row of the table.

function latestOf(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length ? Math.min(...known) : null;
}

// pools: those of one origin, at least one.
function joinPools(pools) {
  const sum = (read) => pools.reduce((total, pool) => total + read(pool), 0);
  const held = pools.filter((pool) => pool.next_dial_s !== null).sort((a, b) => a.next_dial_s - b.next_dial_s);
  return {
    name: pools[0].origin, health: pools[0].health,
    protocol: (pools.find((pool) => pool.protocol) || {}).protocol || '',
    workers: pools.length,
    keptWarm: pools.some((pool) => pool.kept_warm), forEver: pools.some((pool) => pool.warm_for_ever),
    wanted: sum((pool) => pool.wanted), waiting: sum((pool) => pool.waiting), requests: sum((pool) => pool.requests),
    ready: sum((pool) => pool.waits.ready), asked: sum((pool) => sumOf(pool.waits)),
    lastUsed: latestOf(pools.map((pool) => pool.last_used_s)),
    nextDial: held.length ? held[0].next_dial_s : null,
    failure: (held[0] || pools.find((pool) => pool.last_failure) || { last_failure: '' }).last_failure,
    learned: {
      idle: latestOf(pools.map((pool) => pool.learned.idle_s)), age: latestOf(pools.map((pool) => pool.learned.age_s)),
      requests: latestOf(pools.map((pool) => pool.learned.requests)),
    },
    path: joinPaths(pools.map(({ path }) => path)),
    connections: pools.flatMap((pool) => pool.connections.map((c) => ({ ...c, worker: pool.worker }))),
    decisions: pools.flatMap((pool) => pool.decisions).sort((a, b) => a.ago_s - b.ago_s).slice(0, 16),
  };
}

function groupPools(pools) {
  const groups = new Map();
  for (const pool of pools) {
    if (!groups.has(pool.origin)) groups.set(pool.origin, []);
    groups.get(pool.origin).push(pool);
  }
  return [...groups.values()].map(joinPools);
}

const countState = (origin, ...wanted) => origin.connections.filter(({ state }) => wanted.includes(state)).length;

// In a word, and how bad that is.
function conditionOf(origin) {
  const open = countState(origin, 'ready', 'busy', 'leaving');
  if (origin.health === 'failing') return { word: 'Failing', tone: 'bad' };
  if (origin.health === 'unreachable') return { word: 'Unreachable', tone: 'bad' };
  if (origin.nextDial !== null || origin.failure)
    return open ? { word: 'Dials fail', tone: 'warn' } : { word: 'Unreachable', tone: 'bad' };
  if (origin.health === 'degraded') return { word: 'Degraded', tone: 'warn' };
  if (origin.waiting > 0) return { word: 'Requests wait', tone: 'warn' };
  if (countState(origin, 'ready', 'leaving')) return { word: 'Ready', tone: 'good' };
  if (countState(origin, 'busy')) return { word: 'Busy', tone: 'warn' };
  if (countState(origin, 'connecting')) return { word: 'Connecting', tone: '' };
  return { word: 'Idle', tone: '' };
}

// Of the pools' views of one way: the round trip that was measured, and the largest loss.
function joinPaths(paths) {
  const known = paths.find(({ rtt_ms: rtt }) => rtt !== null) || paths[0];
  const losses = paths.map(({ loss }) => loss).filter((loss) => loss !== null);
  return { ...known, loss: losses.length ? Math.max(...losses) : null };
}

// Round trip and loss of packets, each where it was measured.
function pathOf({ rtt_ms: rtt, loss }) {
  if (rtt === null) return '';
  return `RTT ${milliseconds(rtt / 1000)}${loss === null ? '' : `, loss ${loss ? (loss * 100).toPrecision(2) : 0} %`}`;
}

// What the pool does next: [what, when].
function planOf(origin) {
  const failure = origin.failure.startsWith(origin.name) ? origin.failure.slice(origin.name.length).replace(/^[: ]+/, '') : origin.failure;
  if (origin.nextDial !== null) return [`next dial in ${span(origin.nextDial)}`, failure];
  const planned = origin.connections.filter(({ next_action: action, state }) => action && state !== 'connecting');
  const soon = planned.find(({ due_s: due }) => due === null);
  if (soon) return plannedFor(soon);
  const due = planned.sort((a, b) => a.due_s - b.due_s)[0];
  if (due) return plannedFor(due);
  if (countState(origin, 'connecting')) return ['connecting', failure];
  return failure ? ['dials for the next request', failure] : ['nothing planned', ''];
}

class OriginRow {
  constructor(name, number) {
    this.open = false;
    this.condition = el('span', { class: 'state' });
    this.about = el('small');
    this.share = el('span');
    this.of = el('small');
    this.bar = svg('rect', { class: 'good', width: '0', height: '1' });
    this.requests = el('span');
    this.rate = el('small');
    this.waiting = el('td', { role: 'cell', class: 'number', 'data-label': 'Waiting' });
    this.pictures = new Pictures();
    this.counts = el('small');
    this.plan = el('span');
    this.planWhen = el('small');
    this.button = el('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': `details-${number}`, 'aria-label': `Details of ${name}` }, 'Details');
    this.button.addEventListener('click', () => this.toggle());
    this.node = el('tr', { role: 'row', class: 'origin' },
      el('th', { role: 'rowheader', scope: 'row' }, el('span', { class: 'text' }, name), ' ', this.condition, this.about),
      el('td', { role: 'cell', class: 'share', 'data-label': 'Found ready' }, this.share,
        el('span', { class: 'meter', 'aria-hidden': 'true' }, svg('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none' }, this.bar)), this.of),
      el('td', { role: 'cell', class: 'number', 'data-label': 'Requests' }, this.requests, this.rate), this.waiting,
      el('td', { role: 'cell', class: 'pool' }, this.pictures.node, this.counts),
      el('td', { role: 'cell', class: 'next' }, this.plan, this.planWhen), el('td', { role: 'cell', class: 'more' }, this.button));
    this.inside = el('div', { class: 'inside' });
    this.details = el('tr', { role: 'row', class: 'details', id: `details-${number}`, hidden: '' },
      el('td', { role: 'cell', colspan: '7' }, this.inside));
  }

  toggle() {
    this.open = !this.open;
    setAttribute(this.button, 'aria-expanded', String(this.open));
    this.details.hidden = !this.open;
    if (this.open && this.origin) this.inside.replaceChildren(...detailsOf(this.origin));
  }

  // perSecond: requests, or null if that is not known yet.
  update(origin, perSecond) {
    this.origin = origin;
    const { word, tone } = conditionOf(origin);
    setText(this.condition, word);
    setAttribute(this.condition, 'data-tone', tone);
    const kept = origin.forEver ? 'always warm' : origin.keptWarm ? 'kept warm' : 'not kept';
    setText(this.about, [origin.protocol || 'protocol unknown', pathOf(origin.path), kept, `used ${span(origin.lastUsed)} ago`].filter(Boolean).join(' · '));
    setText(this.share, percent(origin.ready, origin.asked));
    setText(this.of, `of ${whole(origin.asked)}`);
    setAttribute(this.bar, 'width', String(origin.asked ? (100 * origin.ready) / origin.asked : 0));
    setText(this.requests, whole(origin.requests));
    setText(this.rate, perSecond === null ? '' : `${rate(perSecond)} /s`);
    setText(this.waiting, whole(origin.waiting));
    this.pictures.update(origin.connections);
    setText(this.counts, `${countState(origin, 'ready')} ready of ${origin.wanted} wanted`);
    const [plan, when] = planOf(origin);
    setText(this.plan, plan);
    setText(this.planWhen, when);
    if (this.open) this.inside.replaceChildren(...detailsOf(origin));
  }
}

function connectionTable(connections) {
  const head = ['State', 'Protocol', 'Address', 'Age', 'Idle', 'RTT', 'Streams', 'Requests', 'Dialed for', 'Worker', 'Next'];
  const row = (c) => [c.state, c.protocol || '–', c.address || '–', span(c.age_s), span(c.idle_s),
    c.rtt_ms ? milliseconds(c.rtt_ms / 1000) : '–', `${whole(c.streams)} of ${whole(c.streams + c.capacity)}`, whole(c.requests),
    c.tls_resumed ? `${c.cause}, resumed` : c.cause, String(c.worker),
    planText(c) || '–'];
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Connections' }, el('table', {},
    el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))),
    el('tbody', {}, ...connections.slice(0, 100).map((c) => el('tr', {}, ...row(c).map((text) => el('td', {}, text)))))));
}

function detailsOf(origin) {
  const { idle, age, requests } = origin.learned;
  const limits = [idle !== null && `idle timeout ${span(idle)}`, age !== null && `max age ${span(age)}`, requests !== null && `max ${plural(requests, 'request')}`];
  const known = limits.filter(Boolean).join(', ');
  const parts = [el('p', {}, `Limits of this origin\u2019s connections, as learned: ${known || 'none yet'}.`)];
  if (origin.failure) parts.unshift(el('p', {}, `Last failure: ${origin.failure}`));
  if (origin.connections.length) parts.push(connectionTable(origin.connections));
  if (origin.decisions.length) {
    parts.push(el('div', {}, el('h3', {}, 'Last decisions'), el('ol', {}, ...origin.decisions.map(({ ago_s: ago, text }) => (
      el('li', {}, el('span', { class: 'muted' }, `${span(ago)} ago`), el('span', {}, text)))))));
  }
  return parts;
}
