import { type Latchkey, type Page, expect, signIn, test } from "./fixtures";
import { connector, publish } from "./own-oauth";

/** Opens the list by the menu. */
async function list(page: Page, latchkey: Latchkey): Promise<void> {
  await page.goto(`${latchkey.url}/connections`);
  await page.getByRole("link", { name: "OAuth apps" }).first().click();
  await page.waitForURL(`${latchkey.url}/oauth-apps`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("OAuth apps");
}

test("an OAuth app: added, refused, changed, swapped without proof, deleted", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  const { id, name } = connector(test.info().project.name);
  // Other tests leave apps of their own in this list.
  const label = `Main app of ${name}`;
  await publish(page, latchkey.url, id, name);
  const address = `${latchkey.url}/oauth/callback/${id}`;

  await list(page, latchkey);
  await accessible("oauth-apps-first");
  await page.getByRole("link", { name: "Add an app" }).click();
  await page.waitForURL(`${latchkey.url}/oauth-apps/new`);
  await accessible("oauth-app-choose");
  await page.getByRole("link", { name, exact: true }).click();
  await page.waitForURL(`${latchkey.url}/oauth-apps/new?connector=${id}`);
  await expect(page.getByText(address).first()).toBeVisible();
  await accessible("oauth-app-new");

  await page.getByLabel("Name", { exact: true }).fill(label);
  await page.getByLabel("Client id", { exact: true }).fill("client-1");
  await page.getByLabel("Client secret", { exact: true }).fill("a secret of many characters");
  await page.getByLabel("Developer token", { exact: true }).fill("token-1");
  await page.getByLabel("Login customer id").fill("no number");
  await page.getByRole("button", { name: "Add the app" }).click();
  await expect(page.getByText("This is not a login customer id as we know it.").first()).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(label);
  await expect(page.getByLabel("Client secret", { exact: true })).toHaveValue("");
  await accessible("oauth-app-refused");

  await page.getByLabel("Client secret", { exact: true }).fill("a secret of many characters");
  await page.getByLabel("Developer token", { exact: true }).fill("token-1");
  await page.getByLabel("Login customer id").fill("4471902256");
  await page.getByRole("button", { name: "Add the app" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(label);
  await expect(page.getByText("The provider did not say whether it takes the secret")).toBeVisible();
  await expect(page.getByText("(ends in …ers)")).toBeVisible();
  const home = page.url();
  await accessible("oauth-app");

  await page.getByLabel("Login customer id").fill("777777");
  await page.getByLabel("Last day of the secret").fill("2999-12-31");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByText("31 Dec 2999")).toBeVisible();

  await page.getByRole("link", { name: "Swap the secret" }).click();
  await page.waitForURL(`${home}/secret`);
  await accessible("oauth-app-secret");
  await page.getByLabel(/^Client secret/).fill("another secret of many words");
  await page.getByRole("button", { name: "Test, then swap" }).click();
  await expect(page.getByText("The one before stays in use.")).toBeVisible();
  await accessible("oauth-app-secret-unproven");
  await page.getByLabel(/^Client secret/).fill("another secret of many words");
  await page.getByLabel(/^Swap even if/).check();
  await page.getByRole("button", { name: "Test, then swap" }).click();
  await page.waitForURL(home);
  await expect(page.getByText("The new secret is in use.")).toBeVisible();
  await expect(page.getByText("(ends in …rds)")).toBeVisible();
  expect(await page.content()).not.toContain("secret of many");

  await list(page, latchkey);
  await expect(page.getByRole("row", { name: label })).toContainText("Not used yet");
  await accessible("oauth-apps");
  await page.getByRole("link", { name: /^Need you/ }).click();
  await page.waitForURL(`${latchkey.url}/oauth-apps?show=attention`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("OAuth apps");
  await expect(page.getByRole("row", { name: label })).toHaveCount(0);

  await page.goto(home);
  await page.getByRole("link", { name: "Delete this app" }).click();
  await page.waitForURL(`${home}/delete`);
  await accessible("oauth-app-delete");
  await page.getByLabel("Type the name to confirm").fill(label);
  await page.getByRole("button", { name: "Delete the app" }).click();
  await page.waitForURL(`${latchkey.url}/oauth-apps`);
  await expect(page.getByText(`${label} is deleted.`)).toBeVisible();
});

test("the redirect doctor compares the setting with this very browser", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await list(page, latchkey);
  await page.getByRole("link", { name: "Redirect doctor" }).click();
  await page.waitForURL(`${latchkey.url}/oauth-apps/doctor`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Redirect doctor");
  await expect(page.getByText(`${latchkey.url}/oauth/callback/{connector}`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText("Your redirect addresses work");
  await accessible("redirect-doctor");
  await page.goto(`${latchkey.url.replace("localhost", "127.0.0.1")}/sign-in`);
  await signIn(page, { ...latchkey, url: latchkey.url.replace("localhost", "127.0.0.1") });
  await page.goto(`${latchkey.url.replace("localhost", "127.0.0.1")}/oauth-apps/doctor`);
  await expect(page.getByRole("heading", { level: 2, name: "What to change" })).toBeVisible();
  await expect(page.getByText("LATCHKEY_SERVER__PUBLIC_URL", { exact: true })).toBeVisible();
  await expect(page.getByText(`${latchkey.url}/oauth/callback/{connector}`)).toBeVisible();
  await accessible("redirect-doctor-elsewhere");
});
