// The origins that are not well, the worst first, with what a person does next.

const healthTones = { degraded: 'warn', failing: 'bad', unreachable: 'bad' };

// `2 of 14 origins failing`: what of the daemon's sentence stays true for a while.
function briefOf(verdict) {
  const end = verdict.indexOf(': ');
  return end < 0 ? verdict : `${verdict.slice(0, end)}.`;
}

class Problem {
  constructor(origin) {
    this.health = el('span', { class: 'state' });
    this.since = el('span', { class: 'muted' });
    this.reason = el('p');
    this.command = el('code');
    this.copy = el('button', { type: 'button', 'aria-label': `Copy the command that probes ${origin}` }, 'Copy');
    this.copy.addEventListener('click', () => this.toClipboard());
    this.node = el('li', {}, el('p', {}, el('strong', { class: 'text' }, origin), ' ', this.health, ' ', this.since), this.reason,
      el('p', { class: 'command' }, this.command, ' ', this.copy));
  }

  update(problem) {
    setText(this.health, problem.health);
    setAttribute(this.health, 'data-tone', healthTones[problem.health] || '');
    setText(this.since, problem.since_s === null ? '' : `for ${span(problem.since_s)}`);
    setText(this.reason, problem.reason);
    setText(this.command, problem.probe);
  }

  // Only pages from this machine or over TLS may write to the clipboard; elsewhere the text is selected.
  toClipboard() {
    if (navigator.clipboard) return navigator.clipboard.writeText(this.command.textContent).then(() => setText(this.copy, 'Copied'), () => this.select());
    return this.select();
  }

  select() {
    getSelection().selectAllChildren(this.command);
  }
}

class Problems {
  constructor() {
    this.shown = new Map(); // by origin
  }

  update(problems) {
    byId('problems').hidden = problems.length === 0;
    const list = byId('problem-list');
    const nodes = problems.slice(0, 10).map((problem) => {
      if (!this.shown.has(problem.origin)) this.shown.set(problem.origin, new Problem(problem.origin));
      const row = this.shown.get(problem.origin);
      row.update(problem);
      return row.node;
    });
    const names = new Set(problems.map(({ origin }) => origin));
    for (const name of [...this.shown.keys()]) if (!names.has(name)) this.shown.delete(name);
    if (nodes.length !== list.children.length || nodes.some((node, i) => list.children[i] !== node)) list.replaceChildren(...nodes);
  }
}
