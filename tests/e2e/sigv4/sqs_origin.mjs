// A queue of SQS over TLS: takes nothing whose signature is not that of the request as it arrived.
//   node sqs_origin.mjs ADDRESS CERTIFICATE KEY      Prints "ready". Needs no npm packages.
// GET /.seen: how many requests were good and bad, what hosts and protocols they had, how often each message was sent.
// A message that begins with "LOST" arrives, and its connection ends without an answer.
import {createHash} from 'node:crypto';
import {received, serve} from './origin_server.mjs';
import {objection} from './verify.mjs';
import {credentials} from './credentials.mjs';

const seen = {good: 0, bad: 0, hosts: {}, protocols: {}, sent: {}};
const queue = [];
const count = (what, name) => { what[name] = (what[name] ?? 0) + 1; };
const md5 = text => createHash('md5').update(text).digest('hex');
const escaped = text => text.replace(/[<>&]/g, c => `&#${c.charCodeAt(0)};`);
const result = (action, inner) => `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;

const actions = {
  SendMessage(fields) {
    queue.push(fields.get('MessageBody'));
    return `<MessageId>${queue.length}</MessageId><MD5OfMessageBody>${md5(fields.get('MessageBody'))}</MD5OfMessageBody>`;
  },
  ReceiveMessage() {
    const text = queue.shift();
    return text === undefined ? '' : `<Message><MessageId>1</MessageId><ReceiptHandle>r</ReceiptHandle>` +
      `<MD5OfBody>${md5(text)}</MD5OfBody><Body>${escaped(text)}</Body></Message>`;
  },
};

function refuse(res, why) {
  res.writeHead(403, {'content-type': 'text/xml'});
  res.end(`<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>${why}</Message></Error></ErrorResponse>`);
}

async function answer(req, res) {
  if (req.url === '/.seen') return res.end(JSON.stringify(seen));
  const {request, body} = await received(req);
  const why = objection(request, body, credentials.secretAccessKey);
  count(seen, why ? 'bad' : 'good');
  count(seen.hosts, request.headers.host);
  count(seen.protocols, req.httpVersion);
  if (why) return refuse(res, why);
  const fields = new URLSearchParams(body.toString());
  const message = fields.get('MessageBody');
  if (message !== null) count(seen.sent, message);
  if (message?.startsWith('LOST')) return (req.stream?.session ?? req.socket).destroy();
  const action = fields.get('Action');
  res.writeHead(200, {'content-type': 'text/xml'});
  res.end(result(action, actions[action](fields)));
}

const [, , address, certificate, key] = process.argv;
serve({certificate, key, port: 443, address}, answer, () => console.log('ready'));
