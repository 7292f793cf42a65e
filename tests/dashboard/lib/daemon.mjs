// The daemon under test, and a client of it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { until } from './tap.mjs';

export class Daemon {
  /// `config`: YAML without listeners and admin, which get ports of the kernel's choice. `name`: of its file.
  constructor(folder, config, name = 'one') {
    Object.assign(this, { folder, config, name, port: 0, adminPort: 0, child: null, log: '' });
  }

  get file() { return `${this.folder}/ccnproxy-${this.name}.yaml`; }

  write(more = '') {
    fs.writeFileSync(this.file, this.head + this.config + more);
  }

  /// With `more` at the end of the configuration; resolves to what /reload says of it.
  async reload(more = '') {
    this.write(more);
    const { reloads } = await this.outcome();
    this.child.kill('SIGHUP');
    return until('the reload', async () => {
      const outcome = await this.outcome();
      return outcome.reloads > reloads && !outcome.running && outcome;
    });
  }

  async outcome() { return (await this.admin('/reload')).json(); }

  /// A second start takes the ports of the first.
  async start() {
    this.head = `listeners: [{address: "127.0.0.1:${this.port}"}]
admin: {address: "127.0.0.1:${this.adminPort}"}\nworkers: 2\nlog: {access: {to: none}}\n`;
    this.write();
    this.log = '';
    this.child = spawn(process.env.CCNPROXY, ['serve', '-f', this.file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.on('exit', resolve));
    this.child.stderr.on('data', (text) => { this.log += text; });
    await until('the daemon is ready', () => {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.log}`);
      return this.log.includes('info ready');
    });
    this.adminPort = Number(this.log.match(/admin endpoint listening on 127\.0\.0\.1:(\d+)/)[1]);
    this.port = Number(this.log.match(/\blistening on 127\.0\.0\.1:(\d+)\s*$/m)[1] || 0);
    for (const [, port] of this.log.matchAll(/listening on 127\.0\.0\.1:(\d+)/g)) if (Number(port) !== this.adminPort) this.port = Number(port);
    return this;
  }

  get url() { return `http://127.0.0.1:${this.adminPort}/`; }

  async stop(signal = 'SIGTERM') {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await this.ended;
  }

  /// One request; resolves to its status.
  get(host, path = '/', agent = undefined) {
    return new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port: this.port, path, agent, headers: { host } }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
        response.on('error', reject);
      });
      request.on('error', reject);
    });
  }

  async getTimes(n, host, path = '/') {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < n; i += 1) await this.get(host, path, agent);
    agent.destroy();
  }

  async admin(path) {
    const response = await fetch(new URL(path, this.url));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  }

  async pools(query = '') { return (await this.admin(`/pools${query}`)).json(); }
  async metrics() { return (await this.admin('/metrics')).text(); }
}
