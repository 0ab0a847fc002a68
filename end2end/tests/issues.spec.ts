import { addApp, answer, connected, done, leave, toConsent } from "./consent";
import { admin, expect, signIn, test, type Page } from "./fixtures";
import { disconnect, openConnection, tabTo } from "./journeys";
import type { Latchkey } from "./server";

/** Connects through the played provider; the connection's address, and where the provider is told how to answer. */
async function connect(page: Page, latchkey: Latchkey, connector: string, provider: string): Promise<{ connection: string; rules: string }> {
  await addApp(page, latchkey, connector);
  await toConsent(page, latchkey, connector);
  await leave(page, provider);
  const rules = page.url().replace(/\/oauth\/.*$/, "/oauth/-/rules");
  await answer(page, "Allow");
  await connected(page, done);
  await openConnection(page);
  return { connection: page.url(), rules };
}

/** From now on the provider answers requests for tokens like this. */
async function tokens(page: Page, rules: string, token: "ok" | "500" | "invalid_grant"): Promise<void> {
  expect((await page.request.post(rules, { data: { token } })).status()).toBe(204);
}

/** Disconnects it: other tests count what is there. */
async function end(page: Page, connection: string): Promise<void> {
  await page.goto(connection);
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
}

/** Renews the token on the connection's page. */
async function renew(page: Page, connection: string, says: string): Promise<void> {
  await page.goto(connection);
  await page.getByRole("button", { name: "Renew the token now" }).click();
  await page.waitForURL(connection);
  await expect(page.getByText(says)).toBeVisible();
}

test("a sign-in that has ended: one issue, told once, solved by signing in again", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/connections`);
  await page.getByRole("link", { name: "Issues", exact: true }).first().click();
  await page.waitForURL(`${latchkey.url}/issues`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No open issues");
  await expect(page.getByRole("heading", { name: "Nothing is open" })).toBeVisible();
  await accessible("issues-empty");

  const { connection, rules } = await connect(page, latchkey, "google-ads", "Google Ads");
  await expect(page.getByRole("link", { name: "See the issue" })).toHaveCount(0);
  await tokens(page, rules, "invalid_grant");
  await renew(page, connection, "The token was not renewed.");
  expect(await latchkey.link(admin.email, "/connections")).toBe(connection);
  await accessible("issues-connection");
  await renew(page, connection, "The token was not renewed.");
  await page.getByRole("link", { name: "See the issue" }).click();
  await page.waitForURL(/\/issues#iss_\w+$/);

  const open = page.getByRole("region", { name: "Open", exact: true }).getByRole("listitem");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 issue needs you");
  await expect(open).toHaveCount(1);
  await expect(open.getByRole("heading", { name: /^Google Ads ended our access/ })).toBeVisible();
  await expect(open).toContainText("Apps go on with the token they have.");
  await expect(open).toContainText("Told by letter");
  await expect(page.getByRole("link", { name: /^Issues\s*1 open$/ }).first()).toBeVisible();
  await accessible("issues-open");

  await tokens(page, rules, "ok");
  await tabTo(page, open.getByRole("link", { name: /^Sign in to Google Ads again/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(`${connection}/reconnect`);
  await leave(page, "Google Ads");
  await answer(page, "Allow");
  await connected(page, /^\/connections\/con_\w+$/);
  await expect(page.getByRole("link", { name: "See the issue" })).toHaveCount(0);

  await page.goto(`${latchkey.url}/issues`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No open issues");
  const solved = page.getByRole("region", { name: "Solved in the last seven days" }).getByRole("listitem");
  await expect(solved.first()).toContainText(`Google Ads ended our access. ${admin.name} signed in again after`);
  await accessible("issues-solved-lately");
  await page.getByRole("navigation", { name: "Filter issues" }).getByRole("link", { name: /^Solved/ }).click();
  await page.waitForURL(`${latchkey.url}/issues?show=solved`);
  await expect(page.getByRole("navigation", { name: "Filter issues" }).getByRole("link", { name: /^Solved/ })).toHaveAttribute("aria-current", "true");
  await expect(page.getByRole("region", { name: "Solved" }).getByRole("listitem").first()).toContainText("signed in again");
  await accessible("issues-solved");
  await end(page, connection);
});

test("a token address that fails: the connection works on, and the issue ends with the next renewal", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  const { connection, rules } = await connect(page, latchkey, "xero", "Xero");
  await tokens(page, rules, "500");
  for (let tries = 0; tries < 3; tries += 1) await renew(page, connection, "The token was not renewed.");
  await page.goto(`${latchkey.url}/issues`);
  const open = page.getByRole("region", { name: "Open", exact: true }).getByRole("listitem");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No issue needs you");
  await expect(open).toContainText("Retrying");
  await expect(open).toContainText("Token works until");
  await accessible("issues-retrying");
  await tokens(page, rules, "ok");
  await open.getByRole("button", { name: /^Try again now/ }).click();
  await page.waitForURL(connection);
  await expect(page.getByText("The token is renewed.")).toBeVisible();
  await page.goto(`${latchkey.url}/issues`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No open issues");
  await expect(page.getByRole("region", { name: "Solved in the last seven days" })).toContainText("Latchkey could renew the token again after");
  await end(page, connection);
});
