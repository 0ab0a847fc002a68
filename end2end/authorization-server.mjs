// A real authorization server whose refresh tokens work once and whose access tokens end after seconds.
//
//   node authorization-server.mjs CLIENT_ID CLIENT_SECRET ACCESS_TOKEN_SECONDS
//
// Prints one line of JSON with its issuer, and runs until its input ends. `POST /register` with an address lets it lead back there; `GET /seen` tells what it did:
// how often a refresh token was spent, how many it found spent already, and how many tokens were revoked.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const [clientId, clientSecret, seconds] = process.argv.slice(2);
const registered = new Set();
const seen = { refreshed: 0, refused: 0, revoked: 0 };

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = await generateKeyPair("RS256", { extractable: true });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: ["https://latchkey.example/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "rsa", use: "sig", alg: "RS256" }] },
  cookies: { keys: ["a key of the tests alone"] },
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "profile"],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of the tests` }) }),
  claims: { openid: ["sub"], profile: ["name"] },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true }, introspection: { enabled: true } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: () => true,
  rotateRefreshToken: () => true,
  ttl: { Grant: 86_400, Session: 86_400, Interaction: 600, AccessToken: Number(seconds), IdToken: 300, AuthorizationCode: 60, RefreshToken: 86_400 },
});
provider.Client.prototype.redirectUriAllowed = (uri) => registered.has(uri);
provider.on("server_error", (_, error) => console.error(error));
provider.on("grant.revoked", () => (seen.revoked += 1));
provider.on("grant.success", (ctx) => ctx.oidc.params.grant_type === "refresh_token" && (seen.refreshed += 1));
provider.on("grant.error", (ctx) => ctx.oidc.params?.grant_type === "refresh_token" && (seen.refused += 1));

async function text(ctx) {
  let body = "";
  for await (const chunk of ctx.req) body += chunk;
  return body;
}

provider.use(async (ctx, next) => {
  if (ctx.path === "/register" && ctx.method === "POST") {
    registered.add(await text(ctx));
    ctx.status = 204;
    return;
  }
  if (ctx.path === "/seen") {
    ctx.body = seen;
    return;
  }
  const uid = ctx.path.match(/^\/interaction\/([\w-]+)$/)?.[1];
  if (!uid) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET" && details.prompt.name === "login") {
    ctx.type = "html";
    ctx.body = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Authorization server</title></head><body><main>
<h1>Allow access?</h1><form method="post" action="/interaction/${uid}"><button name="choice" value="alice">Allow as alice</button><button name="choice" value="bob">Allow as bob</button></form></main></body></html>`;
    return;
  }
  const accountId = ctx.method === "POST" ? new URLSearchParams(await text(ctx)).get("choice") : details.session?.accountId;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope("openid offline_access profile");
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId }, consent }, { mergeWithLastSubmission: true });
  ctx.respond = false;
});
server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
