//! Format 1 as docs/SECURITY.md describes it, written a second time from the description alone.

use std::sync::Mutex;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use hkdf::Hkdf;
use latchkey::domain::{Random, SequenceRandom};
use latchkey::vault::Binding;
use sha2::{Digest, Sha256};
use xaes_256_gcm::Xaes256Gcm;

use super::{BINDING, FIRST_ID, FIRST_ROOT, first_keyring};

/// What a writer draws, in the order in which the vault draws it.
struct Drawn {
    data_key: [u8; 32],
    wrap_nonce: [u8; 24],
    data_nonce: [u8; 12],
}

impl Drawn {
    fn from(draws: &[Vec<u8>]) -> Self {
        let [data_key, wrap_nonce, data_nonce] = draws else { panic!("{} draws instead of 3", draws.len()) };
        Self {
            data_key: data_key.as_slice().try_into().unwrap(),
            wrap_nonce: wrap_nonce.as_slice().try_into().unwrap(),
            data_nonce: data_nonce.as_slice().try_into().unwrap(),
        }
    }
}

#[derive(Default)]
struct Recording(SequenceRandom, Mutex<Vec<Vec<u8>>>);

impl Random for Recording {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
        self.1.lock().unwrap().push(bytes.to_vec());
    }
}

fn prefixed(part: &[u8]) -> Vec<u8> {
    [&u32::try_from(part.len()).unwrap().to_be_bytes()[..], part].concat()
}

fn write(binding: &Binding<'_>, plaintext: &[u8], flags: u8, drawn: &Drawn) -> Vec<u8> {
    let mut kek = [0; 32];
    let purpose = format!("lk1/wrap/{}", hex::encode(FIRST_ID.bytes()));
    Hkdf::<Sha256>::from_prk(&FIRST_ROOT).unwrap().expand(purpose.as_bytes(), &mut kek).unwrap();

    let data_context = [
        prefixed(b"lk1/data"),
        vec![1, 1, flags],
        prefixed(binding.organization.as_bytes()),
        prefixed(binding.kind.as_bytes()),
        prefixed(binding.record.as_bytes()),
        prefixed(binding.field.as_bytes()),
        binding.version.to_be_bytes().to_vec(),
    ]
    .concat();
    let wrap_context = [prefixed(b"lk1/dek"), vec![1, 1], prefixed(FIRST_ID.bytes()), Sha256::digest(&data_context).to_vec()].concat();

    let wrapped = Xaes256Gcm::new(&kek.into()).encrypt(&drawn.wrap_nonce.into(), Payload { msg: &drawn.data_key, aad: &wrap_context }).unwrap();
    let ciphertext = Aes256Gcm::new(&drawn.data_key.into()).encrypt(&drawn.data_nonce.into(), Payload { msg: plaintext, aad: &data_context }).unwrap();
    [b"LK", &[1, 1, 1, flags][..], FIRST_ID.bytes(), &[0, 72], &drawn.wrap_nonce, &wrapped, &drawn.data_nonce, &ciphertext].concat()
}

fn padded(plaintext: &[u8]) -> Vec<u8> {
    let mut text = [plaintext, &[0x80]].concat();
    while text.len() % 64 != 0 {
        text.push(0);
    }
    text
}

#[test]
fn the_vault_writes_format_1_byte_for_byte() {
    let keyring = first_keyring();
    for length in 0..300 {
        let plaintext = vec![b'x'; length];
        let random = Recording::default();
        let sealed = keyring.seal(&BINDING, &plaintext, &random);
        let drawn = Drawn::from(&random.1.lock().unwrap());
        assert_eq!(sealed.bytes(), write(&BINDING, &padded(&plaintext), 1, &drawn), "{length} bytes");
        assert_eq!(sealed.bytes().len(), 124 + padded(&plaintext).len());
    }
}

#[test]
fn an_unpadded_value_opens_and_keeps_its_trailing_bytes() {
    let drawn = Drawn { data_key: [7; 32], wrap_nonce: [8; 24], data_nonce: [9; 12] };
    for plaintext in [&b""[..], b"secret", b"ends like padding\x80\0\0"] {
        assert_eq!(first_keyring().open(&BINDING, &write(&BINDING, plaintext, 0, &drawn)).unwrap().expose(), plaintext);
    }
}

#[test]
fn a_padded_value_without_its_mark_does_not_open() {
    let drawn = Drawn { data_key: [7; 32], wrap_nonce: [8; 24], data_nonce: [9; 12] };
    for padding in [&b""[..], &[0; 64], &[1; 64]] {
        assert!(first_keyring().open(&BINDING, &write(&BINDING, padding, 1, &drawn)).is_err());
    }
}

/// Frozen: a value sealed today must open in every later release.
#[test]
fn format_1_does_not_drift() {
    let sealed = first_keyring().seal(&BINDING, b"frozen", &SequenceRandom::default());
    assert_eq!(hex::encode(sealed.bytes()), FROZEN);
    assert_eq!(first_keyring().open(&BINDING, &hex::decode(FROZEN).unwrap()).unwrap().expose(), b"frozen");
}

const FROZEN: &str = concat!(
    "4c4b01010101a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a10048ec814c72a8b88bf89b74a8516a89391beaa27e740c9fcb53216b7b1528de554e3a595a29835d306a",
    "dca1f8e6a50b8ea6137c34708a79a313fe67713adfe4b29597a408b96e86cfcbe132451fbe9a822c3cab16c95c640ec5c5adf5f3d48e947782eb198f461508b3",
    "5470918dbb07e8279fff2b43da84b1386ffdb1e41468fa1c228d68cb92eadb675c32d56aeff4f1c3ac8b77f43116f073c465c21da0bde51b9aa7022d",
);
