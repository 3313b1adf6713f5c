// Pushes in this browser: asks for the permission, and tells the portal where to send them.

const section = document.querySelector<HTMLElement>("#push");
if (section && "serviceWorker" in navigator && "PushManager" in window) {
  void start(section);
} else if (section) {
  const told = section.querySelector("[role=status]");
  if (told) told.textContent = section.dataset["unable"] ?? "";
  section.hidden = false;
}

async function start(section: HTMLElement): Promise<void> {
  const data = section.dataset;
  const told = section.querySelector<HTMLElement>("[role=status]");
  const button = (turn: string): HTMLButtonElement | null =>
    section.querySelector<HTMLButtonElement>(`[data-turn=${turn}]`);
  const show = (on: boolean, words = data[on ? "isOn" : "isOff"] ?? ""): void => {
    button("on")?.toggleAttribute("hidden", on);
    button("off")?.toggleAttribute("hidden", !on);
    if (told) told.textContent = words;
  };
  const tell = async (address: string, body: unknown): Promise<void> => {
    const token = section.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token ?? "" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
  };
  const turnOn = async (): Promise<void> => {
    if ((await Notification.requestPermission()) !== "granted") {
      show(false, data["refused"]);
      return;
    }
    const worker = await navigator.serviceWorker.register(data["worker"] ?? "");
    await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(data["key"] ?? ""),
    });
    await tell(data["on"] ?? "", subscription.toJSON());
    show(true);
  };
  const turnOff = async (): Promise<void> => {
    const subscription = await present();
    if (subscription) {
      await tell(data["off"] ?? "", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    show(false);
  };
  button("on")?.addEventListener("click", () => {
    turnOn().catch(() => show(false, data["failed"]));
  });
  button("off")?.addEventListener("click", () => {
    turnOff().catch(() => show(true, data["failed"]));
  });
  show((await present()) !== null);
  section.hidden = false;
}

async function present(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** From base64url. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
