import { checkEnds, expect, type Page } from "./fixtures";
import type { Latchkey } from "./server";

/** The applications that the played providers know. */
const apps: Record<string, { client_id: string; client_secret: string; fields?: Record<string, string> }> = {
  "google-ads": { client_id: "100000000001-sandbox.apps.googleusercontent.com", client_secret: "GOCSPX-sandbox-google-ads", fields: { developer_token: "sandbox-developer-token" } },
  xero: { client_id: "5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001", client_secret: "sandbox-xero-secret" },
};

/** Adds the app of a connector, once. */
export async function addApp(page: Page, latchkey: Latchkey, connector: string): Promise<void> {
  const headers = { origin: latchkey.url };
  const path = `${latchkey.url}/api/v1/connectors/${connector}/apps`;
  const known = await (await page.request.get(path)).json();
  if (known.data.items.length > 0) return;
  const made = await page.request.post(path, { headers, data: { label: "Production", ...apps[connector] } });
  expect(made.status(), await made.text()).toBe(201);
}

/** From the marketplace to the page before the provider; the draft's id. */
export async function toConsent(page: Page, latchkey: Latchkey, connector: string): Promise<string> {
  await page.goto(`${latchkey.url}/marketplace/${connector}`);
  await page.getByRole("button", { name: /^Continue/ }).click();
  await page.waitForURL((url) => /^\/connect\/drf_\w+\/sign-in$/.test(url.pathname));
  await page.getByRole("link", { name: /^Continue/ }).click();
  await page.waitForURL((url) => /^\/connect\/drf_\w+\/details$/.test(url.pathname));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL((url) => /^\/connect\/drf_\w+\/consent$/.test(url.pathname));
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}

/** Leaves for the provider; ends on its consent page. */
export async function leave(page: Page, provider: string): Promise<void> {
  await page.getByRole("button", { name: `Continue to ${provider}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("(sandbox)");
}

/** Allows or denies as this account; without one as the first. */
export async function answer(page: Page, button: "Allow" | "Deny", account?: string): Promise<void> {
  if (account) await page.getByLabel(account, { exact: true }).check();
  await page.getByRole("button", { name: button }).click();
}

/** Picks an account where several are offered, and waits for the end of the test on the path that `ends` fits. */
export async function connected(page: Page, ends: RegExp, account?: RegExp): Promise<void> {
  await page.waitForURL((url) => /\/(account|test|done)$|^\/connections\/con_\w+$/.test(url.pathname));
  if (new URL(page.url()).pathname.endsWith("/account")) {
    if (account) await page.getByLabel(account).check();
    await page.getByRole("button", { name: "Test the connection" }).click();
  }
  await page.waitForURL((url) => ends.test(url.pathname));
  await checkEnds(page);
}

/** The path of the page after a connection was made. */
export const done = /^\/connect\/drf_\w+\/done$/;
