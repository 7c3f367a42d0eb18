// A static server for the built page, without dependencies: node serve.mjs [--port N] [--host NAME] [--root FOLDER]

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const { port, host, root } = options();
const server = createServer((request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'Only GET and HEAD are answered.');
  const file = fileOf(request.url ?? '/');
  if (!file) return refuse(response, 404, 'There is no such file.');
  const headers = {
    'Content-Type': TYPES[extname(file.path)] ?? 'application/octet-stream',
    'Content-Length': file.size,
    // Files under assets/ have their content in their name and never change.
    'Cache-Control': file.path.startsWith(join(root, 'assets') + sep) ? 'max-age=31536000, immutable' : 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    // A figure may stand in a page of another origin.
    'Access-Control-Allow-Origin': '*',
  };
  if (request.method === 'HEAD') {
    response.writeHead(200, headers);
    response.end();
    return;
  }
  const content = createReadStream(file.path);
  // Nothing is promised before the file is open: one that may not be read is refused like one that is not there.
  content.once('open', () => {
    response.writeHead(200, headers);
    // A file that breaks off, or a reader that leaves, ends this answer and nothing else.
    pipeline(content, response, () => {});
  });
  content.once('error', () => {
    if (!response.headersSent) refuse(response, 404, 'There is no such file.');
  });
});

server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') stop(`Port ${port} is in use: choose another with --port NUMBER.`);
  else if (error.code === 'EACCES') stop(`Port ${port} is not allowed: choose one above 1023 with --port NUMBER.`);
  else stop(`The server could not be started: ${error.message}`);
});
server.listen(port, host, () => {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  console.log(`http://${shown}:${server.address().port}/`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: { port: { type: 'string' }, host: { type: 'string' }, root: { type: 'string' } },
    }));
  } catch (error) {
    stop(`${error.message} (known options: --port NUMBER, --host NAME, --root FOLDER)`);
  }
  const port = Number(values.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    stop(`--port is "${values.port}", expected a whole number from 0 to 65535.`);
  }
  const here = dirname(fileURLToPath(import.meta.url));
  const root = resolve(values.root ?? process.env.ANYSLICE_SITE ?? join(here, '../build/site'));
  if (!statSync(join(root, 'index.html'), { throwIfNoEntry: false })) {
    stop(`There is no page in ${root}: build it first (npm run build in web/).`);
  }
  return { port, host: values.host ?? 'localhost', root };
}

/** The file an address names, inside the root, and its size; null for anything else. */
function fileOf(url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  const file = join(root, normalize(path.endsWith('/') ? `${path}index.html` : path));
  if (!file.startsWith(root + sep)) return null;
  try {
    const found = statSync(file);
    return found.isFile() ? { path: file, size: found.size } : null;
  } catch {
    // Not there, below something that is not a folder, too long a name, not allowed: all the same to a reader.
    return null;
  }
}

function refuse(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
