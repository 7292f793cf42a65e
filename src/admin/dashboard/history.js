// What was seen in the last minutes, and what happened between two looks.

const historySpan = 300e3; // milliseconds that the charts show
const leastSpan = 1e3;
const mostSamples = 400;

// Between two looks. Null where they can't be compared: the daemon was restarted between them, or the page slept.
function difference(before, now, longest) {
  const seconds = (now.at - before.at) / 1000;
  if (now.scrape.started !== before.scrape.started || seconds <= 0 || seconds > longest) return null;
  const of = (read) => Math.max(0, read(now.scrape) - read(before.scrape));
  const each = (name) => Object.fromEntries(
    Object.keys(now.scrape[name]).map((key) => [key, of((s) => s[name][key] || 0)]));
  return {
    at: now.at, seconds,
    requests: of((s) => s.requests), waits: each('waits'), handshakes: each('handshakes'),
    failed: each('failed'), waitSum: of((s) => s.waitSum), waitCount: of((s) => s.waitCount),
    connectSum: of((s) => s.connectSum), headSum: of((s) => s.headSum), headCount: of((s) => s.headCount),
    cpu: of((s) => s.cpu), retries: of((s) => s.retries), failedDials: of((s) => s.failedDials),
    dropped: of((s) => s.dropped),
    duration: now.scrape.duration.buckets.map(({ bound }, i) => (
      { bound, count: of((s) => (s.duration.buckets[i] || { count: 0 }).count) })),
  };
}

// The value below which a share q of a histogram's counts is, as far as its buckets can tell.
function quantile(buckets, q) {
  const all = buckets.length ? buckets[buckets.length - 1].count : 0;
  if (!all) return null;
  const rank = q * all;
  let low = 0;
  let below = 0;
  for (const { bound, count } of buckets) {
    if (count >= rank) {
      if (bound === Infinity) return low;
      return low + (bound - low) * ((rank - below) / Math.max(1e-9, count - below));
    }
    low = bound;
    below = count;
  }
  return low;
}

class History {
  constructor(longestGap) {
    this.samples = []; // {at, scrape}
    this.steps = []; // difference or null, one less than the samples
    this.longestGap = longestGap; // seconds
  }

  // True if the daemon is another process than at the last look.
  add(at, scrape) {
    const sample = { at, scrape };
    const last = this.latest();
    const restarted = last !== null && last.scrape.started !== scrape.started;
    if (last) {
      const step = difference(last, sample, this.longestGap);
      this.steps.push(step ? Object.assign(step, newFailures(last.scrape, scrape)) : { at, seconds: 0, gap: true });
      last.scrape.byOrigin = null; // steps have what was new, so that hundreds of samples do not keep all origins
    }
    this.samples.push(sample);
    while (this.samples.length > mostSamples || this.samples[0].at < at - historySpan) {
      this.samples.shift();
      this.steps.shift();
    }
    return restarted;
  }

  // Of the charts: it begins with what is known first, so that no part of them stands empty.
  axis() {
    const { at: now } = this.latest();
    const first = this.steps.find(({ gap }) => !gap);
    return { now, span: Math.min(historySpan, Math.max(leastSpan, now - (first ? first.at : now))) };
  }

  latest() { return this.samples.length ? this.samples[this.samples.length - 1] : null; }

  // Since the oldest sample of the same process, at most the span of the charts; null before there are two.
  window() {
    const now = this.latest();
    const oldest = this.samples.find((sample) => sample.scrape.started === now.scrape.started);
    return now && oldest !== now ? difference(oldest, now, Infinity) : null;
  }
}
