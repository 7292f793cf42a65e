// Pictures of the dashboard for docs/: a real daemon with a minute and a half of traffic to origins that take their time, of
// which one can't be reached and one fails for a while.
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { startOrigins } from './lib/origin.mjs';

const work = process.env.DASHBOARD_WORK;
const docs = process.argv[2];
const origins = await startOrigins(work);
const secure = `connect_to: "127.0.0.1:${origins.securePort}"`;
const daemon = await new Daemon(work, `tls: {ca_file: ${work}/ca.pem}
overrides:
  - {match: api.payments.example, ${secure}, tls: {server_name: payments.example}}
  - {match: storage.example, ${secure}, tls: {server_name: storage.example, alpn: [http/1.1]}, pool: {max_age: 30s}}
  - {match: hooks.example, ${secure}}
  - {match: ledger.example, connect_to: "127.0.0.1:9"}
  - {match: metrics.internal.example, connect_to: "127.0.0.1:${origins.plainPort}"}
`).start();

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let running = true;
const errors = [];

// `clients` at once, each with pauses of its own between requests.
function keepAsking(clients, wait, host, path) {
  return Promise.all(Array.from({ length: clients }, async () => {
    while (running) {
      await daemon.get(host, path()).catch((error) => errors.push(error));
      await pause(wait * (0.5 + Math.random()));
    }
  }));
}
// From the 40th second to the 75th.
const begun = Date.now();
const failing = () => Math.abs(Date.now() - begun - 57e3) < 18e3;
const slow = (least, spread) => () => `/slow/${Math.round(least + Math.random() * spread)}`;
const traffic = [
  keepAsking(6, 120, 'api.payments.example.ccnproxy-https', slow(70, 30)),
  keepAsking(3, 150, 'storage.example.ccnproxy-https', slow(90, 60)),
  keepAsking(2, 500, 'hooks.example.ccnproxy-https', () => (failing() && Math.random() < 0.7 ? '/status/503' : slow(120, 40)())),
  keepAsking(1, 400, 'metrics.internal.example.ccnproxy', slow(5, 5)),
  keepAsking(1, 9000, 'ledger.example.ccnproxy-https', () => '/'),
];

const browser = await new Browser().start();
const pages = await Promise.all(['light', 'dark'].map(async (colorScheme) => [colorScheme, await browser.open(daemon.url, { colorScheme })]));
const phone = await browser.open(daemon.url, { colorScheme: 'dark', viewport: { width: 390, height: 844 } });
for (let second = 0; second < 100; second += 1) {
  await pause(1000);
  if (second % 40 === 30) await Promise.all(Array.from({ length: 12 }, () => daemon.get('storage.example.ccnproxy-https', '/slow/150')));
}
await pages[0][1].getByRole('button', { name: 'Details of https://api.payments.example' }).click();
await pages[0][1].mouse.move(0, 0);
await pause(2500);
for (const [name, page] of pages) await page.screenshot({ path: `${docs}/dashboard-${name}.png`, fullPage: true });
await phone.screenshot({ path: `${docs}/dashboard-phone.png` });
running = false;
await Promise.all(traffic);
await browser.stop();
await daemon.stop();
origins.stop();
if (errors.length) throw errors[0];
