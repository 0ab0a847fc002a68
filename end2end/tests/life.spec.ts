import { checkEnds, expect, type Page, signIn, test } from "./fixtures";
import { disconnect, openConnection, openConnector, testConnection, toDetails } from "./journeys";

async function connectVentures(page: Page, url: string): Promise<void> {
  await openConnector(page, url, "Ventures");
  await toDetails(page);
  await testConnection(page, { Username: "api_user", Password: "correct-horse", "Site name": "test_integration" });
  await openConnection(page);
}

test("a connection's life: its data, its name, off and on, another credential, back, the end", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await connectVentures(page, latchkey.url);
  const home = page.url();

  await page.getByRole("link", { name: "Look at the data" }).click();
  await expect(page.getByRole("columnheader").first()).toContainText("name");
  await expect(page.getByRole("cell", { name: "loan" })).toBeVisible();
  await accessible("preview");

  await page.goto(home);
  await page.getByLabel("Name", { exact: true }).fill("Loans of the north");
  await page.getByLabel(/^Description/).fill("Feeds the month-end report.");
  await page.getByLabel(/^Tags/).fill("finance, north");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Loans of the north");
  await accessible("connection-edited");

  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("Loans of the north is turned off.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Test now" })).toHaveCount(0);
  await accessible("connection-off");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("Loans of the north is turned on.")).toBeVisible();

  await page.getByRole("link", { name: /^Change the credential/ }).click();
  await expect(page.getByLabel("Username", { exact: true })).toHaveValue("api_user");
  await expect(page.getByLabel(/^Password/)).toHaveValue("");
  await accessible("credential");
  await page.getByLabel(/^Password/).fill("not-the-password");
  await page.getByRole("button", { name: "Test, then swap" }).click();
  await checkEnds(page);
  await expect(page.getByRole("main")).toContainText("Nothing was changed");
  await accessible("credential-refused");
  await page.goto(home);
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible();
  await page.goto(`${home}/credentials`);
  await page.getByLabel(/^Password/).fill("correct-horse");
  await page.getByRole("button", { name: "Test, then swap" }).click();
  await checkEnds(page);
  await expect(page.getByText("is in use.").first()).toBeVisible();
  await accessible("connection-swapped");
  await page.getByRole("button", { name: "Go back to version 1" }).click();
  await expect(page.getByText("Version 1 is in use again.")).toBeVisible();

  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
  await page.goto(home);
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByText("Loans of the north is deleted.")).toBeVisible();
});

test("two people edit the same connection: nobody's words are lost", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await connectVentures(page, latchkey.url);
  const home = page.url();
  const other = await page.context().newPage();
  await other.goto(home);
  await page.getByLabel("Name", { exact: true }).fill("First name");
  await other.getByLabel("Name", { exact: true }).fill("Second name");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("First name");
  await other.getByRole("button", { name: "Save the changes" }).click();
  await expect(other.getByText("Saved meanwhile: First name")).toBeVisible();
  await expect(other.getByLabel("Name", { exact: true })).toHaveValue("Second name");
  await other.close();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("First name");
  await accessible("connection-renamed");
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});

test("the wizard survives a reload at every step, the back button, two tabs and a double submit", async ({ page, setUp: latchkey }) => {
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Ventures");
  await page.reload();
  await page.getByRole("button", { name: /^Continue/ }).click();
  await page.waitForURL(/\/sign-in/);
  await page.reload();
  await page.getByRole("link", { name: /^Continue/ }).click();
  await page.waitForURL(/\/details/);
  const details = page.url();
  await page.reload();
  await page.getByLabel("Username", { exact: true }).fill("api_user");
  await page.getByLabel("Password", { exact: true }).fill("correct-horse");
  await page.getByLabel("Site name", { exact: true }).fill("test_integration");
  const second = await page.context().newPage();
  await second.goto(details);
  await page.getByRole("button", { name: "Test the connection" }).dblclick();
  await page.waitForURL(/\/connect\/drf_\w+\/(test|done)/);
  await checkEnds(page);
  await page.waitForURL(/\/done$/);
  await page.reload();
  await expect(page.getByRole("main")).toContainText("api_user");
  await page.goBack();
  for (const typed of await page.locator("input[type=password]").all()) await expect(typed).toHaveValue("");
  // The other tab still shows the form of a draft that has become a connection.
  await second.getByLabel("Username", { exact: true }).fill("api_user");
  await second.getByLabel("Password", { exact: true }).fill("correct-horse");
  await second.getByLabel("Site name", { exact: true }).fill("test_integration");
  await second.getByRole("button", { name: "Test the connection" }).click();
  await second.waitForURL(/\/connections\/con_|\/done|\/details/);
  await second.goto(`${latchkey.url}/connections`);
  await expect(second.getByRole("heading", { level: 1 })).toContainText("1 connection");
  await second.close();
  await page.goto(`${latchkey.url}/connections`);
  await page.getByRole("link", { name: /^Ventures/ }).first().click();
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});

test("a session that ended in the middle: sign in again, and go on", async ({ page, setUp: latchkey }) => {
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Ventures");
  await toDetails(page);
  const details = page.url();
  await page.getByLabel("Username", { exact: true }).fill("api_user");
  await page.getByLabel("Password", { exact: true }).fill("correct-horse");
  await page.getByLabel("Site name", { exact: true }).fill("test_integration");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect(page.getByText("Nothing was saved. Sign in and try again.")).toBeVisible();
  await signIn(page, latchkey);
  await page.goto(details);
  await testConnection(page, { Username: "api_user", Password: "correct-horse", "Site name": "test_integration" });
  await openConnection(page);
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});

test("a token connector of the catalogue, from marketplace to data", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "GitLab");
  await toDetails(page);
  await accessible("wizard-details-gitlab");
  await testConnection(page, { "Access token": "glpat-sandboxWorks0000000000" });
  await openConnection(page);
  await page.getByRole("link", { name: "Look at the data" }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await accessible("preview-gitlab");
  await page.goBack();
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await accessible("disconnect-revocable");
  await disconnect(page);
});
