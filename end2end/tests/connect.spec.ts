import { admin, checkEnds, expect, fillSetup, signIn, test } from "./fixtures";
import { disconnect, openConnection, openConnector, tabTo, testAgainAndDisconnect, testConnection, toDetails } from "./journeys";

test("setup link, then it is gone; sign in; a wrong password tells nothing", async ({ fresh: latchkey, page, accessible, expectedStatuses }) => {
  expectedStatuses.add(404).add(410).add(403);
  await page.goto(latchkey.setupLink);
  await accessible("setup");
  await page.getByLabel("Organisation", { exact: true }).fill(admin.organization);
  await page.getByLabel("Your name").fill(admin.name);
  await page.getByLabel("Your e-mail").fill("not an address");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.locator("form").first().evaluate((form) => form.setAttribute("novalidate", ""));
  await page.getByRole("button", { name: "Create organisation" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await accessible("setup-refused");
  await fillSetup(page);
  await page.goto(latchkey.setupLink);
  await expect(page.getByRole("button", { name: "Create organisation" })).toHaveCount(0);
  await accessible("setup-gone");

  await page.context().clearCookies();
  await page.goto(`${latchkey.url}/marketplace`);
  await page.waitForURL(/\/sign-in\?next=/);
  await accessible("sign-in");
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill("not this one, surely");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("E-mail or password is wrong");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await accessible("sign-in-refused");
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/marketplace$/);
});

test("the first steps tick themselves", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Nothing is connected yet");
  await accessible("empty");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /recovery sheet/i }).first().click();
  expect((await download).suggestedFilename()).toMatch(/\.txt$/);
  await page.reload();
  await expect(page.getByText(/download again/i)).toBeVisible();
});

test("Ventures: wrong password, right password, test again, disconnect", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  await accessible("marketplace");
  await openConnector(page, latchkey.url, "Ventures");
  await accessible("connector-ventures");
  await page.getByRole("button", { name: /^Continue/ }).click();
  await page.waitForURL(/\/sign-in/);
  await accessible("wizard-sign-in");
  await page.getByRole("link", { name: /^Continue/ }).click();
  await page.waitForURL(/\/details/);
  await accessible("wizard-details");

  await testConnection(page, { Username: "api_user", Password: "not-the-password", "Site name": "test_integration" });
  await page.waitForURL(/\/test$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ventures refused");
  await expect(page.getByText("Nothing was saved").first()).toBeVisible();
  await accessible("wizard-failed");
  const draft = page.url();
  await page.goto(`${latchkey.url}/connections`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Nothing is connected yet");
  await page.goto(draft);
  await page.getByRole("link", { name: "Change the password" }).click();
  await page.waitForURL(/\/details/);
  await expect(page.getByLabel("Username", { exact: true })).toHaveValue("api_user");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  expect(await page.content()).not.toContain("not-the-password");

  await testConnection(page, { Password: "correct-horse" });
  await page.waitForURL(/\/done$/);
  await expect(page.getByRole("main")).toContainText("api_user");
  await accessible("wizard-done");
  await openConnection(page);
  await accessible("connection");
  const name = (await page.getByRole("heading", { level: 1 }).innerText()).split("\n")[0].trim();
  await page.goto(`${latchkey.url}/connections`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 connection");
  await accessible("connections");
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("button", { name: "Test now" }).first().click();
  await expect(page.getByRole("status").filter({ hasText: "Test passed" })).toBeVisible();
  await accessible("connection-tested");
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await accessible("disconnect");
  await page.getByRole("link", { name: "Keep it" }).click();
  await testAgainAndDisconnect(page);
});

test("Ventures on one page: connect, refused, connected, disconnect", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/connect/ventures/quick`);
  await expect(page.getByText("Disconnected").first()).toBeVisible();
  await accessible("quick");
  await page.getByLabel("Username").fill("api_user");
  await page.getByLabel("Password", { exact: true }).fill("not-the-password");
  await page.getByLabel("Site name").fill("test_integration");
  await page.getByRole("button", { name: "Connect Ventures" }).click();
  await expect(page.getByRole("alert")).toContainText("refused this username or password", { timeout: 15_000 });
  await expect(page.getByRole("alert")).toContainText("Nothing was saved");
  await expect(page.getByLabel("Username")).toHaveValue("api_user");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await accessible("quick-refused");
  await page.getByLabel("Password", { exact: true }).fill("correct-horse");
  await page.getByRole("button", { name: "Connect Ventures" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ventures is connected", { timeout: 15_000 });
  await expect(page.getByText(/as api_user/i).first()).toBeVisible();
  await accessible("quick-connected");
  await page.getByRole("button", { name: "Test again" }).click();
  await expect(page.getByRole("status").filter({ hasText: "passed" })).toBeVisible({ timeout: 15_000 });
  await page.getByRole("link", { name: /^Disconnect/ }).click();
  await disconnect(page);
});

test("by keyboard alone: sign in, marketplace, connect Ventures on one page, open it", async ({ page, setUp: latchkey }) => {
  await page.goto(`${latchkey.url}/sign-in`);
  await tabTo(page, page.getByLabel("E-mail"));
  await page.keyboard.type(admin.email);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(admin.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/connections/);
  await tabTo(page, page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Marketplace" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/marketplace$/);
  await tabTo(page, page.getByRole("link", { name: "Ventures", exact: true }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/marketplace\/ventures$/);
  await tabTo(page, page.getByRole("link", { name: "Connect on one page" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/quick$/);
  for (const [label, value] of [["Username", "api_user"], ["Password", "correct-horse"], ["Site name", "test_integration"]]) {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.type(value);
  }
  await tabTo(page, page.getByRole("button", { name: "Connect Ventures" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ventures is connected", { timeout: 15_000 });
  await tabTo(page, page.getByRole("link", { name: /^Disconnect/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/disconnect$/);
  await disconnect(page);
});

test("Stripe: a refused key, a key without rights, the right key, disconnect", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Stripe");
  await toDetails(page);
  await testConnection(page, { "API key": "sk_test_sandboxRefusedKey" });
  await page.waitForURL(/\/test$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Stripe refused");
  await accessible("wizard-failed-stripe");
  await page.getByRole("link", { name: /^Change the/ }).click();
  await testConnection(page, { "API key": "sk_test_sandboxAnswers403" });
  await page.waitForURL(/\/test$/);
  await expect(page.getByText("Nothing was saved").first()).toBeVisible();
  await accessible("wizard-failed-stripe-rights");
  await page.goto(page.url().replace(/test$/, "details"));
  await testConnection(page, { "API key": "sk_test_sandboxAccountThatWorks" });
  await openConnection(page);
  await expect(page.getByRole("main")).toContainText("acct_");
  await testAgainAndDisconnect(page);
});

test("PostgreSQL, a real server: wrong password, then over TLS", async ({ page, setUp: latchkey, accessible }) => {
  const server = new URL(process.env.TEST_POSTGRES_URL ?? "");
  const details = { Host: server.hostname, Port: server.port, Database: server.pathname.slice(1), User: server.username };
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "PostgreSQL");
  await toDetails(page);
  await testConnection(page, { ...details, Encryption: "require", Password: "not-the-password" });
  await page.waitForURL(/\/test$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("PostgreSQL refused");
  await accessible("wizard-failed-postgresql");
  await page.getByRole("link", { name: /^Change the/ }).click();
  await testConnection(page, { Password: decodeURIComponent(server.password) });
  await page.waitForURL(/\/done$/);
  await accessible("wizard-done-postgresql");
  await openConnection(page);
  await testAgainAndDisconnect(page);
});

test("an address that does not exist, and keyboard order", async ({ signedIn: page, setUp: latchkey, accessible, expectedStatuses }) => {
  expectedStatuses.add(404);
  for (const path of ["/nothing-here", "/connections/con_00000000000000000000000000", "/marketplace/nothing", "/connect/drf_00000000000000000000000000/details"]) {
    const answer = await page.goto(`${latchkey.url}${path}`);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("There is nothing at this address");
  }
  await accessible("not-found");
  await page.goto(`${latchkey.url}/connections`);
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus")).toHaveText("Skip to content");
});

test("signing out ends the session", async ({ signedIn: page, setUp: latchkey }) => {
  await page.locator("header.lk-side details.lk-menu summary").last().click();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL(/\/sign-in/);
  await page.goto(`${latchkey.url}/connections`);
  await page.waitForURL(/\/sign-in/);
});
