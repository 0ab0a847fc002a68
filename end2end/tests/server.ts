import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** A running Latchkey with a database, a key and sandbox providers of its own. */
export interface Latchkey {
  url: string;
  setupLink: string;
  /** The link with this path in the newest letter to an address; waits for it. */
  link(to: string, path: string): Promise<string>;
  /** Where its database is. */
  folder: string;
  stop(): Promise<void>;
}

const target = process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "latchkey", "target");
const binary = process.env.SERVER_BINARY ?? join(target, "debug", "latchkey");

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

/** A link that begins like this, in the newest letter to an address; each is found once. */
function newest(outbox: string, to: string, beginning: string): string | undefined {
  if (!existsSync(outbox)) return undefined;
  for (const name of readdirSync(outbox).filter((name) => name.endsWith(".eml")).sort().reverse()) {
    const letter = readFileSync(join(outbox, name), "utf8");
    const link = letter.split(/\s/).find((word) => word.startsWith(beginning));
    if (!letter.includes(`To: ${to}\r\n`) || !link) continue;
    rmSync(join(outbox, name));
    return link;
  }
  return undefined;
}

/** Starts the real program as an operator would, with further `settings`, and waits for its setup link. */
export async function startLatchkey(settings: Record<string, string> = {}): Promise<Latchkey> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-end2end-"));
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const program: ChildProcess = spawn(binary, ["serve"], {
    cwd: join(import.meta.dirname, "..", ".."),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      LATCHKEY_SERVER__LISTEN: `127.0.0.1:${port}`,
      LATCHKEY_SERVER__PUBLIC_URL: url,
      DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
      LATCHKEY_SANDBOX__LISTEN: `127.0.0.1:${sandboxPort}`,
      LATCHKEY_EGRESS__ALLOW: "127.0.0.0/8",
      LATCHKEY_SANDBOX__PLAYS_ALL: "true",
      ...settings,
    },
  });
  let output = "";
  const setupLink = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const link = output.match(/https?:\/\/\S+\/setup\/[A-Za-z0-9_-]+/);
      if (link) resolve(link[0]);
    };
    program.stdout?.on("data", read);
    program.stderr?.on("data", read);
    program.once("error", reject);
    program.once("exit", (code) => reject(new Error(`latchkey ended with ${code}:\n${output}`)));
  });
  return {
    url,
    setupLink,
    link: async (to, path) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = newest(join(folder, "outbox"), to, `${url}${path}/`);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no letter to ${to} with a link to ${path}`);
    },
    folder,
    stop: () =>
      new Promise((resolve) => {
        program.once("exit", () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        program.kill("SIGTERM");
      }),
  };
}
