// The service worker: shows pushes, and opens the page that one tells of. It keeps no page and no answer.

// What of a worker's scope is used here; the types of pages and of workers can not stand in one program.
interface Told extends Event {
  waitUntil(done: Promise<unknown>): void;
  readonly data: { json(): unknown } | null;
  readonly notification: Notification;
}

interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window" }): Promise<{ url: string; focus(): Promise<unknown> }[]>;
    openWindow(address: string): Promise<unknown>;
  };
  addEventListener(name: "push" | "notificationclick", handle: (event: Told) => void): void;
}

const scope = self as unknown as Scope;

scope.addEventListener("push", (event) => {
  const { title, body, path } = (event.data?.json() ?? {}) as Record<string, string>;
  const options = { body: body ?? "", tag: path ?? "", icon: "/favicon.ico", data: path ?? "/" };
  event.waitUntil(scope.registration.showNotification(title ?? "", options));
});

scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(String(event.notification.data), self.location.origin);
  // Pages of this portal alone.
  if (address.origin === self.location.origin) event.waitUntil(open(address.href));
});

async function open(address: string): Promise<unknown> {
  const pages = await scope.clients.matchAll({ type: "window" });
  const there = pages.find((page) => page.url === address);
  return there ? there.focus() : scope.clients.openWindow(address);
}

export {};
