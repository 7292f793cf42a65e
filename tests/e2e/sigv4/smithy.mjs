// The signature that the SDK's own signer makes of a request as it arrived.
import {Sha256} from '@aws-crypto/sha256-js';
import {HttpRequest} from '@smithy/protocol-http';
import {SignatureV4} from '@smithy/signature-v4';
import {parseAuthorization} from './verify.mjs';
import {credentials} from './credentials.mjs';

/** `headers`: lower-case names, host included. The body counts by what x-amz-content-sha256 says of it. */
export async function smithySignature({method, target, headers}, body) {
  const authorization = parseAuthorization(headers.authorization);
  const signer = new SignatureV4({credentials, region: authorization.region, service: authorization.service,
    sha256: Sha256, uriEscapePath: false, applyChecksum: false});
  const [path, query] = target.split(/\?(.*)/s);
  const signed = Object.fromEntries(authorization.signedHeaders.map(name => [name, headers[name]]));
  signed['x-amz-content-sha256'] = headers['x-amz-content-sha256'];
  const request = new HttpRequest({method, protocol: 'https:', hostname: headers.host, path, headers: signed, body,
    query: Object.fromEntries(new URLSearchParams(query ?? ''))});
  const at = headers['x-amz-date'].replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const result = await signer.sign(request, {signingDate: new Date(at),
    signableHeaders: new Set(authorization.signedHeaders)});
  return parseAuthorization(result.headers.authorization)?.signature;
}
