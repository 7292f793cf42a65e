// What applications do with S3, by a client that docs/aws.md makes:  node s3_client.mjs CASE      Prints what the test wants.
import {createHash, randomBytes} from 'node:crypto';
import {GetObjectCommand, HeadObjectCommand, PutObjectCommand} from '@aws-sdk/client-s3';
import {Upload} from '@aws-sdk/lib-storage';
import {s3} from './documented.mjs';

const hash = bytes => createHash('sha256').update(bytes).digest('hex');
const fetched = async key => Buffer.from(await (await s3.send(new GetObjectCommand({Bucket: 'bucket', Key: key}))).Body.transformToByteArray());

const cases = {
  async small() {
    const key = {Bucket: 'bucket', Key: 'a b/ä+/=@~!*\'().txt'};
    const body = 'hello, signed world '.repeat(20000);
    await s3.send(new PutObjectCommand({...key, Body: body}));
    return (await fetched(key.Key)).toString() === body ? 'whole' : 'not what was stored';
  },
  async multipart() {
    const body = randomBytes(50_000_000);
    const upload = new Upload({client: s3, params: {Bucket: 'bucket', Key: 'large', Body: body}, partSize: 8 << 20, queueSize: 4});
    await upload.done();
    const {ContentLength: length} = await s3.send(new HeadObjectCommand({Bucket: 'bucket', Key: 'large'}));
    return `${length} ${hash(await fetched('large')) === hash(body) ? 'whole' : 'not what was stored'}`;
  },
  async wrongSecret() {
    const body = new PutObjectCommand({Bucket: 'bucket', Key: 'small', Body: 'x'});
    return s3.send(body).then(() => 'taken', error => error.name);
  },
};
console.log(await cases[process.argv[2]]());
