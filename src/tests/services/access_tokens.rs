//! Access tokens: whatever is not one of ours is refused, whoever signed it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use latchkey::domain::{Role, SessionId};
use latchkey::services::{ErrorCode, SignedIn, tokens};
use latchkey::store::{Database, members, users};
use latchkey::vault::SigningKey;
use ring::hmac;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

use crate::services::world::{World, visitor, visitor_from};
use crate::support::database::{execute, on_both_engines};

const URL: &str = "https://latchkey.example.com";

/// A token's parts before they are encoded, and the key that signs them.
struct Forge {
    pair: Ed25519KeyPair,
    public: Vec<u8>,
    head: Value,
    claims: Value,
}

impl Forge {
    async fn new(world: &World, who: &SignedIn) -> Self {
        let issued = tokens::begin(&world.app, &visitor(), who).await.unwrap();
        let key = tokens::signing_key(&world.app).await.unwrap();
        let parts: Vec<&str> = issued.access.expose().split('.').collect();
        let decoded = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        Self {
            pair: Ed25519KeyPair::from_seed_unchecked(key.seed().expose()).unwrap(),
            public: key.public().to_vec(),
            head: decoded(parts[0]),
            claims: decoded(parts[1]),
        }
    }

    /// Signs these texts, whatever they are.
    fn sign(&self, head: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes()).as_ref());
        format!("{message}.{signature}")
    }

    fn good(&self) -> String {
        self.sign(&self.head.to_string(), &self.claims.to_string())
    }

    /// A token whose head has these entries changed; `null` leaves one out.
    fn head(&self, changes: Value) -> String {
        self.sign(&changed(&self.head, changes).to_string(), &self.claims.to_string())
    }

    /// A token whose claims are changed in the same way.
    fn claims(&self, changes: Value) -> String {
        self.sign(&self.head.to_string(), &changed(&self.claims, changes).to_string())
    }

    fn hmac(&self, head: &Value, secret: &[u8]) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(self.claims.to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }
}

fn changed(before: &Value, changes: Value) -> Value {
    let mut after = before.clone();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(after.as_object_mut().unwrap().remove(key)),
            value => after[key] = value.clone(),
        }
    }
    after
}

/// Name and token of everything that must be refused.
fn forgeries(forge: &Forge, foreign: &Forge) -> Vec<(&'static str, String)> {
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let (head, claims, signature) = (parts[0], parts[1], parts[2]);
    let now = forge.claims["iat"].as_i64().unwrap();
    let signature_bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&foreign.public)});
    let with = |change: Value| changed(&forge.head, change);
    // S + L is the same signature to verifiers that do not check its range (RFC 8032 §5.1.7).
    let mut malleable = signature_bytes.clone();
    let order: [u8; 32] =
        [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10];
    let mut carry = 0_u16;
    for (byte, add) in malleable[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let head_text = forge.head.to_string();
    let claims_text = forge.claims.to_string();
    let twice = |text: &str, entry: &str| text.replacen('{', &format!("{{{entry},"), 1);
    vec![
        ("empty", String::new()),
        ("dots alone", "..".to_owned()),
        ("not a token", "nothing at all".to_owned()),
        ("two parts", format!("{head}.{claims}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as if encrypted", format!("{head}.{claims}.{signature}.{head}.{claims}")),
        ("no signature", format!("{head}.{claims}.")),
        ("no claims", format!("{head}..{signature}")),
        ("no head", format!(".{claims}.{signature}")),
        ("cut by one character", good[..good.len() - 1].to_owned()),
        ("cut by half", good[..good.len() / 2].to_owned()),
        ("one more character", format!("{good}A")),
        ("alg none without signature", format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(with(json!({"alg": "none"})).to_string()))),
        ("alg none with signature", forge.head(json!({"alg": "none"}))),
        ("alg None", forge.head(json!({"alg": "None"}))),
        ("alg nOnE", forge.head(json!({"alg": "nOnE"}))),
        ("alg empty", forge.head(json!({"alg": ""}))),
        ("alg missing", forge.head(json!({"alg": null}))),
        ("alg as a list", forge.head(json!({"alg": ["EdDSA"]}))),
        ("alg in another case", forge.head(json!({"alg": "eddsa"}))),
        ("HS256 with the public key", forge.hmac(&with(json!({"alg": "HS256"})), &forge.public)),
        ("HS256 with the public key in base64", forge.hmac(&with(json!({"alg": "HS256"})), STANDARD.encode(&forge.public).as_bytes())),
        ("HS256 with the key's name", forge.hmac(&with(json!({"alg": "HS256"})), forge.head["kid"].as_str().unwrap().as_bytes())),
        ("HS256 with an empty key", forge.hmac(&with(json!({"alg": "HS256"})), b"")),
        ("HMAC under the name EdDSA", forge.hmac(&forge.head, &forge.public)),
        ("HS512", forge.head(json!({"alg": "HS512"}))),
        ("RS256", forge.head(json!({"alg": "RS256"}))),
        ("PS256", forge.head(json!({"alg": "PS256"}))),
        ("ES256", forge.head(json!({"alg": "ES256"}))),
        ("typ JWT", forge.head(json!({"typ": "JWT"}))),
        ("typ missing", forge.head(json!({"typ": null}))),
        ("typ in capitals", forge.head(json!({"typ": "AT+JWT"}))),
        ("typ of an ID token", forge.head(json!({"typ": "id_token+jwt"}))),
        ("typ of a logout token", forge.head(json!({"typ": "logout+jwt"}))),
        ("kid missing", forge.head(json!({"kid": null}))),
        ("kid empty", forge.head(json!({"kid": ""}))),
        ("kid unknown", forge.head(json!({"kid": "0000000000000000"}))),
        ("kid that leads elsewhere", forge.head(json!({"kid": "../../dev/null"}))),
        ("kid with SQL", forge.head(json!({"kid": "x' OR '1'='1"}))),
        ("kid as a number", forge.head(json!({"kid": 1}))),
        ("jku", foreign.sign(&with(json!({"jku": "https://evil.example/jwks.json"})).to_string(), &claims_text)),
        ("jku on a signature of ours", forge.head(json!({"jku": "https://evil.example/jwks.json"}))),
        ("x5u", foreign.sign(&with(json!({"x5u": "https://evil.example/cert.pem"})).to_string(), &claims_text)),
        ("jwk", foreign.sign(&with(json!({"jwk": jwk})).to_string(), &claims_text)),
        ("jwk on a signature of ours", forge.head(json!({"jwk": jwk}))),
        ("x5c", foreign.sign(&with(json!({"x5c": ["MIIB"]})).to_string(), &claims_text)),
        ("crit", forge.head(json!({"crit": ["exp"]}))),
        ("crit empty", forge.head(json!({"crit": []}))),
        ("b64 false", forge.head(json!({"b64": false, "crit": ["b64"]}))),
        ("zip", forge.head(json!({"zip": "DEF"}))),
        ("cty", forge.head(json!({"cty": "JWT"}))),
        ("head as a list", forge.sign(&json!(["EdDSA", "at+jwt", forge.head["kid"]]).to_string(), &claims_text)),
        ("head with alg twice", forge.sign(&twice(&head_text, r#""alg":"none""#), &claims_text)),
        ("head with kid twice", forge.sign(&twice(&head_text, r#""kid":"x""#), &claims_text)),
        ("head in a string", forge.sign(&format!("{head_text:?}"), &claims_text)),
        ("iss missing", forge.claims(json!({"iss": null}))),
        ("iss of another", forge.claims(json!({"iss": "https://evil.example"}))),
        ("iss with a slash", forge.claims(json!({"iss": format!("{URL}/")}))),
        ("iss longer", forge.claims(json!({"iss": format!("{URL}.evil.example")}))),
        ("iss as a list", forge.claims(json!({"iss": [URL]}))),
        ("aud missing", forge.claims(json!({"aud": null}))),
        ("aud of another", forge.claims(json!({"aud": "https://evil.example/api/v1"}))),
        ("aud is the issuer", forge.claims(json!({"aud": URL}))),
        ("aud as a list", forge.claims(json!({"aud": [format!("{URL}/api/v1"), "https://evil.example"]}))),
        ("aud as an empty list", forge.claims(json!({"aud": []}))),
        ("sub missing", forge.claims(json!({"sub": null}))),
        ("sub unknown", forge.claims(json!({"sub": "usr_00000000000000000000000000"}))),
        ("sub of another", forge.claims(json!({"sub": foreign.claims["sub"]}))),
        ("sub malformed", forge.claims(json!({"sub": "admin"}))),
        ("org missing", forge.claims(json!({"org": null}))),
        ("org of another", forge.claims(json!({"org": foreign.claims["org"]}))),
        ("sid missing", forge.claims(json!({"sid": null}))),
        ("sid unknown", forge.claims(json!({"sid": "ses_00000000000000000000000000"}))),
        ("sid of another", forge.claims(json!({"sid": foreign.claims["sid"]}))),
        ("exp missing", forge.claims(json!({"exp": null}))),
        ("exp as a string", forge.claims(json!({"exp": (now + 600).to_string()}))),
        ("exp as a fraction", forge.claims(json!({"exp": 1.8e9}))),
        ("exp too large for a number", forge.sign(&head_text, &claims_text.replace(&format!("\"exp\":{}", now + 600), "\"exp\":99999999999999999999"))),
        ("exp at the end of time", forge.claims(json!({"exp": i64::MAX}))),
        ("exp negative", forge.claims(json!({"exp": -1}))),
        ("exp null", forge.sign(&head_text, &claims_text.replace(&format!("\"exp\":{}", now + 600), "\"exp\":null"))),
        ("longer than ours", forge.claims(json!({"exp": now + 601}))),
        ("expired a second ago", forge.claims(json!({"exp": now - 1, "iat": now - 601, "nbf": now - 601}))),
        ("expires now", forge.claims(json!({"exp": now}))),
        ("nbf missing", forge.claims(json!({"nbf": null}))),
        ("nbf as a string", forge.claims(json!({"nbf": now.to_string()}))),
        ("nbf as a fraction", forge.claims(json!({"nbf": 1.5}))),
        ("not yet valid", forge.claims(json!({"nbf": now + 31, "iat": now + 31, "exp": now + 600}))),
        ("iat missing", forge.claims(json!({"iat": null}))),
        ("made tomorrow", forge.claims(json!({"iat": now + 86_400, "exp": now + 86_400}))),
        ("made at the beginning of time", forge.claims(json!({"iat": i64::MIN}))),
        ("jti missing", forge.claims(json!({"jti": null}))),
        ("a role in it", forge.claims(json!({"role": "super_admin"}))),
        ("an ID token", forge.claims(json!({"nonce": "n-0S6_WzA2Mj", "auth_time": now, "at_hash": "x"}))),
        ("claims as a list", forge.sign(&head_text, "[1,2,3]")),
        ("claims with sub twice", forge.sign(&head_text, &twice(&claims_text, r#""sub":"usr_00000000000000000000000000""#))),
        ("claims in a string", forge.sign(&head_text, &format!("{claims_text:?}"))),
        ("claims with more behind them", forge.sign(&head_text, &format!("{claims_text} {{}}"))),
        ("signed by another installation", foreign.good()),
        ("another installation's signature under our key's name", foreign.sign(&head_text, &claims_text)),
        ("another token's signature", format!("{head}.{claims}.{}", forge.claims(json!({"jti": "x"})).rsplit('.').next().unwrap())),
        ("claims of another token", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(changed(&forge.claims, json!({"jti": "x"})).to_string()))),
        ("a signature of zeros", format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode([0_u8; 64]))),
        ("a signature cut", format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode(&signature_bytes[..63]))),
        ("a signature with more behind it", format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode([&signature_bytes[..], &[0]].concat()))),
        ("a signature with S beyond the order", format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode(&malleable))),
        ("a signature encoded with padding", format!("{head}.{claims}.{}", URL_SAFE.encode(&signature_bytes))),
        ("a signature whose last digit has bits to spare", respelled(&good)),
        ("a head encoded with padding", format!("{}=.{claims}.{signature}", head)),
        ("white space before", format!(" {good}")),
        ("white space behind", format!("{good}\n")),
        ("white space inside", format!("{head}. {claims}.{signature}")),
        ("white space in the head, signed for the head without", format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(format!(" {head_text}")))),
        ("a zero byte", format!("{good}\0")),
        ("another alphabet", format!("{head}.{claims}.\u{ff21}")),
        ("huge claims", forge.claims(json!({"jti": "x".repeat(4_000)}))),
        ("a huge head", forge.head(json!({"kid": "x".repeat(100_000)}))),
        ("deep claims", forge.sign(&head_text, &format!("{}{}", "[".repeat(500), "]".repeat(500)))),
        ("a key of a program without its secret", "lk_live_".to_owned()),
    ]
}

/// The same bytes in another spelling: the last digit of 64 bytes has four bits that decoding drops.
fn respelled(token: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = DIGITS.iter().position(|digit| Some(digit) == token.as_bytes().last()).unwrap();
    format!("{}{}", &token[..token.len() - 1], char::from(DIGITS[last ^ 1]))
}

async fn refusal(world: &World, from: u8, token: &str) -> Option<ErrorCode> {
    tokens::recognise(&world.app, &visitor_from(from), token).await.err().map(|error| error.code)
}

on_both_engines! {
    async fn no_forged_token_is_accepted(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let forge = Forge::new(&world, &who).await;
        let organization = world.organization("Other").await;
        let other = world.member(&organization, Role::OrgAdmin, &[]).await;
        let theirs = SignedIn { user: latchkey::services::access::person(&other).unwrap().clone(), organization, member: other.member().unwrap().clone(), confined: false };
        let mut foreign = Forge::new(&world, &theirs).await;
        // The same claims, signed by a key that this installation never had.
        let key = SigningKey::generate(&latchkey::vault::SystemRandom);
        foreign.pair = Ed25519KeyPair::from_seed_unchecked(key.seed().expose()).unwrap();
        foreign.public = key.public().to_vec();
        foreign.head["kid"] = json!(key.id());
        let cases = forgeries(&forge, &foreign);
        assert!(cases.len() >= 100, "{}", cases.len());
        for (number, (name, token)) in cases.iter().enumerate() {
            let from = u8::try_from(number / 40).unwrap() + 1;
            assert_eq!(refusal(&world, from, token).await, Some(ErrorCode::TokenInvalid), "{name}: {token}");
            assert_eq!(refusal(&world, 200, &forge.good()).await, None, "the control, after {name}");
        }
    }

    async fn a_token_ends_when_its_time_or_its_sign_in_does(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let token = issued.access.expose();
        let recognised = tokens::recognise(&world.app, &visitor(), token).await.unwrap();
        assert_eq!(recognised.actor.member(), Some(&who.member));
        world.clock.advance(599_999);
        assert_eq!(refusal(&world, 7, token).await, None);
        world.clock.advance(1);
        assert_eq!(refusal(&world, 7, token).await, Some(ErrorCode::TokenInvalid), "ten minutes are over");
        let fresh = tokens::refresh(&world.app, &visitor(), &latchkey::vault::Secret::new(issued.refresh.expose().clone())).await.unwrap();
        assert_eq!(refusal(&world, 7, fresh.access.expose()).await, None);
        let family: SessionId = recognised.family.unwrap();
        tokens::end(&world.app, &recognised.actor, &family).await.unwrap();
        assert_eq!(refusal(&world, 7, fresh.access.expose()).await, Some(ErrorCode::TokenInvalid), "signed out");
    }

    async fn the_role_is_that_of_the_moment(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let who = SignedIn { user: latchkey::services::access::person(&admin).unwrap().clone(), organization, member: admin.member().unwrap().clone(), confined: false };
        let issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let role = || async { latchkey::services::shell::role(&tokens::recognise(&world.app, &visitor(), issued.access.expose()).await.unwrap().actor) };
        assert_eq!(role().await, Role::OrgAdmin);
        execute(&world.app.database, "UPDATE members SET role = 'viewer' WHERE role = 'org_admin'").await;
        assert_eq!(role().await, Role::Viewer);
        execute(&world.app.database, "UPDATE members SET status = 'removed' WHERE role = 'viewer'").await;
        assert_eq!(refusal(&world, 7, issued.access.expose()).await, Some(ErrorCode::TokenInvalid));
        execute(&world.app.database, "UPDATE members SET status = 'active' WHERE role = 'viewer'").await;
        assert_eq!(refusal(&world, 7, issued.access.expose()).await, Some(ErrorCode::TokenInvalid), "what has ended stays ended");
        let mut reader = world.app.database.read().await.unwrap();
        assert!(members::find_active(reader.conn(), &who.organization, &who.user).await.unwrap().is_some());
    }

    async fn a_disabled_person_is_out_at_once(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        execute(&world.app.database, "UPDATE users SET disabled = TRUE").await;
        assert_eq!(refusal(&world, 7, issued.access.expose()).await, Some(ErrorCode::TokenInvalid));
        let refresh = latchkey::vault::Secret::new(issued.refresh.expose().clone());
        assert_eq!(tokens::refresh(&world.app, &visitor(), &refresh).await.unwrap_err().code, ErrorCode::TokenInvalid);
        let mut reader = world.app.database.read().await.unwrap();
        assert!(users::find(reader.conn(), &who.user).await.unwrap().unwrap().disabled);
    }

    async fn a_replaced_key_verifies_until_its_last_token_has_ended(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let old = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let before = tokens::signing_key(&world.app).await.unwrap();
        assert_eq!(tokens::signing_key(&world.app).await.unwrap().id(), before.id(), "it is made once");
        world.clock.advance(1_000);
        let after = tokens::rotate(&world.app).await.unwrap();
        assert_ne!(before.id(), after.id());
        assert_eq!(tokens::signing_key(&world.app).await.unwrap().id(), after.id());
        assert_eq!(refusal(&world, 7, old.access.expose()).await, None);
        let forge = Forge::new(&world, &who).await;
        world.clock.advance(661_000);
        let now = world.clock_seconds();
        let late = Forge { pair: Ed25519KeyPair::from_seed_unchecked(before.seed().expose()).unwrap(), head: json!({"alg": "EdDSA", "typ": "at+jwt", "kid": before.id()}), ..forge };
        let stolen = late.claims(json!({"iat": now, "nbf": now, "exp": now + 600}));
        assert_eq!(refusal(&world, 7, &stolen).await, Some(ErrorCode::TokenInvalid), "a replaced key signs nothing any more");
        world.clock.advance(91 * 24 * 3_600_000);
        assert_ne!(tokens::signing_key(&world.app).await.unwrap().id(), after.id(), "a new one every 90 days");
    }
}
