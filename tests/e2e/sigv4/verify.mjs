// AWS Signature Version 4, recomputed from a request as it arrived. Written from the specification, with nothing but
// node:crypto, so that it shares no mistake with who signed; smithy.mjs asks @smithy/signature-v4 as well.
import {createHash, createHmac} from 'node:crypto';

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…" as its parts, or null. */
export function parseAuthorization(value) {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
    .exec(value ?? '');
  if (!match) return null;
  const [, keyId, scope, signedHeaders, signature] = match;
  const [date, region, service] = scope.split('/');
  return {keyId, scope, date, region, service, signedHeaders: signedHeaders.split(';'), signature};
}

// What AWS calls UriEncode, on text that is decoded.
const uriEncode = text => encodeURIComponent(text).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());

function canonicalQuery(query) {
  if (!query) return '';
  return query.split('&').map(pair => {
    const [name, value = ''] = pair.split(/=(.*)/s);
    return [uriEncode(decodeURIComponent(name)), uriEncode(decodeURIComponent(value))];
  }).sort((a, b) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1))
    .map(pair => pair.join('=')).join('&');
}

/** The signature that this request must carry. `headers`: lower-case names, host included. S3's rules: the path as it is; other
 *  services encode it once more, which changes nothing of "/". */
export function signatureOf({method, target, headers, payloadHash}, authorization, secret) {
  const [path, query] = target.split(/\?(.*)/s);
  const canonicalHeaders = authorization.signedHeaders
    .map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const canonicalRequest = [method, path, canonicalQuery(query), canonicalHeaders,
    authorization.signedHeaders.join(';'), payloadHash].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], authorization.scope, sha256(canonicalRequest)].join('\n');
  const key = [authorization.date, authorization.region, authorization.service, 'aws4_request']
    .reduce(hmac, 'AWS4' + secret);
  return hmac(key, toSign).toString('hex');
}

/** Why the request is not what was signed, or null. */
export function objection(request, body, secret) {
  const authorization = parseAuthorization(request.headers.authorization);
  if (!authorization) return 'no signature';
  if (!authorization.signedHeaders.includes('host')) return 'the host is not signed';
  // S3 wants the hash as a field, others do without.
  const payloadHash = request.headers['x-amz-content-sha256'] ?? sha256(body);
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== sha256(body)) return 'the body is not what was signed';
  const expected = signatureOf({...request, payloadHash}, authorization, secret);
  return expected === authorization.signature ? null : `SignatureDoesNotMatch for host ${request.headers.host}`;
}
