// Shapes of charts, without a document: where a value is on the plot.

const plotWidth = 600;
const plotHeight = 132;
const plotTop = 14; // room for the scale's label

// The least of 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, ... that is not below the value.
function scaleOf(most) {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * power).find((n) => n >= most * 0.999);
}

// points: [{at, values: [...]} or {at, values: null}], oldest first. Values are stacked in their order.
function stackOf(points) {
  return points.map(({ at, values }) => {
    if (!values) return { at, tops: null };
    let sum = 0;
    return { at, tops: values.map((value) => { sum += value; return sum; }) };
  });
}

const highest = (stacked) => Math.max(0, ...stacked.map(({ tops }) => (tops ? tops[tops.length - 1] : 0)));
const xOf = (at, axis) => plotWidth * (1 - (axis.now - at) / axis.span);
const yOf = (value, scale) => plotHeight - (plotHeight - plotTop) * (value / scale);
const place = (n) => n.toFixed(1);

// An area between the series below and this one, in pieces where there are gaps.
function areaPath(stacked, index, axis, scale) {
  const runs = [[]];
  for (const point of stacked) {
    if (point.tops) runs[runs.length - 1].push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 1).map((run) => {
    const edge = (point, i) => `${place(xOf(point.at, axis))} ${place(yOf(i < 0 ? 0 : point.tops[i], scale))}`;
    const top = run.map((point) => edge(point, index));
    const bottom = run.map((point) => edge(point, index - 1)).reverse();
    return `M${top.join('L')}L${bottom.join('L')}Z`;
  }).join('');
}

// Bars of the same stack, each as wide as its time but for a hair.
function barPath(stacked, index, width, axis, scale) {
  return stacked.filter(({ tops }) => tops && tops[index] > (tops[index - 1] || 0)).map(({ at, tops }) => {
    const left = place(Math.max(0, xOf(at - width, axis) + 0.8));
    const right = place(xOf(at, axis) - 0.8);
    const top = place(yOf(tops[index], scale));
    const bottom = place(yOf(index > 0 ? tops[index - 1] : 0, scale));
    return `M${left} ${bottom}V${top}H${right}V${bottom}Z`;
  }).join('');
}

// A line through the values of one series, in pieces where it has none; a piece of one value is a dot.
function linePath(points, index, axis, scale) {
  let path = '';
  let drawing = false;
  for (const { at, values } of points) {
    const value = values ? values[index] : null;
    if (value !== null) path += `${drawing ? 'L' : 'M'}${place(xOf(at, axis))} ${place(yOf(value, scale))}${drawing ? '' : 'h0'}`;
    drawing = value !== null;
  }
  return path;
}

// How a chart shows its series: as a stack of areas or bars, with a scale that follows the highest; or as lines of shares.
const areas = { width: 0, layout: stackOf, top: highest, scale: scaleOf, path: areaPath };
const bars = (width) => ({ ...areas, width,
  path: (stacked, index, axis, scale) => barPath(stacked, index, width, axis, scale) });
const lines = {
  width: 0, layout: (points) => points, scale: () => 1, path: linePath,
  top: (points) => (points.some(({ values }) => values && values.some((value) => value > 0)) ? 1 : 0),
};

// Counts of many small steps in buckets of time, so that rare events stay visible.
function inBuckets(steps, width, read) {
  const sums = new Map();
  for (const step of steps) {
    const end = Math.ceil(step.at / width) * width;
    if (step.gap) continue;
    const values = read(step);
    const before = sums.get(end) || values.map(() => 0);
    sums.set(end, before.map((sum, i) => sum + values[i]));
  }
  return [...sums].map(([at, values]) => ({ at, values }));
}
