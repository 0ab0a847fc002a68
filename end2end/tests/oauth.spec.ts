import { addApp, answer, connected, done, leave, toConsent } from "./consent";
import { admin, expect, signIn, test } from "./fixtures";

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
