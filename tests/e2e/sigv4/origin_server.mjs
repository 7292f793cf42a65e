// What the origins of these tests have in common: TLS with both protocols, and a request as a signature covers it.
import {createSecureServer} from 'node:http2';
import {readFileSync} from 'node:fs';

/** The whole request: {method, target, headers} (lower-case names, host included) and its body. */
export async function received(req) {
  const pieces = [];
  for await (const piece of req) pieces.push(piece);
  const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !name.startsWith(':')));
  headers.host = req.headers[':authority'] ?? req.headers.host;
  return {request: {method: req.method, target: req.url, headers}, body: Buffer.concat(pieces)};
}

/** S3's way to say that it does not take a signature. */
export function refuse(res, why, facts = {}) {
  res.writeHead(403, {'content-type': 'application/xml', ...facts});
  res.end(`<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>${why}</Message></Error>`);
}

/** Serves HTTP/2 and HTTP/1.1 over TLS. `answer(req, res)`: if it fails, the answer is 500. */
export function serve({certificate, key, port, address}, answer, whenListening) {
  createSecureServer({cert: readFileSync(certificate), key: readFileSync(key), allowHTTP1: true}, (req, res) =>
    answer(req, res).catch(error => res.writeHead(500).end(String(error)))).listen(Number(port), address, whenListening);
}
