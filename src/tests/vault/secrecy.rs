//! What holds a secret neither prints, copies nor serializes, and is wiped.

use std::fmt::{Debug, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use latchkey::vault::{KeySource, Keyring, RootKey, Secret, SystemRandom, Token};
use serde::Serialize;
use zeroize::Zeroize;

/// Fails to compile when the type has the trait: the method would then be ambiguous.
macro_rules! assert_lacks {
    ($type:ty: $($lacking:ident),+) => {$({
        trait AmbiguousIfPresent<Case> {
            fn checked() {}
        }
        struct Present;
        impl<T: ?Sized> AmbiguousIfPresent<()> for T {}
        impl<T: ?Sized + $lacking> AmbiguousIfPresent<Present> for T {}
        <$type as AmbiguousIfPresent<_>>::checked();
    })+};
}

#[test]
fn secrets_have_no_way_out_but_expose() {
    assert_lacks!(Secret<String>: Serialize, Display, Clone);
    assert_lacks!(Secret<Vec<u8>>: Serialize, Display, Clone);
    assert_lacks!(Secret<[u8; 32]>: Serialize, Display, Clone, Copy);
    assert_lacks!(RootKey: Serialize, Display, Debug, Clone);
    assert_lacks!(Keyring: Serialize, Display, Debug, Clone);
    assert_lacks!(Token: Serialize, Display, Clone);
    assert_lacks!(KeySource: Serialize, Display, Clone);
}

#[test]
fn debug_prints_no_secret() {
    let secret = || Secret::new("hunter2-canary".to_owned());
    assert_eq!(format!("{:?}", secret()), "[secret]");
    assert_eq!(format!("{:#?}", Some(secret())), "Some(\n    [secret],\n)");
    assert_eq!(format!("{:?}", Secret::new(b"hunter2-canary".to_vec())), "[secret]");
    assert_eq!(format!("{:?}", KeySource::Environment(secret())), "Environment([secret])");
    let token = Token::generate(&SystemRandom);
    assert!(!format!("{token:?}").contains(token.expose().as_str()));
}

struct Witness(Arc<AtomicBool>);

impl Zeroize for Witness {
    fn zeroize(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn dropping_a_secret_wipes_it() {
    let wiped = Arc::new(AtomicBool::new(false));
    drop(Secret::new(Witness(Arc::clone(&wiped))));
    assert!(wiped.load(Ordering::SeqCst));
}

#[test]
fn a_secret_can_arrive_in_json_but_not_leave() {
    let secret: Secret<String> = serde_json::from_str("\"typed\"").unwrap();
    assert_eq!(secret.expose(), "typed");
    assert_eq!(secret.duplicate().expose(), "typed");
}
