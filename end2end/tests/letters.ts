import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Latchkey } from "./server";

/** The link in the newest letter to an address, from the outbox folder beside the database; waits until it is there. */
export async function letterLink(latchkey: Latchkey, email: string, place: string): Promise<string> {
  const outbox = join(latchkey.folder, "outbox");
  for (let tries = 0; tries < 100; tries += 1) {
    const letters = (() => {
      try {
        return readdirSync(outbox).sort().reverse();
      } catch {
        return [];
      }
    })();
    for (const name of letters) {
      // A long line may be folded as quoted-printable.
      const letter = readFileSync(join(outbox, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
      const link = letter.includes(email) && letter.match(new RegExp(`https?://\\S+${place}[A-Za-z0-9_-]+`));
      if (link) return link[0];
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no letter to ${email} in ${outbox}`);
}
