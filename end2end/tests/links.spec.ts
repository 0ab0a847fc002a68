import { admin, checkEnds, expect, signIn, test } from "./fixtures";
import { disconnect, openConnector, toDetails } from "./journeys";

test("ask someone else: a link is made, opened, refused once, used, and gone", async ({ page, browser, javaScriptEnabled, setUp: latchkey, accessible, expectedStatuses }) => {
  expectedStatuses.add(404);
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Ventures");
  await expect(page.getByRole("button", { name: "Ask someone else" })).toBeVisible();
  await toDetails(page);
  await page.getByLabel("Username", { exact: true }).fill("api_user");
  await page.getByLabel("Site name", { exact: true }).fill("test_integration");
  await page.getByRole("button", { name: "Ask someone else" }).click();
  await page.waitForURL(/\/connect\/drf_\w+\/ask$/);
  await expect(page.getByRole("checkbox", { name: /Password/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Username" })).not.toBeChecked();
  await accessible("ask");
  await page.getByLabel(/^A note to the person/).fill("Hi Samira, the one for payouts.");
  await page.getByLabel("How long it works").selectOption("72");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByLabel("Copy it now and send it").inputValue();
  expect(link).toMatch(/\/ask\/[A-Za-z0-9_-]{43}$/);
  await accessible("ask-made");
  await page.getByRole("link", { name: "Look again" }).click();
  const waiting = page.url();
  await expect(page.getByText("Nobody has opened it yet")).toBeVisible();
  expect(await page.content()).not.toContain(link.split("/ask/")[1]);

  const elsewhere = await browser.newContext({ javaScriptEnabled });
  const visitor = await elsewhere.newPage();
  await visitor.goto(link);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText(`${admin.name} asks for a Ventures password`);
  await expect(visitor.getByText("Hi Samira, the one for payouts.")).toBeVisible();
  await expect(visitor.getByText(`Already filled in by ${admin.name}: Username, Site name.`)).toBeVisible();
  const held = await visitor.locator("input").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  expect(held).not.toContain("api_user");
  expect(held).not.toContain("test_integration");

  await visitor.getByLabel("Password", { exact: true }).fill("not-the-password");
  await visitor.getByRole("button", { name: "Test and hand over" }).click();
  await checkEnds(visitor);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("It does not work yet");
  await page.goto(waiting);
  await expect(page.getByText("It was opened")).toBeVisible();
  await accessible("ask-opened");

  await visitor.getByRole("link", { name: "Type it again" }).click();
  await expect(visitor.getByLabel("Password", { exact: true })).toHaveValue("");
  await visitor.getByLabel("Password", { exact: true }).fill("correct-horse");
  await visitor.getByRole("button", { name: "Test and hand over" }).click();
  await checkEnds(visitor);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("Thank you, it works");
  expect(await elsewhere.cookies()).toEqual([]);
  await visitor.goto(link);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("This link does not work");
  await elsewhere.close();

  await page.goto(`${latchkey.url}/connections`);
  const line = page.getByRole("listitem").filter({ hasText: "It was used, and the test passed" });
  await accessible("connections-asked");
  await line.getByRole("link", { name: "Open the connection" }).click();
  await page.waitForURL(/\/connections\/con_\w+/);
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});

test("the visitor's pages are accessible", async ({ page, setUp: latchkey, accessible, expectedStatuses }) => {
  expectedStatuses.add(404);
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Stripe");
  await page.getByRole("button", { name: "Ask someone else" }).click();
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByLabel("Copy it now and send it").inputValue();
  const waiting = await page.getByRole("link", { name: "Look again" }).getAttribute("href");
  await page.goto(link);
  await accessible("visit");
  await page.getByLabel(/key/i).first().fill("sk_test_sandboxRefusedKey");
  await page.getByRole("button", { name: "Test and hand over" }).click();
  await checkEnds(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("It does not work yet");
  await accessible("visit-failed");
  await page.goto(`${latchkey.url}${waiting}`);
  await page.getByRole("button", { name: "Withdraw the link" }).click();
  await expect(page.getByText("The link is withdrawn.")).toBeVisible();
  await page.goto(link);
  await accessible("visit-ended");
});
