import { createHmac } from "node:crypto";
import { admin, expect, type Page, signIn, test } from "./fixtures";

/** The code of an authenticator app with this key (RFC 6238), `ahead` steps from now. */
function code(key: string, ahead = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replaceAll(/\s/g, "")].map((digit) => alphabet.indexOf(digit).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", seed).update(step).digest();
  const offset = mac[19] & 15;
  return ((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}

/** Turns every second step off again with a recovery code, so that the next test signs in by password alone. */
async function turnOff(page: Page, recoveryCode: string): Promise<void> {
  await page.getByLabel("Code", { exact: true }).fill(recoveryCode);
  await page.getByRole("button", { name: "Turn the app off" }).click();
  await expect(page.getByText("The authenticator app is off.")).toBeVisible();
}

test("an authenticator app: on, asked for, a recovery code, off", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/account/security`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Your account");
  await accessible("security");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await expect(page.getByRole("img", { name: "QR code with the key below" })).toBeVisible();
  await accessible("authenticator");
  const key = (await page.locator("#key").textContent()) ?? "";
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByText("This code does not fit").first()).toBeVisible();
  await accessible("authenticator-refused");
  await page.getByLabel("Code", { exact: true }).fill(code(key));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Keep these recovery codes");
  const codes = await page.getByRole("listitem").allTextContents();
  expect(codes.filter((one) => /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/.test(one.trim()))).toHaveLength(10);
  await accessible("recovery-codes");
  await page.getByRole("link", { name: "I have kept them" }).click();
  await expect(page.getByText("10 of 10 are left")).toBeVisible();
  await accessible("security-on");

  await page.context().clearCookies();
  await page.goto(`${latchkey.url}/sign-in?next=/marketplace`);
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/sign-in\/second-step$/);
  await accessible("second-step");
  await page.goto(`${latchkey.url}/connections`);
  await page.waitForURL(/\/sign-in\?next=/);
  await page.goto(`${latchkey.url}/sign-in/second-step`);
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("This code does not fit").first()).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(code(key, 1));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL(`${latchkey.url}/marketplace`);

  await page.goto(`${latchkey.url}/account/security`);
  await turnOff(page, codes[0].trim());
  await expect(page.getByRole("heading", { name: "Recovery codes" })).toHaveCount(0);
});

test("the other session ends at its next click", async ({ page, browser, javaScriptEnabled, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  const context = await browser.newContext({ javaScriptEnabled });
  const other = await context.newPage();
  await signIn(other, latchkey);
  await page.goto(`${latchkey.url}/account/security`);
  await expect(page.getByText("This one")).toBeVisible();
  await accessible("sessions");
  await page.getByRole("button", { name: "End all other sessions" }).click();
  await expect(page.getByText("All your other sessions have ended.")).toBeVisible();
  await other.goto(`${latchkey.url}/marketplace`);
  await other.waitForURL(/\/sign-in\?next=/);
  await context.close();
  await page.goto(`${latchkey.url}/connections`);
  await expect(page).toHaveURL(/\/connections$/);
});

test("the page that asks whether it is you, and the organisation's rule", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/confirm?next=/organisation/security`);
  await accessible("confirm");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Confirm by password" }).click();
  await expect(page.getByText("This is not your password.").first()).toBeVisible();
  await accessible("confirm-refused");
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Confirm by password" }).click();
  await page.waitForURL(`${latchkey.url}/organisation/security`);
  await accessible("rules");
  await page.getByLabel("Everybody needs a second step").check();
  await page.getByRole("button", { name: "Save the rule" }).click();
  await expect(page.getByText("Set up a second step for yourself first")).toBeVisible();
});
