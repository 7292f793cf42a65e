// A small test runner that talks as tests/e2e does: `ok N name`, `not ok N name` with the reason behind `#`, and at the end
// `N passed, N failed`.
const tests = [];
export const test = (name, body) => tests.push({ name, body });

/// Waits until `read` returns something true, and returns it; its last failure or value is in the error.
export async function until(what, read, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (let last; ; ) {
    try {
      last = await read();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}; last: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function run(cleanup) {
  const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;
  let passed = 0;
  let failed = 0;
  for (const [i, { name, body }] of tests.entries()) {
    if (only && !only.test(name)) continue;
    try {
      await body();
      passed += 1;
      console.log(`ok ${i + 1} ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${i + 1} ${name}\n${String(error.stack || error).replace(/^/gm, '# ')}`);
    }
  }
  await cleanup();
  console.log(`1..${tests.length}\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
