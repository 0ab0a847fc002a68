// A client of Latchkey in TypeScript: reads a credential, keeps it until it is to be read again, and says what to do when there is none.
//
//   const vault = new Latchkey("https://latchkey.example.com", key);
//   await fetch(address, { headers: (await vault.credential("con_…")).headers });
//
// Needs nothing but `fetch`: browsers' servers, Node 18 and later, Deno, Bun.

/** What Latchkey handed out. Times are UTC milliseconds since 1970. */
export interface Credential {
  connection: string;
  connector: string;
  version: number;
  kind: "token" | "session" | "entered";
  credential: { access_token?: string; session_token?: string; fields?: Record<string, string>; config: Record<string, string> };
  /** Left out where requests need more than headers, or the key may not read what they hold. */
  headers?: Record<string, string>;
  expires_at: number | null;
  refresh_at: number;
  obtained_at: number;
}

/** Latchkey did not hand the credential out. Branch on `code`; without `retryAfter` (seconds) a person has to act. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, retryAfter: number | null) {
    super(`${code}: ${message}`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

interface Held {
  credential: Credential;
  tag: string;
}

/** One installation, with the key of one program. `minValid`: for how many seconds a token has to work when you get it. */
export class Latchkey {
  readonly #url: string;
  readonly #key: string;
  readonly #minValid: number;
  readonly #held = new Map<string, Held>();
  readonly #asked = new Map<string, Promise<Credential>>();

  constructor(url: string, key: string, minValid: number = 300) {
    this.#url = url.replace(/\/+$/, "");
    this.#key = key;
    this.#minValid = minValid;
  }

  /** The credential of a connection; asks Latchkey only when it is time to, and once for all who wait. */
  async credential(connection: string): Promise<Credential> {
    const held = this.#held.get(connection);
    if (held && Date.now() < held.credential.refresh_at) return held.credential;
    const asked = this.#asked.get(connection);
    if (asked) return asked;
    const asking = this.#renew(connection, held).finally(() => this.#asked.delete(connection));
    this.#asked.set(connection, asking);
    return asking;
  }

  /** Reads anew next time: after the provider refused the credential. */
  forget(connection: string): void {
    this.#held.delete(connection);
  }

  async #renew(connection: string, held: Held | undefined): Promise<Credential> {
    try {
      const fresh = await this.#read(connection, held);
      this.#held.set(connection, fresh);
      return fresh.credential;
    } catch (error) {
      // What works still works while Latchkey is away or cannot renew it, however it fails.
      const works = held && (held.credential.expires_at === null || Date.now() < held.credential.expires_at);
      if (works && error instanceof Refused && error.status >= 500) return held.credential;
      throw error;
    }
  }

  async #read(connection: string, held: Held | undefined): Promise<Held> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#key}`, "user-agent": "latchkey-typescript/1" };
    if (held) headers["if-none-match"] = held.tag;
    const address = `${this.#url}/api/v1/connections/${encodeURIComponent(connection)}/credentials?min_valid=${this.#minValid}`;
    let answer: Response;
    try {
      answer = await fetch(address, { headers });
    } catch (error) {
      throw new Refused(503, "unreachable", String(error), 5);
    }
    // Nothing new: ask again in a minute.
    if (held && answer.status === 304) return { tag: held.tag, credential: { ...held.credential, refresh_at: Date.now() + 60_000 } };
    const body = await answer.json();
    if (answer.ok) return { tag: answer.headers.get("etag") ?? "", credential: body.data };
    const wait = answer.headers.get("retry-after");
    throw new Refused(answer.status, body.error.code, body.error.message, wait === null ? null : Number(wait));
  }
}
