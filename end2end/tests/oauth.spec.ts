import { admin, checkEnds, expect, signIn, test, type Page } from "./fixtures";
import type { Latchkey } from "./server";

/** The applications that the played providers know. */
const apps: Record<string, { client_id: string; client_secret: string; fields?: Record<string, string> }> = {
  "google-ads": { client_id: "100000000001-sandbox.apps.googleusercontent.com", client_secret: "GOCSPX-sandbox-google-ads", fields: { developer_token: "sandbox-developer-token" } },
  xero: { client_id: "5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001", client_secret: "sandbox-xero-secret" },
};

/** Adds the app of a connector, once. */
async function addApp(page: Page, latchkey: Latchkey, connector: string): Promise<void> {
  const headers = { origin: latchkey.url };
  const path = `${latchkey.url}/api/v1/connectors/${connector}/apps`;
  const known = await (await page.request.get(path)).json();
  if (known.data.items.length > 0) return;
  const made = await page.request.post(path, { headers, data: { label: "Production", ...apps[connector] } });
  expect(made.status(), await made.text()).toBe(201);
}

/** From the marketplace to the page before the provider; the draft's id. */
async function toConsent(page: Page, latchkey: Latchkey, connector: string): Promise<string> {
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
async function leave(page: Page, provider: string): Promise<void> {
  await page.getByRole("button", { name: `Continue to ${provider}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("(sandbox)");
}

/** Allows or denies as this account; without one as the first. */
async function answer(page: Page, button: "Allow" | "Deny", account?: string): Promise<void> {
  if (account) await page.getByLabel(account, { exact: true }).check();
  await page.getByRole("button", { name: button }).click();
}

/** Picks an account where several are offered, and waits for the end of the test on the path that `ends` fits. */
async function connected(page: Page, ends: RegExp, account?: RegExp): Promise<void> {
  await page.waitForURL((url) => /\/(account|test|done)$|^\/connections\/con_\w+$/.test(url.pathname));
  if (new URL(page.url()).pathname.endsWith("/account")) {
    if (account) await page.getByLabel(account).check();
    await page.getByRole("button", { name: "Test the connection" }).click();
  }
  await page.waitForURL((url) => ends.test(url.pathname));
  await checkEnds(page);
}

const done = /^\/connect\/drf_\w+\/done$/;

for (const [connector, provider] of [["google-ads", "Google Ads"], ["xero", "Xero"]] as const) {
  test(`${provider}: allowed at the provider, reconnected in place, disconnected`, async ({ page, setUp: latchkey, accessible, expectedStatuses }) => {
    expectedStatuses.add(400);
    await signIn(page, latchkey);
    await addApp(page, latchkey, connector);
    const draft = await toConsent(page, latchkey, connector);
    await expect(page.getByRole("heading", { level: 2, name: "What will be asked for" })).toBeVisible();
    await accessible(`${connector}-consent`);

    await leave(page, provider);
    await answer(page, "Deny");
    await page.waitForURL(`${latchkey.url}/oauth/trouble/oauth_denied?draft=${draft}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access was not allowed");
    await expect(page.getByRole("main")).toContainText("access_denied");
    await accessible(`${connector}-denied`);
    await page.getByRole("link", { name: "Back to where you were" }).click();
    await page.waitForURL(`${latchkey.url}/connect/${draft}/consent`);

    await leave(page, provider);
    const away = page.url();
    await page.goto(`${latchkey.url}/connect/${draft}/details`);
    await page.goto(`${latchkey.url}/connect/${draft}/consent`);
    await leave(page, provider);
    await answer(page, "Allow");
    await connected(page, done);
    await expect(page.getByRole("heading", { name: "Permission receipt" })).toBeVisible();
    await accessible(`${connector}-done`);

    await page.goto(away);
    await answer(page, "Allow");
    await page.waitForURL(`${latchkey.url}/oauth/trouble/oauth_state_invalid`);
    await accessible(`${connector}-stale`);

    await page.goto(`${latchkey.url}/connect/${draft}/done`);
    await page.getByRole("link", { name: "Open the connection" }).click();
    await page.waitForURL((url) => /^\/connections\/con_\w+$/.test(url.pathname));
    const connection = page.url();
    await expect(page.getByRole("heading", { name: "Permission receipt" })).toBeVisible();

    await page.getByRole("link", { name: "Reconnect" }).first().click();
    await page.waitForURL(`${connection}/reconnect`);
    await accessible(`${connector}-reconnect`);
    await leave(page, provider);
    await answer(page, "Allow", connector === "xero" ? "Another organisation" : "Another customer");
    await connected(page, /^\/connections\/con_\w+\/credentials\/test$/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`another ${provider} account`);
    await accessible(`${connector}-another-account`);
    await page.getByRole("button", { name: "Throw the new one away" }).click();
    await page.waitForURL(connection);

    await page.goto(`${connection}/reconnect`);
    await leave(page, provider);
    await answer(page, "Allow");
    await connected(page, /^\/connections\/con_\w+$/);
    expect(page.url()).toBe(connection);
    await expect(page.getByText("Version 2")).toBeVisible();

    await page.getByRole("link", { name: /^Disconnect/ }).first().click();
    await page.waitForURL(`${connection}/disconnect`);
    const name = (await page.getByRole("heading", { level: 1 }).innerText()).replace(/^Disconnect (.*)\?$/, "$1");
    await page.getByLabel("Type the name to confirm").fill(name);
    await page.getByRole("button", { name: "Disconnect and erase" }).click();
    await page.waitForURL((url) => url.pathname.startsWith("/connections"));
    await expect(page.getByText(/was told and confirmed it/).first()).toBeVisible();
  });
}

test("a way back of another session, and one that was used", async ({ page, browser, setUp: latchkey, expectedStatuses }) => {
  expectedStatuses.add(400);
  await signIn(page, latchkey);
  await addApp(page, latchkey, "xero");
  await toConsent(page, latchkey, "xero");
  await leave(page, "Xero");
  const elsewhere = await browser.newPage({ javaScriptEnabled: false });
  await elsewhere.goto(`${latchkey.url}/sign-in`);
  await elsewhere.getByLabel("E-mail").fill(admin.email);
  await elsewhere.getByLabel("Password", { exact: true }).fill(admin.password);
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await elsewhere.waitForURL(`${latchkey.url}/connections`);
  await elsewhere.goto(page.url());
  await elsewhere.getByRole("button", { name: "Allow" }).click();
  await elsewhere.waitForURL(`${latchkey.url}/oauth/trouble/oauth_state_invalid`);
  await elsewhere.close();
  await answer(page, "Allow");
  await page.waitForURL(`${latchkey.url}/oauth/trouble/oauth_state_invalid`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This way back does not count");
});
