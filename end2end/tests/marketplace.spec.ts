import { expect, signIn, test } from "./fixtures";

test("the marketplace narrows by words, region, sign-in and readiness, all in the address", async ({ page, setUp: latchkey, javaScriptEnabled, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  const tile = (name: string) => page.getByRole("link", { name, exact: true });
  const apply = async () => {
    if (javaScriptEnabled === false) await page.getByRole("button", { name: "Apply" }).click();
  };
  await page.getByLabel("Kind of sign-in").selectOption("password");
  await apply();
  await expect(tile("Ventures")).toBeVisible();
  await expect(tile("Stripe")).toBeHidden();
  await page.getByLabel("Region").selectOption("ZA");
  await apply();
  await expect(tile("Ventures")).toBeHidden();
  await expect(tile("MySQL")).toBeVisible();
  await expect(page).toHaveURL(/region=ZA/);
  await expect(page).toHaveURL(/sign_in=password/);
  await page.reload();
  await expect(tile("MySQL")).toBeVisible();
  await expect(tile("Stripe")).toBeHidden();
  await page.getByRole("link", { name: /^Commerce/ }).click();
  await expect(page).toHaveURL(/category=commerce.*region=ZA/);
  await expect(page.getByText("No connector matches.")).toBeVisible();
  await accessible("marketplace-none");
  await page.getByRole("link", { name: "Show all of them" }).click();
  await page.getByLabel("Readiness").selectOption("preview");
  await apply();
  await expect(page).toHaveURL(/tier=preview/);
  await expect(tile("GitHub")).toBeHidden();
  await page.getByRole("link", { name: "Show all of them" }).click();
  await expect(tile("GitHub")).toBeVisible();
});

test("a connector that is missing is asked for, and ticked off", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  await page.getByRole("link", { name: "Request a connector" }).click();
  await accessible("request");
  await page.getByLabel("Service", { exact: true }).fill("Tide Bank");
  await page.getByLabel(/^What for/).fill("Month-end balances");
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByText("Tide Bank is noted.")).toBeVisible();
  await expect(page.getByText("Month-end balances")).toBeVisible();
  await accessible("request-noted");
  await page.getByRole("button", { name: /^Done/ }).click();
  await expect(page.getByText("The request is removed.")).toBeVisible();
});

const MANIFEST = `id = "acme-desk"
name = "Acme Desk"
category = "custom"
regions = ["Global"]
summary = "Tickets of the Acme desk."
docs_url = "https://acme.example/docs"
tier = "preview"
sign_in = "API key"
credential_noun = "API key"
find_steps = ["Ask the Acme desk for a key."]

[about]
reads = "Tickets."
never = "Change a ticket."
stored = "The key, sealed."
needs = "One minute. You need a key."

[[sign_in_steps]]
title = "You type the key"
text = "It goes to Acme alone."

[[fields]]
id = "api_key"
title = "API key"
help = "Sealed once it is proven."
kind = "secret"
required = true

[target]
kind = "http"
base_url = "https://desk.acme.example"

[auth]
scheme = "bearer"
token = "{api_key}"

[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/id" }] }

[identity]
account_id = ["/id"]
account_name = ["/name"]

[[streams]]
id = "tickets"
title = "Tickets"
noun = ["ticket", "tickets"]
request = { path = "/tickets" }
rows = ""
`;

test("a connector of one's own: a mistake is named by line and key, then it is mended, tried, published and deleted", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  await page.getByRole("link", { name: "Build a connector" }).click();
  await accessible("own");
  await page.goto(`${latchkey.url}/marketplace/own/new`);
  await accessible("own-new");
  const text = page.locator("textarea[name=manifest]");
  await text.fill(MANIFEST.replace('kind = "secret"', 'kind = "sekret"'));
  await page.getByRole("button", { name: "Check and preview" }).click();
  await expect(page.getByText(/line \d+/i).first()).toBeVisible();
  await accessible("own-findings");
  await expect(text).toHaveValue(/sekret/);
  await text.fill(MANIFEST);
  await page.getByRole("button", { name: "Check and preview" }).click();
  await expect(page.getByLabel("API key", { exact: true })).toBeVisible();
  await accessible("own-sound");
  await page.getByRole("button", { name: /^Publish/ }).first().click();
  await page.goto(`${latchkey.url}/marketplace`);
  await expect(page.getByRole("link", { name: "Acme Desk", exact: true })).toBeVisible();
  await accessible("marketplace-own");
});
