// Checks the timeline of a message in the reader's own browser: the server's word is not needed.

import { check, departure, type Timeline } from "./verify/chain";

const page = document.querySelector<HTMLElement>("#verify");
const form = document.querySelector<HTMLFormElement>("#verify-form");
const status = document.querySelector<HTMLElement>("#verify-status");

let present: Timeline | undefined;

if (page && form && status) {
  const words = JSON.parse(document.querySelector("#verify-words")?.textContent ?? "{}") as Record<
    string,
    string
  >;
  const say = (tone: string, text: string): void => {
    status.className = `notice notice--${tone}`;
    status.textContent = text;
    status.hidden = false;
  };
  const fill = (name: string, facts: Record<string, string | number>): string =>
    (words[name] ?? name).replace(/\{(\w+)\}/g, (_, fact: string) => String(facts[fact] ?? ""));

  const run = async (): Promise<void> => {
    // Browsers give no cryptography to pages that come without TLS.
    if (!globalThis.crypto?.subtle) return say("warning", fill("no_crypto", {}));
    say("info", fill("working", {}));
    try {
      const answer = await fetch(page.dataset.timeline ?? "", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      present = await check(await answer.text());
    } catch (error) {
      return say("error", fill(error instanceof SyntaxError ? "unreadable" : "unreachable", {}));
    }
    tell(present);
  };

  const tell = (timeline: Timeline): void => {
    const rows = [...page.querySelectorAll<HTMLElement>("[data-seq]")];
    for (const verdict of timeline.verdicts) {
      const row = rows[verdict.seq - 1];
      const result = row?.querySelector<HTMLElement>(".verify__result");
      if (!row || !result) continue;
      const whole = verdict.faults.length === 0;
      row.classList.toggle("verify__entry--whole", whole);
      row.classList.toggle("verify__entry--broken", !whole);
      result.textContent = whole
        ? fill(verdict.hasWords ? "whole_with_words" : "whole", {})
        : verdict.faults.map((fault) => fill(fault, { seq: verdict.seq })).join(" ");
      const hash = row.querySelector<HTMLElement>(".verify__hash");
      if (hash) hash.textContent = verdict.hash;
    }
    const broken = timeline.verdicts.filter((verdict) => verdict.faults.length).length;
    const strange = rows.length !== timeline.verdicts.length;
    const last = timeline.verdicts.at(-1)?.hash ?? "";
    if (broken) say("error", fill("all_broken", { count: broken }));
    else if (strange || timeline.number !== page.dataset.number) say("error", fill("another", {}));
    else say("success", fill("all_whole", { count: timeline.verdicts.length, hash: last }));
  };

  const compare = async (file: File): Promise<void> => {
    if (!present) await run();
    if (!present) return;
    try {
      const earlier = await check(await file.text());
      if (earlier.number !== present.number) {
        return say("warning", fill("earlier_foreign", { number: earlier.number }));
      }
      if (earlier.verdicts.some((verdict) => verdict.faults.length)) {
        return say("warning", fill("earlier_broken", {}));
      }
      const seq = departure(present, earlier);
      if (seq) say("error", fill("earlier_departs", { seq }));
      else say("success", fill("earlier_agrees", { count: earlier.verdicts.length }));
    } catch {
      say("error", fill("earlier_unreadable", {}));
    }
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  const chosen = form.querySelector<HTMLInputElement>("input[type=file]");
  chosen?.addEventListener("change", () => {
    const file = chosen.files?.[0];
    if (file) void compare(file);
  });
  void run();
}
