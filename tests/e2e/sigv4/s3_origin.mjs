// S3 over TLS: takes nothing whose signature is not that of the request as it arrived, and gives the rest to s3rver, which
// would take any (it does not compute Signature Version 4).
//   node s3_origin.mjs ADDRESS PORT CERTIFICATE KEY FOLDER      Prints "ready". GET /.signatures: how many were good and bad.
import {request as httpRequest} from 'node:http';
import S3rver from 's3rver';
import {received, refuse, serve} from './origin_server.mjs';
import {smithySignature} from './smithy.mjs';
import {objection, parseAuthorization} from './verify.mjs';
import {credentials} from './credentials.mjs';

const [, , address, port, certificate, key, folder] = process.argv;
const checked = {good: 0, bad: 0};

const store = new S3rver({port: 0, address: '127.0.0.1', silent: true, directory: folder, vhostBuckets: false,
  configureBuckets: [{name: 'bucket'}]});
const storeAddress = await store.run();

async function whyNot(request, body) {
  const why = objection(request, body, credentials.secretAccessKey);
  if (why) return why;
  const {signature} = parseAuthorization(request.headers.authorization);
  return await smithySignature(request, body) === signature ? null : 'the two verifiers disagree';
}

/** The request to s3rver, which knows one account only. */
function keep({method, target, headers}, body, res) {
  const forwarded = {...headers, authorization: headers.authorization.replace(credentials.accessKeyId, 'S3RVER')};
  const sent = httpRequest({host: '127.0.0.1', port: storeAddress.port, method, path: target, headers: forwarded}, response => {
    const {connection, 'keep-alive': alive, 'transfer-encoding': coding, ...fields} = response.headers;
    res.writeHead(response.statusCode, fields);
    response.pipe(res);
  });
  sent.on('error', error => res.writeHead(502).end(String(error)));
  sent.end(body);
}

async function answer(req, res) {
  if (req.url === '/.signatures') return res.end(JSON.stringify(checked));
  const {request, body} = await received(req);
  const why = await whyNot(request, body);
  checked[why ? 'bad' : 'good']++;
  return why ? refuse(res, why) : keep(request, body, res);
}

serve({certificate, key, port, address}, answer, () => console.log('ready'));
