import { admin, expect, signIn, test, type Page } from "./fixtures";
import { letterLink } from "./letters";

const lena = { name: "Lena Sorensen", password: "a second brass key, well cut" };

/** Signs somebody else in, in a browser of their own. */
async function enter(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("invite, accept, look, change the role, remove", async ({ page, browser, setUp: latchkey, accessible, javaScriptEnabled }) => {
  const email = `lena-${Date.now()}@example.com`;
  await signIn(page, latchkey);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Members and roles" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Members and roles");
  await accessible("members");
  await page.getByLabel("Invite by e-mail").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer" });
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText(`${email} is invited.`)).toBeVisible();
  await accessible("members-invited");

  const link = await letterLink(latchkey, email, "/invite/");
  await page.goto(link);
  await expect(page.getByText("You are signed in with another address.")).toBeVisible();
  await accessible("invite-other");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(link);
  await accessible("invite");
  await signIn(page, latchkey);
  const context = await browser.newContext({ javaScriptEnabled });
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(`Join ${admin.organization}`);
  await other.getByLabel("Your name").fill(lena.name);
  await other.getByLabel("Password").fill(lena.password);
  await other.getByRole("button", { name: "Make the account and join" }).click();
  await other.waitForURL(/\/connections/);
  const nav = other.getByRole("navigation", { name: "Main" });
  await expect(nav.getByRole("link", { name: "Connections" })).toBeVisible();
  for (const hidden of ["Marketplace", "Members and roles", "Teams", "Audit log"]) await expect(nav.getByRole("link", { name: hidden })).toHaveCount(0);
  await expect(other.getByRole("link", { name: /^Connect/ })).toHaveText(/Connections/);
  await other.goto(link);
  await expect(other.getByText("This link has been used, replaced or has ended.")).toBeVisible();

  await page.goto(`${latchkey.url}/members`);
  const row = page.getByRole("row").filter({ hasText: email });
  await row.locator("summary").click();
  await row.getByRole("button", { name: /^Developer/ }).click();
  await expect(page.getByText(`${lena.name} is now a developer.`)).toBeVisible();
  await other.goto(`${latchkey.url}/connections`);
  await expect(nav.getByRole("link", { name: "Marketplace" })).toBeVisible();

  await page.getByRole("link", { name: lena.name }).click();
  await accessible("member");
  await page.getByRole("link", { name: "Remove from the organisation" }).click();
  await accessible("member-remove");
  await page.getByRole("button", { name: `Remove ${lena.name}` }).click();
  await expect(page.getByText(`${lena.name} is no longer a member.`)).toBeVisible();
  await other.goto(`${latchkey.url}/connections`);
  await other.waitForURL(/\/sign-in/);
  await enter(other, latchkey.url, email, lena.password);
  await expect(other.getByText("E-mail or password is wrong.")).toBeVisible();
  await context.close();
});

test("teams, roles and organisations", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  const nav = page.getByRole("navigation", { name: "Main" });
  await nav.getByRole("link", { name: "Teams" }).click();
  const name = `Lending ${Date.now()}`;
  await page.getByLabel("Name of a new team").fill(name);
  await page.getByRole("button", { name: "Make the team" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await page.getByLabel(new RegExp(admin.name)).check();
  await page.getByRole("button", { name: "Save who is in it" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByLabel(new RegExp(admin.name))).toBeChecked();
  await accessible("team");
  await page.getByRole("button", { name: "Delete the team" }).click();
  await expect(page.getByText(`${name} is deleted.`)).toBeVisible();
  await accessible("teams");

  await page.goto(`${latchkey.url}/roles`);
  await accessible("roles");
  await nav.getByRole("link", { name: "Organisation", exact: true }).click();
  await accessible("organisation");
  await page.getByLabel("Name of the new organisation").fill("Sandbox");
  await page.getByRole("button", { name: "Make it and go there" }).click();
  await expect(page.getByText("Sandbox is made.")).toBeVisible();
  await nav.getByRole("link", { name: "Organisations" }).click();
  await expect(page.getByRole("cell", { name: "Sandbox" })).toBeVisible();
  await accessible("server-organisations");

  await page.goto(`${latchkey.url}/organisation/delete`);
  await page.getByLabel("Type the name to confirm").fill("Sandbox");
  await accessible("organisation-delete");
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect(page.getByText("Sandbox is deleted.")).toBeVisible();
  await signIn(page, latchkey);
  await page.locator(".lk-side .lk-menu").first().locator("summary").click();
  await expect(page.locator(".lk-side .lk-menu-panel").first()).toContainText(admin.organization);
});
