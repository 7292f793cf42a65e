// A client that signs by hand, request by request:  node client.mjs WAY PROXY-PORT HOST
//   absolute   uses the daemon as its HTTP proxy: signed for HOST, sent as http://HOST/… (needs `upgrade:`)
//   real-host  signed for HOST, sent to HOST with the label
//   label      signed for HOST with the label, which is not the host that the origin is asked for
// Prints the status, and the answer where it is not what was stored.
import {request as httpRequest} from 'node:http';
import {createHash} from 'node:crypto';
import {Sha256} from '@aws-crypto/sha256-js';
import {HttpRequest} from '@smithy/protocol-http';
import {SignatureV4} from '@smithy/signature-v4';
import {credentials} from './credentials.mjs';

const [, , way, port, host] = process.argv;
const labelled = host + '.ccnproxy-https';
const signer = new SignatureV4({credentials, region: 'eu-central-1', service: 's3', sha256: Sha256, uriEscapePath: false});

async function exchange(method, path, query, body) {
  const signedFor = way === 'label' ? labelled : host;
  const unsigned = new HttpRequest({method, protocol: 'http:', hostname: signedFor, path, query, body,
    headers: {host: signedFor, 'x-amz-content-sha256': createHash('sha256').update(body ?? '').digest('hex')}});
  const {headers} = await signer.sign(unsigned);
  if (body) headers['content-length'] = Buffer.byteLength(body);
  headers.host = way === 'absolute' ? host : labelled;
  const search = Object.entries(query).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');
  const target = path + (search ? '?' + search : '');
  return new Promise((resolve, reject) => {
    const sent = httpRequest({host: '127.0.0.1', port, method, headers,
      path: way === 'absolute' ? `http://${host}${target}` : target}, async response => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve({status: response.statusCode, text, host: response.headers['x-origin-host'],
        protocol: response.headers['x-origin-protocol']});
    });
    sent.on('error', reject).end(body);
  });
}

const key = '/bucket/a%20b/%C3%A4+%2F%3D@~!*\'().txt';
const put = await exchange('PUT', key, {}, 'hello, signed world');
const got = await exchange('GET', key, {'x-id': 'Get Object', versionId: 'a/b+c=', empty: ''});
const whole = put.status === 200 && got.text === 'hello, signed world';
console.log(put.status, got.status, got.host, got.protocol, whole ? 'whole' : put.text);
