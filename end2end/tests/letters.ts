import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Latchkey } from "./server";

/** The link in the newest letter to an address, from the outbox folder beside the database; waits until it is there. */
export async function letterLink(latchkey: Latchkey, email: string, place: string): Promise<string> {
  const outbox = join(latchkey.folder, "outbox");
  let link = "";
  await expect(() => {
    for (const name of readdirSync(outbox).sort()) {
      // A long line may be folded as quoted-printable.
      const letter = readFileSync(join(outbox, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
      link = (letter.includes(email) && letter.match(new RegExp(`https?://\\S+${place}[A-Za-z0-9_-]+`))?.[0]) || link;
    }
    expect(link, `a letter to ${email}`).not.toBe("");
  }).toPass({ timeout: 10_000 });
  return link;
}
