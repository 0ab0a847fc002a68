import { admin, expect, type Page, signIn, test } from "./fixtures";

const FIRST = "a loaf of rye, well baked";
const SECOND = "two loaves of rye, well baked";
const THIRD = "three loaves of rye, well baked";

async function enter(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function leave(page: Page): Promise<void> {
  await page.locator(".lk-side summary").last().click();
  await page.locator(".lk-side").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
}

test("register, confirm by the letter's link, forget, reset, change", async ({ page, setUp: latchkey, accessible, expectedStatuses }) => {
  const email = "bo@example.com";
  await page.goto(`${latchkey.url}/sign-in`);
  await accessible("sign-in");
  await page.getByRole("link", { name: "Register" }).click();
  await page.waitForURL(/\/register$/);
  await accessible("register");
  await page.getByLabel("Organisation").fill("Bakery");
  await page.getByLabel("Your name").fill("Bo Baker");
  await page.getByLabel("Your e-mail").fill(email);
  await page.getByLabel("Password").fill("password1234");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Organisation")).toHaveValue("Bakery");
  await accessible("register-refused");
  await page.getByLabel("Password").fill(FIRST);
  await page.getByRole("button", { name: "Register" }).click();
  await page.waitForURL(/\/sent$/);
  await expect(page.getByText("A letter is on its way.")).toBeVisible();
  await accessible("sent");
  const before = await latchkey.link(email, "/verify");
  await page.getByRole("button", { name: "Send the letter again" }).click();
  await expect(page.getByRole("status")).toContainText("If this address waits to be confirmed");

  const link = await latchkey.link(email, "/verify");
  expectedStatuses.add(404);
  await page.goto(before);
  await expect(page.getByText("This link has been used, replaced or has ended.")).toBeVisible();
  await page.goto(link);
  await expect(page.getByText("Bo Baker registered with bo@example.com, for the organisation Bakery.")).toBeVisible();
  await accessible("verify");
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect(page.getByText("Your address is confirmed.")).toBeVisible();
  await enter(page, latchkey.url, email, FIRST);
  await page.waitForURL(/\/connections/);

  await page.locator(".lk-side summary").last().click();
  await page.locator(".lk-side").getByRole("link", { name: "Your account" }).click();
  await page.waitForURL(/\/account$/);
  await expect(page.getByLabel("Your name")).toHaveValue("Bo Baker");
  await accessible("account");
  await page.getByLabel("Your name").fill("Bo B.");
  await page.getByRole("button", { name: "Save the name" }).click();
  await expect(page.getByText("Your name is saved.")).toBeVisible();
  await leave(page);

  await page.goto(`${latchkey.url}/sign-in`);
  await page.getByRole("link", { name: "Forgot it?" }).click();
  await page.waitForURL(/\/forgot$/);
  await accessible("forgot");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("If this address has an account, a letter is on its way.")).toBeVisible();
  await page.goto(await latchkey.link(email, "/reset"));
  await accessible("reset");
  await page.getByLabel("New password").fill(SECOND);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await enter(page, latchkey.url, email, FIRST);
  await expect(page.getByText("E-mail or password is wrong.")).toBeVisible();
  await enter(page, latchkey.url, email, SECOND);
  await page.waitForURL(/\/connections/);

  await page.goto(`${latchkey.url}/account`);
  await page.getByLabel("Current password").fill(FIRST);
  await page.getByLabel("New password").fill(THIRD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("This is not your password.").first()).toBeVisible();
  await accessible("account-refused");
  await page.getByLabel("Current password").fill(SECOND);
  await page.getByLabel("New password").fill(THIRD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await leave(page);
  await enter(page, latchkey.url, email, THIRD);
  await page.waitForURL(/\/connections/);
});

test("another password in one browser signs the other one out", async ({ page, browser, setUp: latchkey }) => {
  const email = "cleo@example.com";
  await page.goto(`${latchkey.url}/register`);
  await page.getByLabel("Organisation").fill("Cellar");
  await page.getByLabel("Your name").fill("Cleo Cook");
  await page.getByLabel("Your e-mail").fill(email);
  await page.getByLabel("Password").fill(FIRST);
  await page.getByRole("button", { name: "Register" }).click();
  await page.goto(await latchkey.link(email, "/verify"));
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await enter(page, latchkey.url, email, FIRST);
  await page.waitForURL(/\/connections/);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const other = await context.newPage();
  await enter(other, latchkey.url, email, FIRST);
  await other.waitForURL(/\/connections/);
  await page.goto(`${latchkey.url}/account`);
  await page.getByLabel("Current password").fill(FIRST);
  await page.getByLabel("New password").fill(SECOND);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("You are signed out everywhere else.").first()).toBeVisible();
  await other.goto(`${latchkey.url}/connections`);
  await other.waitForURL(/\/sign-in/);
  await context.close();
});

test("another address counts when its letter's link was opened", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/account`);
  await page.getByLabel("New e-mail").fill("dana@elsewhere.example");
  await page.getByRole("button", { name: "Change the e-mail" }).click();
  await expect(page.getByText("A letter is on its way to the new address.")).toBeVisible();
  await accessible("account-address");
  await page.goto(await latchkey.link("dana@elsewhere.example", "/verify"));
  await accessible("verify-address");
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await page.waitForURL(/\/account/);
  await expect(page.getByText("Your new address is confirmed.")).toBeVisible();
  // Back to what the other tests know.
  await page.getByLabel("New e-mail").fill(admin.email);
  await page.getByRole("button", { name: "Change the e-mail" }).click();
  await page.goto(await latchkey.link(admin.email, "/verify"));
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await expect(page.getByText("Your new address is confirmed.")).toBeVisible();
});

test("the three themes are on the account page", async ({ page, setUp: latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/account`);
  await page.getByLabel("Dark").check();
  await page.getByRole("button", { name: "Choose the theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "latchkey-dark");
  await page.getByLabel("Follow system").check();
  await page.getByRole("button", { name: "Choose the theme" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
});
