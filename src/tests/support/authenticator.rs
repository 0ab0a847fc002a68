//! An authenticator in software: keeps one key pair, answers as a browser would (WebAuthn level 3, §6 and §7), and lies on request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::vault::sha256_hex;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One key of one person.
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// The origin that the browser reports.
    pub origin: String,
    /// The name of the site that the key is for.
    pub party: String,
    /// Whether it asks for a finger, a face or a PIN.
    pub verifies: bool,
    /// How often it has signed.
    pub counter: u32,
    /// What it knows the person by.
    pub handle: Option<String>,
}

fn hash(data: &[u8]) -> Vec<u8> {
    hex::decode(sha256_hex(data)).unwrap()
}

fn encode(data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(data)
}

impl Authenticator {
    /// A new key for the site at `origin`.
    pub fn new(origin: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let id = hash(key.public_key().as_ref())[..16].to_vec();
        let party = url::Url::parse(origin).unwrap().domain().unwrap().to_owned();
        Self { key, id, origin: origin.to_owned(), party, verifies: true, counter: 0, handle: None }
    }

    fn data(&mut self, attested: bool) -> Vec<u8> {
        self.counter += 1;
        let mut data = hash(self.party.as_bytes());
        data.push(PRESENT | if self.verifies { VERIFIED } else { 0 } | if attested { ATTESTED } else { 0 });
        data.extend_from_slice(&self.counter.to_be_bytes());
        if attested {
            data.extend_from_slice(&[0; 16]);
            data.extend_from_slice(&[0, 16]);
            data.extend_from_slice(&self.id);
            let point = self.key.public_key().as_ref();
            // COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1).
            data.extend_from_slice(&[0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend_from_slice(&point[1..33]);
            data.extend_from_slice(&[0x22, 0x58, 0x20]);
            data.extend_from_slice(&point[33..65]);
        }
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false}).to_string().into_bytes()
    }

    /// Makes the credential that `options` ask for.
    pub fn create(&mut self, options: &Value) -> String {
        self.handle = Some(options["user"]["id"].as_str().unwrap().to_owned());
        let data = self.data(true);
        let mut attestation = vec![0xA3, 0x63];
        attestation.extend_from_slice(b"fmt\x64none\x67attStmt\xA0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend_from_slice(&data);
        let response = json!({"attestationObject": encode(&attestation), "clientDataJSON": encode(&self.client_data("webauthn.create", options)), "transports": ["internal"]});
        self.answer(response)
    }

    /// Signs what `options` ask for.
    pub fn get(&mut self, options: &Value) -> String {
        let data = self.data(false);
        let client_data = self.client_data("webauthn.get", options);
        let signature = self.key.sign(&SystemRandom::new(), &[data.clone(), hash(&client_data)].concat()).unwrap();
        let response = json!({
            "authenticatorData": encode(&data),
            "clientDataJSON": encode(&client_data),
            "signature": encode(signature.as_ref()),
            "userHandle": self.handle,
        });
        self.answer(response)
    }

    fn answer(&self, response: Value) -> String {
        let id = encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}, "authenticatorAttachment": "platform"})
            .to_string()
    }
}
