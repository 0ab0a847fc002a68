import { admin, expect, signIn, test } from "./fixtures";

test("a passkey: added, signs in without an address, takes the second step, removed", async ({ page, setUp: latchkey, accessible }) => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/account/security`);
  await page.getByLabel("Name of the new passkey").fill("Blue key");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Keep these recovery codes");
  await page.getByRole("link", { name: "I have kept them" }).click();
  await expect(page.getByText("Blue key", { exact: true })).toBeVisible();
  await accessible("passkeys");

  await page.request.post(`${latchkey.url}/actions/sign-out`, { headers: { origin: latchkey.url }, maxRedirects: 0 });
  await page.goto(`${latchkey.url}/sign-in?next=/marketplace`);
  await accessible("sign-in-passkey");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${latchkey.url}/marketplace`);

  await page.request.post(`${latchkey.url}/actions/sign-out`, { headers: { origin: latchkey.url }, maxRedirects: 0 });
  await page.goto(`${latchkey.url}/sign-in`);
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/sign-in\/second-step$/);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(/\/connections$/);

  await page.goto(`${latchkey.url}/confirm?next=/account/security`);
  await page.getByRole("button", { name: "Confirm with a passkey" }).click();
  await page.waitForURL(`${latchkey.url}/account/security`);
  await page.getByRole("button", { name: "Remove Blue key" }).click();
  await expect(page.getByText("Blue key is removed.")).toBeVisible();
});
