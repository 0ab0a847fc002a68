import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { admin, expect, type Page, signIn, test as base } from "./fixtures";

interface Peers {
  honest: string;
  hostile: string;
}

const client = { id: "latchkey", secret: "a secret of forty characters, or near it" };

const test = base.extend<object, { peers: Peers }>({
  peers: [
    async ({}, use) => {
      const process: ChildProcess = spawn("node", ["providers.mjs", client.id, client.secret], { cwd: join(import.meta.dirname, ".."), stdio: ["pipe", "pipe", "ignore"] });
      const line = await new Promise<string>((resolve, reject) => {
        createInterface({ input: process.stdout! }).once("line", resolve);
        process.once("exit", (code) => reject(new Error(`the providers ended with ${code}`)));
      });
      await use(JSON.parse(line) as Peers);
      process.stdin?.end();
    },
    { scope: "worker" },
  ],
});

/** Adds a provider as an admin does, and registers Latchkey's address there. */
async function add(page: Page, url: string, issuer: string, label: string): Promise<void> {
  await page.goto(`${url}/connections`);
  await page.getByRole("link", { name: "Single sign-on" }).first().click();
  await page.getByRole("link", { name: "Add a provider" }).click();
  await page.getByLabel("Issuer").fill(issuer);
  await page.getByLabel("Name on the button").fill(label);
  await page.getByLabel("Client id").fill(client.id);
  await page.getByLabel("Client secret").fill(client.secret);
  await page.getByRole("button", { name: "Add the provider" }).click();
  await page.waitForURL(/\/organisation\/sign-on\/sso_\w+$/);
  const address = await page.locator("dd").first().innerText();
  expect(address).toContain(`${url}/sign-in/callback/sso_`);
  expect((await fetch(`${issuer}/register`, { method: "POST", body: address })).status).toBe(204);
}

/** Chooses at the provider; a page in between leads there by itself. */
async function choose(page: Page, issuer: string, choice: string): Promise<void> {
  await page.waitForURL(`${issuer}/**`);
  await page.getByRole("button", { name: choice }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies();
}

test("single sign-on at an honest provider: connect, sign in, say no, disconnect", async ({ page, setUp: latchkey, peers, accessible, expectedStatuses }) => {
  expectedStatuses.add(400);
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/organisation/sign-on`);
  await accessible("sign-on-none");
  await page.goto(`${latchkey.url}/organisation/sign-on/new`);
  await accessible("sign-on-new");
  await add(page, latchkey.url, peers.honest, "Honest account");
  await accessible("sign-on-provider");
  await page.goto(`${latchkey.url}/organisation/sign-on`);
  await accessible("sign-on-list");
  const door = (await page.locator(".lk-code").first().innerText()).trim();
  await page.goto(`${latchkey.url}/account/methods`);
  await page.getByRole("button", { name: "Connect Honest account" }).click();
  await choose(page, peers.honest, "Go on as alice");
  await page.waitForURL(`${latchkey.url}/account/methods`);
  await expect(page.getByText("Honest account is connected.")).toBeVisible();
  await expect(page.getByText("alice@work.example")).toBeVisible();
  await accessible("methods-connected");
  await signOut(page);

  await page.goto(`${latchkey.url}/sign-in`);
  await page.getByRole("link", { name: "Sign in with your organisation's provider" }).click();
  await accessible("sign-in-with");
  await page.goto(door);
  await accessible("sign-in-at");
  await page.getByRole("button", { name: "Continue with Honest account" }).click();
  await choose(page, peers.honest, "Do not allow");
  await page.waitForURL(`${latchkey.url}/sign-in/trouble/denied`);
  await expect(page.getByText("You did not allow access at the provider.")).toBeVisible();
  await expect(page.getByText("their own words")).toHaveCount(0);
  await accessible("sign-in-denied");
  await signOut(page);

  await page.goto(door);
  await page.getByRole("button", { name: "Continue with Honest account" }).click();
  await choose(page, peers.honest, "Go on as alice");
  await page.waitForURL(`${latchkey.url}/connections`);
  await expect(page.getByText(admin.name).first()).toBeAttached();

  await page.goto(`${latchkey.url}/account/methods`);
  await page.getByRole("button", { name: "Disconnect Honest account" }).click();
  await expect(page.getByText("Honest account is disconnected.")).toBeVisible();
  await remove(page, latchkey.url, "Honest account");
});

test("a hostile provider signs nobody in", async ({ page, setUp: latchkey, peers, expectedStatuses }) => {
  expectedStatuses.add(400);
  const misbehave = async (mode: string) => expect((await fetch(`${peers.hostile}/hostile`, { method: "POST", body: mode })).status).toBe(204);
  await misbehave("none");
  await signIn(page, latchkey);
  await add(page, latchkey.url, peers.hostile, "Hostile account");
  await page.goto(`${latchkey.url}/account/methods`);
  await page.getByRole("button", { name: "Connect Hostile account" }).click();
  await choose(page, peers.hostile, "Go on as alice");
  await page.waitForURL(`${latchkey.url}/account/methods`);
  await page.goto(`${latchkey.url}/organisation/sign-on`);
  const door = (await page.locator(".lk-code").first().innerText()).trim();
  for (const [mode, code] of [
    ["parameter_iss", "provider_mismatch"],
    ["replayed_state", "state_invalid"],
    ["wrong_nonce", "token_refused"],
    ["foreign_client", "token_refused"],
    ["token_iss", "token_refused"],
  ]) {
    await misbehave(mode);
    await signOut(page);
    await page.goto(door);
    await page.getByRole("button", { name: "Continue with Hostile account" }).click();
    await choose(page, peers.hostile, "Go on as alice");
    await page.waitForURL(`${latchkey.url}/sign-in/trouble/${code}`);
    await page.goto(`${latchkey.url}/connections`);
    await page.waitForURL(/\/sign-in/);
  }
  await misbehave("none");
  await signIn(page, latchkey);
  await remove(page, latchkey.url, "Hostile account");
});

async function remove(page: Page, url: string, label: string): Promise<void> {
  await page.goto(`${url}/organisation/sign-on`);
  await page.getByRole("link", { name: label }).click();
  await page.getByRole("button", { name: `Remove ${label}` }).click();
  await expect(page.getByText(`${label} is removed.`)).toBeVisible();
}
