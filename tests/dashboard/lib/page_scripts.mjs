// The dashboard's own functions, taken out of its sources, for tests without a browser.
import fs from 'node:fs';
import vm from 'node:vm';

const folder = new URL('../../../src/admin/dashboard/', import.meta.url);

export function load(files, names) {
  const source = files.map((file) => fs.readFileSync(new URL(file, folder), 'utf8')).join('\n');
  return vm.runInNewContext(`(() => { 'use strict'; ${source}; return { ${names.join(', ')} }; })()`, { URLSearchParams });
}
