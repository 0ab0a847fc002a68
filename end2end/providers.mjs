// Two providers of single sign-on, each a server of its own with keys of its own: an honest one, and a hostile one that can be told how to misbehave.
//
//   node providers.mjs CLIENT_ID CLIENT_SECRET
//
// Prints one line of JSON with their issuers, and runs until its input ends. `POST /register` with an address lets a provider lead back there.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, decodeJwt, decodeProtectedHeader } from "jose";
import Provider from "oidc-provider";

const [clientId, clientSecret] = process.argv.slice(2);
const people = {
  alice: { email: "alice@work.example", email_verified: true, name: "Alice Archer" },
  bob: { email: "bob@work.example", email_verified: false, name: "Bob Baker" },
};

/** Where the providers may lead back to, to the letter. */
const registered = new Set();

async function start(tamper) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: "rsa", use: "sig", alg: "RS256" };
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: ["https://latchkey.example/callback"], grant_types: ["authorization_code"], response_types: ["code"] }],
    jwks: { keys: [jwk] },
    cookies: { keys: ["a key of the tests alone"] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Grant: 600, Session: 600, Interaction: 600, AccessToken: 300, IdToken: 300, AuthorizationCode: 60 },
  });
  provider.Client.prototype.redirectUriAllowed = (uri) => registered.has(uri);
  provider.on("server_error", (_, error) => console.error(error));
  provider.use(async (ctx, next) => {
    if (ctx.path === "/register" && ctx.method === "POST") {
      registered.add(await text(ctx));
      ctx.status = 204;
      return;
    }
    if (await interact(provider, ctx)) return;
    await next();
    if (tamper) await tamper(ctx, { issuer, privateKey, jwk });
  });
  server.on("request", provider.callback());
  return { issuer, server };
}

async function text(ctx) {
  let body = "";
  for await (const chunk of ctx.req) body += chunk;
  return body;
}

const page = (uid) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Provider</title></head><body><main><h1>Sign in at the provider</h1>
<form method="post" action="/interaction/${uid}">${Object.keys(people)
  .map((name) => `<button name="choice" value="${name}">Go on as ${name}</button>`)
  .join("")}<button name="choice" value="deny">Do not allow</button></form></main></body></html>`;

async function interact(provider, ctx) {
  const uid = ctx.path.match(/^\/interaction\/([\w-]+)$/)?.[1];
  if (!uid) return false;
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET" && details.prompt.name === "login") {
    ctx.type = "html";
    ctx.body = page(uid);
    return true;
  }
  let accountId = details.session?.accountId;
  if (ctx.method === "POST") {
    const choice = new URLSearchParams(await text(ctx)).get("choice");
    if (choice === "deny") {
      const result = { error: "access_denied", error_description: "<b>their own words</b>" };
      await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
      ctx.respond = false;
      return true;
    }
    accountId = choice;
  }
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope("openid email profile");
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId }, consent }, { mergeWithLastSubmission: true });
  ctx.respond = false;
  return true;
}

/** How the hostile one misbehaves; `POST /hostile` with one of these words chooses. */
let mode = "none";
/** The state of the attempt before. */
let last;
const claims = {
  token_iss: (all) => ({ ...all, iss: honest.issuer }),
  wrong_nonce: (all) => ({ ...all, nonce: "a nonce of another attempt" }),
  no_nonce: ({ nonce, ...rest }) => rest,
  foreign_client: (all) => ({ ...all, aud: "another client" }),
  other_subject: (all) => ({ ...all, sub: "mallory" }),
  expired: (all) => ({ ...all, iat: all.iat - 500, exp: all.iat - 400 }),
  unverified: (all) => ({ ...all, email: "alice@work.example", email_verified: false }),
};

async function tamper(ctx, { issuer, privateKey, jwk }) {
  if (ctx.path === "/hostile" && ctx.method === "POST") {
    mode = await text(ctx);
    ctx.status = 204;
    return;
  }
  const location = ctx.response.get("location") ?? "";
  if (registered.has(location.split("?")[0])) {
    const back = new URL(location);
    if (mode === "parameter_iss") back.searchParams.set("iss", honest.issuer);
    if (mode === "no_iss") back.searchParams.delete("iss");
    if (mode === "replayed_state" && last) back.searchParams.set("state", last);
    last = new URL(location).searchParams.get("state");
    ctx.set("location", back.href);
  }
  if (ctx.path !== "/token" || !ctx.body?.id_token) return;
  const { id_token: token, ...rest } = ctx.body;
  const sign = (payload, header = {}) => new SignJWT(payload).setProtectedHeader({ ...decodeProtectedHeader(token), ...header });
  const all = decodeJwt(token);
  if (claims[mode]) ctx.body = { ...rest, id_token: await sign(claims[mode](all)).sign(privateKey) };
  if (mode === "foreign_key") ctx.body = { ...rest, id_token: await sign(all).sign((await generateKeyPair("RS256")).privateKey) };
  if (mode === "alg_none") ctx.body = { ...rest, id_token: `${btoa('{"alg":"none"}').replace(/=+$/, "")}.${token.split(".")[1]}.` };
  if (mode === "public_key_as_secret") ctx.body = { ...rest, id_token: await sign(all, { alg: "HS256" }).sign(new TextEncoder().encode(jwk.n)) };
  if (mode === "huge") ctx.body = { ...ctx.body, more: "a".repeat(100_000) };
  if (mode === "redirect") {
    ctx.status = 307;
    ctx.set("location", `${honest.issuer}/token`);
  }
}

const honest = await start(null);
const hostile = await start(tamper);
console.log(JSON.stringify({ honest: honest.issuer, hostile: hostile.issuer }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
