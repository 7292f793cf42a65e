// Debian's Chromium, driven by playwright-core.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.DASHBOARD_MODULES}/`);
const { chromium } = require('playwright-core');
const axeSource = require('axe-core').source;

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

export class Browser {
  async start() {
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: flags });
    return this;
  }

  /// A page of its own with the dashboard, on which the first figures are there. What the console and the page
  /// complain of is collected in `complaints`.
  async open(url, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(60000);
    const page = await context.newPage();
    page.complaints = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
    });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    page.on('dialog', (dialog) => page.complaints.push(`dialog: ${dialog.message()}`));
    if (options.prepare) await options.prepare(page);
    await page.goto(url);
    await page.locator('#pill[data-state=live]').waitFor();
    return page;
  }

  async close(page) { await page.context().close(); }
  async stop() { await this.browser.close(); }
}

/// Texts of which a part can't be seen: outside of the window, or cut by an element around them that does not scroll.
export function clipped(page) {
  return page.evaluate(() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const cuts = (node) => getComputedStyle(node).overflowX !== 'visible' && !node.matches('svg, .scroll');
    while (texts.nextNode()) {
      const node = texts.currentNode;
      const parent = node.parentElement;
      if (!node.textContent.trim() || !parent.checkVisibility() || parent.closest('.hidden, .skip, .scroll, svg, script, style, option, thead')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      let [left, right] = [0, document.documentElement.clientWidth];
      for (let around = parent; around; around = around.parentElement) {
        if (!cuts(around)) continue;
        const box = around.getBoundingClientRect();
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      }
      // Between its columns a table has nothing to cut a text by: it would stand on the next one.
      const cell = parent.closest('th, td, li, dt, dd, p, h1, h2, h3');
      if (cell) [left, right] = [Math.max(left, cell.getBoundingClientRect().left), Math.min(right, cell.getBoundingClientRect().right)];
      for (const box of range.getClientRects())
        if (box.left < left - 1 || box.right > right + 1) found.push(`${node.textContent.trim().slice(0, 60)}: ${box.left} to ${box.right} in ${left} to ${right}`);
    }
    return found;
  });
}

/// What axe finds against WCAG 2.2 A and AA, a line each.
export async function violations(page) {
  // As a debugger's code, which the page's own policy is not about.
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return result.violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => (
    `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary}`)));
}
