// Keeps one version of the page for the times without a network. A version is all files together, by their digests: what
// a server meanwhile has of another version is never mixed into it. The build puts the list of files in front.

interface Manifest {
  /** Changes with any of the files. */
  version: string;
  /** By path from the folder of the page. `first`: needed at once; the others are kept once they have been used. */
  files: Record<string, { sha256: string; first?: true }>;
}

interface WaitingEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface ServiceWorkerScope {
  manifest: Manifest;
  registration: { scope: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: WaitingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent & WaitingEvent) => void): void;
}

export type ToServiceWorker = { action: 'keep'; urls: string[] } | { action: 'take over' };

const worker = globalThis as unknown as ServiceWorkerScope;
const { version, files } = worker.manifest;
const { scope } = worker.registration;

// Several pages may share one origin: each minds the caches of its own folder only.
const FAMILY = `anyslice ${scope} `;
const CACHE = FAMILY + version;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers()));
worker.addEventListener('message', (event) => {
  const message = event.data as ToServiceWorker;
  if (message.action === 'take over') event.waitUntil(worker.skipWaiting());
  else event.waitUntil(Promise.all(message.urls.map(pathOf).map((path) => path && answer(path))));
});
worker.addEventListener('fetch', (event) => {
  const path = event.request.method === 'GET' ? pathOf(event.request.url) : null;
  if (path !== null) event.respondWith(answer(path));
});

/** The path of a file of this version; null for any other address. */
function pathOf(url: string): string | null {
  const address = url.split(/[?#]/)[0]!;
  if (!address.startsWith(scope)) return null;
  const path = decodeURIComponent(address.slice(scope.length)) || 'index.html';
  return Object.hasOwn(files, path) ? path : null;
}

function urlOf(path: string): string {
  return new URL(path, scope).href;
}

/** Everything that is needed at once, and what the version before had been used for; all of it or nothing. */
async function install(): Promise<void> {
  const caches = await othersCaches();
  const used = (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => pathOf(url));
  const first = Object.keys(files).filter((path) => files[path]!.first);
  const cache = await globalThis.caches.open(CACHE);
  for (const path of new Set([...first, ...used])) {
    if (path === null || (await cache.match(urlOf(path)))) continue;
    await cache.put(urlOf(path), (await unchanged(path, caches)) ?? (await fetched(path)));
  }
}

async function answer(path: string): Promise<Response> {
  const cache = await globalThis.caches.open(CACHE);
  const kept = await cache.match(urlOf(path));
  if (kept) return kept;
  try {
    const response = await fetched(path);
    await cache.put(urlOf(path), response.clone());
    return response;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new Response(reason, { status: 503, statusText: reason });
  }
}

/** The file from the server; fails unless it is the one of this version. */
async function fetched(path: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(urlOf(path), { cache: 'no-cache' });
  } catch {
    throw new Error('there is no network, and it has not been used before');
  }
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await digestOf(bytes)) !== files[path]!.sha256)
    throw new Error('the server has another version: open it in a new window, or press Reload in the note');
  return withType(response, bytes);
}

/** The file as an older version had it, if it has not changed. */
async function unchanged(path: string, caches: Cache[]): Promise<Response | null> {
  for (const cache of caches) {
    const response = await cache.match(urlOf(path));
    const bytes = await response?.arrayBuffer();
    if (response && bytes && (await digestOf(bytes)) === files[path]!.sha256) return withType(response, bytes);
  }
  return null;
}

/** Only what the page looks at: a redirection or an encoding of the way here means nothing any more. */
function withType(response: Response, bytes: ArrayBuffer): Response {
  return new Response(bytes, { headers: { 'Content-Type': response.headers.get('Content-Type') ?? '' } });
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function otherNames(): Promise<string[]> {
  return (await globalThis.caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE);
}

async function othersCaches(): Promise<Cache[]> {
  return Promise.all((await otherNames()).map((name) => globalThis.caches.open(name)));
}

async function forgetOthers(): Promise<void> {
  await Promise.all((await otherNames()).map((name) => globalThis.caches.delete(name)));
}
