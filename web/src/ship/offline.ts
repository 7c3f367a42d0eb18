// Has the browser keep the page for the times without a network, and says when a new version of it has come.

import { element } from '../dom.ts';
import type { ToServiceWorker } from './service_worker.ts';

const HOUR = 3_600_000;

/** `root`: the folder whose files are kept once they have been used. */
export async function keepOffline(root: URL): Promise<void> {
  const container = navigator.serviceWorker;
  // A page inside another one does not settle in its reader's browser.
  if (!container || window.parent !== window) return;
  const visit = container.controller !== null;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await container.register(new URL('service-worker.js', document.baseURI), { updateViaCache: 'none' });
  } catch {
    // Without it everything works as long as there is a network.
    return;
  }
  if (visit) {
    announceUpdates(registration);
    // All windows change together: the files of two versions do not fit each other. The settings are in the address.
    container.addEventListener('controllerchange', () => location.reload());
  } else {
    // This visit began before anything could be kept.
    const { active } = await container.ready;
    new PerformanceObserver((list) => {
      const urls = list.getEntries().map(({ name }) => name);
      const message: ToServiceWorker = { action: 'keep', urls: urls.filter((url) => url.startsWith(root.href)) };
      active?.postMessage(message);
    }).observe({ type: 'resource', buffered: true });
  }
  setInterval(() => registration.update().catch(() => {}), HOUR);
}

function announceUpdates(registration: ServiceWorkerRegistration): void {
  const announce = (waiting: ServiceWorker) => {
    const reload = element('button', { type: 'button', class: 'small' }, 'Reload');
    const message: ToServiceWorker = { action: 'take over' };
    reload.addEventListener('click', () => waiting.postMessage(message));
    const later = element('button', { type: 'button', class: 'small' }, 'Later');
    const note = element('div', { id: 'update-note', role: 'status' }, 'A new version is here.', reload, later);
    later.addEventListener('click', () => note.remove());
    document.getElementById('update-note')?.remove();
    document.body.append(note);
  };
  if (registration.waiting) announce(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => installing.state === 'installed' && announce(installing));
  });
}
