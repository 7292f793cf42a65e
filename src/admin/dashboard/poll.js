// Polls the daemon: less often while it does not answer, not at all while the page is hidden.

const between = 2000; // milliseconds
const mostBetween = 30000;
const patience = 5000; // for an answer

class Poll {
  // ask(signal) does all the work of one look; tell(state) hears how it goes:
  // {state: live | stale | paused, failures, again: milliseconds until the next look}.
  constructor(ask, tell) {
    Object.assign(this, { ask, tell, failures: 0, paused: false, timer: 0, running: null });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) clearTimeout(this.timer);
      else if (!this.paused) this.now();
    });
  }

  // At once; what is under way is given up.
  now() {
    clearTimeout(this.timer);
    if (this.running) this.running.abort();
    this.look();
  }

  pause(paused) {
    this.paused = paused;
    if (!paused) return this.now();
    clearTimeout(this.timer);
    return this.tell({ state: 'paused', failures: this.failures, again: 0 });
  }

  async look() {
    const running = new AbortController();
    this.running = running;
    const timeout = setTimeout(() => running.abort(), patience);
    let good = true;
    try {
      await this.ask(running.signal);
    } catch {
      good = false;
    }
    clearTimeout(timeout);
    if (this.running !== running) return; // another look has begun since
    this.running = null;
    this.failures = good ? 0 : this.failures + 1;
    const again = Math.min(mostBetween, between * 2 ** Math.max(0, this.failures - 1));
    this.tell({ state: this.paused ? 'paused' : good ? 'live' : 'stale', failures: this.failures, again });
    if (!this.paused && !document.hidden) this.timer = setTimeout(() => this.look(), again);
  }
}
