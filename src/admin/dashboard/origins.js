// The table of origins. The daemon searches, sorts and cuts, so that the work here is bounded however many there are.

class Origins {
  constructor(onChange) {
    this.rows = new Map(); // by name
    this.before = new Map(); // requests at the last look
    this.beforeAt = 0;
    this.made = 0;
    let pending = 0;
    byId('search').addEventListener('input', () => {
      clearTimeout(pending);
      pending = setTimeout(onChange, 200);
    });
    for (const id of ['order', 'top']) byId(id).addEventListener('change', onChange);
    byId('tools').addEventListener('submit', (event) => {
      event.preventDefault();
      onChange();
    });
  }

  question() {
    const query = new URLSearchParams({ by: byId('order').value, top: byId('top').value });
    if (byId('search').value.trim()) query.set('contains', byId('search').value.trim());
    return `/pools?${query}`;
  }

  update(pools, at) {
    const origins = groupPools(pools.origins);
    const seconds = (at - this.beforeAt) / 1000;
    const wanted = [];
    for (const origin of origins) {
      if (!this.rows.has(origin.name)) this.rows.set(origin.name, new OriginRow(origin.name, this.made += 1));
      const row = this.rows.get(origin.name);
      const grown = origin.requests - this.before.get(origin.name);
      row.update(origin, seconds < 30 && grown >= 0 ? grown / seconds : null);
      wanted.push(row.node, row.details);
    }
    const names = new Set(origins.map(({ name }) => name));
    for (const name of [...this.rows.keys()]) if (!names.has(name)) this.rows.delete(name);
    this.arrange(wanted);
    this.before = new Map(origins.map(({ name, requests }) => [name, requests]));
    this.beforeAt = at;
    this.say(origins.length, pools.matching);
  }

  // Moves only what is not in its place, and gives the focus back to what was moved.
  arrange(wanted) {
    const body = byId('rows');
    const focused = document.activeElement;
    const keep = new Set(wanted);
    for (const node of [...body.children]) if (!keep.has(node)) node.remove();
    wanted.forEach((node, i) => {
      if (body.children[i] !== node) body.insertBefore(node, body.children[i] || null);
    });
    if (focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
  }

  say(shown, matching) {
    const search = byId('search').value.trim();
    const noun = search ? plural(matching, 'match').replace('matchs', 'matches') : plural(matching, 'origin');
    setText(byId('shown'), shown < matching ? `${whole(shown)} of ${noun}` : noun);
    byId('empty').hidden = shown > 0;
    setText(byId('empty'), search ? 'No origin in use has this in its name.' : 'No origin is in use yet. The first request opens its pool.');
  }
}
