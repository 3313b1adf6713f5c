// What is wrong with a downloaded timeline: the same questions as issues/timeline.py asks.

import { read, written, type Value } from "./canonical";

/** What was found out about one entry. */
export interface Verdict {
  seq: number;
  hash: string;
  /** Codes of what is wrong, with the page's words for them; empty when the entry is whole. */
  faults: Fault[];
  /** Whether there are words of people beside the entry that were checked too. */
  hasWords: boolean;
}

export type Fault = "missing" | "foreign" | "unchained" | "changed" | "words";

export interface Timeline {
  number: string;
  verdicts: Verdict[];
}

const BESIDE_THE_CHAIN = new Set(["hash", "note", "note_salt"]);

/** Checks the text of a timeline; throws a SyntaxError where it is none. */
export async function check(text: string): Promise<Timeline> {
  const whole = members(read(text));
  const number = plain(whole, "number");
  const entries = whole.get("entries")?.items ?? fail();
  const verdicts: Verdict[] = [];
  let previous = "";
  for (const [index, value] of entries.entries()) {
    const entry = members(value);
    const covered = new Map([...entry].filter(([name]) => !BESIDE_THE_CHAIN.has(name)));
    const hash = plain(entry, "hash");
    const note = plain(entry, "note");
    const faults: Fault[] = [];
    if (entry.get("seq")?.text !== String(index + 1)) faults.push("missing");
    if (plain(entry, "issue") !== number) faults.push("foreign");
    if (plain(entry, "previous_hash") !== previous) faults.push("unchained");
    if ((await sha256(written(covered))) !== hash) faults.push("changed");
    if (note && (await sha256(plain(entry, "note_salt") + note)) !== plain(entry, "note_digest")) {
      faults.push("words");
    }
    verdicts.push({ seq: index + 1, hash, faults, hasWords: note !== "" });
    previous = hash;
  }
  return { number, verdicts };
}

/** The first entry in which a timeline does not go on from an earlier copy; 0 when it does. */
export function departure(now: Timeline, earlier: Timeline): number {
  const apart = earlier.verdicts.findIndex((then, index) => then.hash !== now.verdicts[index]?.hash);
  return apart + 1;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function members(value: Value): Map<string, Value> {
  return value.members ?? fail();
}

function plain(entry: Map<string, Value>, name: string): string {
  const found = entry.get(name)?.plain;
  return typeof found === "string" ? found : fail();
}

function fail(): never {
  throw new SyntaxError("not a timeline");
}
