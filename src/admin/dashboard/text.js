// Words and numbers for people, and the only ways in which this page makes elements: every text goes through a text
// node, so that nothing an origin says can become markup.

const svgSpace = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}
const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(svgSpace, tag), attributes, children);
const byId = (id) => document.getElementById(id);

// Writes only what has changed, so that a screen reader and a selection are left in peace.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const whole = (n) => Math.round(n).toLocaleString('en');
const plural = (n, noun) => `${whole(n)} ${noun}${n === 1 ? '' : 's'}`;

// 0, 0.4, 12, 1,234: three digits are enough to see a change.
function rate(n) {
  if (n === null) return '–';
  if (n === 0) return '0';
  if (n < 0.1) return '< 0.1';
  return n < 10 ? n.toFixed(1) : whole(n);
}

// A share of 1 that is never rounded up to all or down to none.
function percent(part, all) {
  if (!all) return '–';
  if (part >= all) return '100 %';
  if (part <= 0) return '0 %';
  const value = (100 * part) / all;
  const digits = value > 99 ? 2 : 1;
  const step = 10 ** digits;
  const cut = Math.min(Math.floor(value * step) / step, 100 - 1 / step);
  return cut === 0 ? `< ${1 / step} %` : `${cut.toFixed(digits)} %`;
}

function milliseconds(seconds) {
  if (seconds === null) return '–';
  const ms = seconds * 1000;
  if (ms >= 10000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 100) return `${whole(ms)} ms`;
  return ms === 0 ? '0 ms' : `${ms < 0.1 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}

// 4 s, 12 min, 3.5 h, 12 d.
function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 10) return `${s.toFixed(s < 1 && s >= 0.05 ? 1 : 0)} s`;
  if (s < 100) return `${Math.round(s)} s`;
  if (s < 6000) return `${Math.round(s / 60)} min`;
  if (s < 172800) return `${(s / 3600).toFixed(s < 36000 ? 1 : 0)} h`;
  return `${Math.round(s / 86400)} d`;
}

function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = n;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const clock = (milli) => new Date(milli).toLocaleTimeString('en-GB');
