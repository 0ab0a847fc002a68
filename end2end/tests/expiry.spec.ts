import { admin, expect, signIn, test } from "./fixtures";
import { disconnect, openConnection, openConnector, testConnection, toDetails } from "./journeys";

/** A day so many days from now, as a field for days takes it. */
const day = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 10);

test("the expiry calendar: a date added, changed, removed; the end of a credential; an address for calendar programs", async ({ page, setUp: latchkey, accessible, request, expectedStatuses }) => {
  await signIn(page, latchkey);
  const title = `Certificate ${test.info().project.name}`;
  const row = page.getByRole("listitem").filter({ hasText: title });

  await page.goto(`${latchkey.url}/connections`);
  await page.getByRole("link", { name: "Expiry calendar" }).first().click();
  await page.waitForURL(`${latchkey.url}/expiry`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Expiry calendar");
  await accessible("expiry-before");
  await page.getByRole("link", { name: "Add a date" }).click();
  await page.waitForURL(`${latchkey.url}/expiry/new`);
  await accessible("expiry-new");
  await page.getByLabel("What ends").fill(title);
  await page.getByLabel("Last day").fill("2020-01-01");
  await page.getByLabel(/^Note/).fill("Ask the registrar.");
  await page.getByRole("button", { name: "Add the date" }).click();
  await expect(page.getByText("Choose a day to come.").first()).toBeVisible();
  await expect(page.getByLabel("What ends")).toHaveValue(title);
  await accessible("expiry-refused");
  await page.getByLabel("Last day").fill(day(10));
  await page.getByRole("button", { name: "Add the date" }).click();
  await page.waitForURL(`${latchkey.url}/expiry`);
  await expect(page.getByText(`${title} is in the calendar.`)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Act now" })).toBeVisible();
  await expect(row).toContainText("In 10 days");
  await expect(row).toContainText(`owner ${admin.name}`);
  await expect(row).toContainText("7 days before, planned");
  await accessible("expiry-soon");

  await row.getByRole("link", { name: `Change: ${title}` }).click();
  await expect(page.getByLabel("Last day")).toHaveValue(day(10));
  await accessible("expiry-change");
  await page.getByLabel("Last day").fill(day(60));
  await page.getByRole("button", { name: "Save the changes" }).click();
  await page.waitForURL(`${latchkey.url}/expiry`);
  await expect(page.getByRole("heading", { name: "Within 90 days" })).toBeVisible();
  await expect(row).toContainText("In 60 days");

  await openConnector(page, latchkey.url, "Ventures");
  await toDetails(page);
  await testConnection(page, { Username: "api_user", Password: "correct-horse", "Site name": "test_integration" });
  await openConnection(page);
  const connection = page.url();
  await page.getByRole("link", { name: "Note when it ends" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("When the credential of");
  await accessible("expiry-credential");
  await page.getByLabel("Last day").fill(day(400));
  await page.getByRole("button", { name: "Add the date" }).click();
  await page.waitForURL(`${latchkey.url}/expiry`);
  await page.getByRole("link", { name: /^Show \d+ more until/ }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Password of Ventures" }).first()).toBeVisible();
  await accessible("expiry-all");

  await page.goto(`${latchkey.url}/expiry`);
  await page.getByRole("link", { name: "Subscribe in your calendar" }).click();
  await page.waitForURL(`${latchkey.url}/expiry/subscribe`);
  await accessible("expiry-subscribe");
  await page.getByRole("button", { name: /^Make a(n| new) address$/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Here is your address");
  const address = await page.getByLabel("Address", { exact: true }).inputValue();
  await accessible("expiry-address");
  const read = await request.get(address);
  expect([read.status(), read.headers()["content-type"]]).toEqual([200, "text/calendar; charset=utf-8"]);
  expect((await read.text()).replaceAll("\r\n ", "")).toContain(`SUMMARY:${title} ends`);
  await page.goto(`${latchkey.url}/expiry/subscribe`);
  expect(await page.content()).not.toContain(address.split("/").pop());
  await page.getByRole("button", { name: "Withdraw the address" }).click();
  await expect(page.getByText("The address is withdrawn.")).toBeVisible();
  expectedStatuses.add(404);
  expect((await request.get(address)).status()).toBe(404);

  await page.goto(`${latchkey.url}/expiry`);
  await row.getByRole("link", { name: `Change: ${title}` }).click();
  await page.getByRole("button", { name: "Remove the date" }).click();
  await page.waitForURL(`${latchkey.url}/expiry`);
  await expect(page.getByText(`The date of ${title} is removed.`)).toBeVisible();
  await expect(row).toHaveCount(0);

  // Other tests connect the same account.
  await page.goto(connection);
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});

test("an import: what would happen, then what did", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await page.waitForURL(`${latchkey.url}/import`);
  await accessible("import");
  await page.getByLabel(".env file or JSON").fill("VENTURES_USERNAME=api_user\nVENTURES_PASSWORD=correct-horse\n");
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What would happen");
  await expect(page.getByRole("main")).toContainText("VENTURES_SITE_NAME or VENTURES_SITE");
  expect(await page.content()).not.toContain("correct-horse");
  await accessible("import-would");
  await page.getByLabel(".env file or JSON").fill("nonsense");
  await page.getByRole("button", { name: "Check and connect" }).click();
  await page.waitForURL(`${latchkey.url}/import`);
  await expect(page.getByText(/line 1: this is no NAME=value/).first()).toBeVisible();
  await accessible("import-refused");
});
