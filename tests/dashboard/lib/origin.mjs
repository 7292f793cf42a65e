// The origins of the tests: one that speaks HTTP/2 and HTTP/1.1 over TLS, and a plain one.
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';

const listen = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

// /missing is not there, /status/N answers so, /slow/MS takes so long, /cut ends before its content does.
function answer(request, response) {
  request.resume();
  const status = /^\/status\/(\d+)$/.exec(request.url);
  response.statusCode = request.url === '/missing' ? 404 : Number(status ? status[1] : 200);
  if (request.url === '/cut') {
    response.setHeader('content-length', 100);
    response.write('hello\n', () => (response.stream ? response.stream.close(2) : response.destroy()));
    return;
  }
  const late = /^\/slow\/(\d+)$/.exec(request.url);
  if (late) setTimeout(() => response.end('hello\n'), Number(late[1]));
  else response.end('hello\n');
}

/// `folder` has server.pem and server.key.
export async function startOrigins(folder) {
  const secure = http2.createSecureServer({
    cert: fs.readFileSync(`${folder}/server.pem`), key: fs.readFileSync(`${folder}/server.key`), allowHTTP1: true,
  }, answer);
  const sessions = new Set();
  secure.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  secure.keepAliveTimeout = 0;
  const plain = http.createServer(answer);
  plain.keepAliveTimeout = 0;
  return {
    securePort: await listen(secure),
    plainPort: await listen(plain),
    stop() {
      for (const session of sessions) session.destroy();
      secure.close();
      plain.closeAllConnections();
      plain.close();
    },
  };
}
