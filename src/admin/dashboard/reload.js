// What the last reload of the configuration came to (/reload), where that is more than a success.

const mostFaults = 8;

class ReloadBanner {
  constructor() {
    this.shown = '';
  }

  // A reload under way has no outcome yet: what was said of the one before stays.
  update({ running, successful, faults, postponed }) {
    if (running) return;
    const said = successful ? postponed : faults;
    const key = JSON.stringify([successful, said]);
    if (key === this.shown) return;
    this.shown = key;
    byId('reload').hidden = successful && said.length === 0;
    setAttribute(byId('reload'), 'data-tone', successful ? 'warn' : 'bad');
    setText(byId('reload-title'), successful ? 'A restart is needed' : 'The last reload failed');
    byId('reload-text').replaceChildren(...(successful
      ? ['The last reload is active, but for these keys, which take effect at the next start:']
      : ['The configuration from before it is still active. Correct this, then run ', el('code', {}, 'ccnproxy reload'), ':']));
    const more = said.length - mostFaults;
    byId('reload-lines').replaceChildren(...said.slice(0, mostFaults).map((line) => el('li', {}, el('code', {}, line))),
      ...(more > 0 ? [el('li', {}, `and ${whole(more)} more, in /reload`)] : []));
  }
}
