// The AWS SDK through the daemon as its HTTP proxy, as docs/aws.md says:  node sdk.mjs PROXY-PORT HOST
import {GetObjectCommand, PutObjectCommand, S3Client} from '@aws-sdk/client-s3';
import {NodeHttpHandler} from '@smithy/node-http-handler';
import {HttpProxyAgent} from 'http-proxy-agent';
import {credentials} from './credentials.mjs';

const [, , port, host] = process.argv;
const client = new S3Client({
  region: 'eu-central-1',
  credentials,
  endpoint: `http://${host}`,  // http to the daemon, which goes on by https: `upgrade:`
  forcePathStyle: true,
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({httpAgent: new HttpProxyAgent(`http://127.0.0.1:${port}`, {keepAlive: true})}),
});
const key = {Bucket: 'bucket', Key: 'a b/ä+/=@~!*\'().txt'};
const body = 'hello, signed world '.repeat(20000);
await client.send(new PutObjectCommand({...key, Body: body}));
const got = await client.send(new GetObjectCommand(key));
console.log((await got.Body.transformToString()) === body ? 'whole' : 'not what was stored');
