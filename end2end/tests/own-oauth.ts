import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "./fixtures";

const manifest = readFileSync(join(import.meta.dirname, "../../src/tests/services/oauth_apps/acme.toml"), "utf8");

/** A connector of the organization's own, one for each project of the tests. */
export function connector(project: string): { id: string; name: string } {
  const id = `acme-${project.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
  return { id, name: `Acme ${project}` };
}

/** Publishes a connector with apps, whose token address is one that Latchkey does not speak to. */
export async function publish(page: Page, url: string, id: string, name: string): Promise<void> {
  const text = manifest
    .replace('id = "acme"', `id = "${id}"`)
    .replace('name = "Acme"', `name = "${name}"`)
    .replace("https://{zone}.acme.example/token", "https://127.0.0.1:9/{zone}/token");
  const headers = { Origin: url };
  const made = await page.request.post(`${url}/api/v1/connectors/own`, { headers, data: { manifest: text } });
  expect(made.status(), await made.text()).toBe(201);
  const own = ((await made.json()) as { data: { id: string } }).data.id;
  const published = await page.request.post(`${url}/api/v1/connectors/own/${own}/publish`, { headers });
  expect(published.status(), await published.text()).toBe(200);
}
