// Gives the address of the page away: by the device's own dialog, else by the clipboard, else in words.

import type { Settings } from "./settings";

/** What to tell the reader, empty where the device told it itself. */
export async function share(
  url: string,
  title: string,
  words: Settings["words"],
): Promise<string> {
  if (typeof navigator.share === "function") {
    try {
      await navigator.share({ url, title });
      return "";
    } catch (error) {
      // Closing the dialog is an answer too.
      if (error instanceof DOMException && error.name === "AbortError") return "";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return words.copied;
  } catch {
    return `${words.address} ${url}`;
  }
}
