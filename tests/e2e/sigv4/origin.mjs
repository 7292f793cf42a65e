// An S3 of a few lines over TLS: stores what is signed for the host that it was asked for, refuses all else with 403.
//   node origin.mjs PORT CERTIFICATE KEY
import {createSecureServer} from 'node:http2';
import {readFileSync} from 'node:fs';
import {smithySignature} from './smithy.mjs';
import {objection, parseAuthorization} from './verify.mjs';
import {credentials} from './credentials.mjs';

const stored = new Map();

async function answer(req, res) {
  const pieces = [];
  for await (const piece of req) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !name.startsWith(':')));
  headers.host = req.headers[':authority'] ?? req.headers.host;
  const request = {method: req.method, target: req.url, headers};
  let why = objection(request, body, credentials.secretAccessKey);
  if (!why && await smithySignature(request, body) !== parseAuthorization(headers.authorization).signature)
    why = 'the two verifiers disagree';
  const facts = {'x-origin-protocol': 'HTTP/' + req.httpVersion, 'x-origin-host': headers.host};
  if (why) {
    res.writeHead(403, {'content-type': 'application/xml', ...facts});
    return res.end(`<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>${why}</Message></Error>`);
  }
  const name = req.url.replace(/\?.*/s, '');
  if (req.method === 'PUT') {
    stored.set(name, body);
    res.writeHead(200, {etag: '"stored"', ...facts});
    return res.end();
  }
  if (!stored.has(name)) return res.writeHead(404, facts).end();
  res.writeHead(200, {'content-type': 'application/octet-stream', ...facts});
  res.end(stored.get(name));
}

const [, , port, certificate, key] = process.argv;
createSecureServer({cert: readFileSync(certificate), key: readFileSync(key), allowHTTP1: true}, (req, res) =>
  answer(req, res).catch(error => res.writeHead(500).end(String(error)))).listen(Number(port), '127.0.0.1');
