// Small things that the steps share.

/** Calls `act` once nothing was typed for `wait` milliseconds. */
export function settled(act: () => void, wait = 250): () => void {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, wait);
  };
}

/** A loader of which only the latest answer counts; a failed one leaves the page as it is. */
export function latest<T>(read: (answer: Response) => Promise<T>) {
  let running: AbortController | undefined;
  return async (url: string, use: (found: T) => void): Promise<void> => {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const answer = await fetch(url, { signal: mine.signal, credentials: "same-origin" });
      if (answer.ok && !mine.signal.aborted) use(await read(answer));
    } catch {
      // Cut off, or no network: the plain form still works.
    }
  };
}
