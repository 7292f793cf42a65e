// An S3 of a few lines over TLS: stores what is signed for the host that it was asked for, refuses all else with 403.
//   node origin.mjs PORT CERTIFICATE KEY
import {received, refuse, serve} from './origin_server.mjs';
import {smithySignature} from './smithy.mjs';
import {objection, parseAuthorization} from './verify.mjs';
import {credentials} from './credentials.mjs';

const stored = new Map();

async function answer(req, res) {
  const {request, body} = await received(req);
  const {headers} = request;
  let why = objection(request, body, credentials.secretAccessKey);
  if (!why && await smithySignature(request, body) !== parseAuthorization(headers.authorization).signature)
    why = 'the two verifiers disagree';
  const facts = {'x-origin-protocol': 'HTTP/' + req.httpVersion, 'x-origin-host': headers.host};
  if (why) return refuse(res, why, facts);
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
serve({certificate, key, port, address: '127.0.0.1'}, answer);
