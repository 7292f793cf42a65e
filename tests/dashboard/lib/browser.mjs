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
