//! Password hashing: Argon2id under a concurrency cap; bcrypt hashes of an import are verified, never made.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version, password_hash};
use bcrypt::HashParts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::vault::Secret;

/// How a bcrypt hash begins, whichever program made it.
const BCRYPT: [&str; 3] = ["$2a$", "$2b$", "$2y$"];
/// The largest cost of a bcrypt hash that is computed: more would hold a thread for many seconds.
const BCRYPT_COST: u32 = 15;
/// OWASP's floor for Argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST_BYTES: usize = 1024;
/// NFKC makes at most eleven bytes of one (Unicode normalization FAQ, U+FDFA).
const NFKC_GROWTH: usize = 11;

/// Hashes and verifies passwords, a few at a time (SECURITY: m=19456 KiB, t=2, p=1; default 2 at once, 64 waiting, 3 s at most).
#[derive(Clone)]
pub struct PasswordHasher {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    patience: Duration,
    done: Arc<AtomicU64>,
    threads: Arc<Threads>,
}

type Work = Box<dyn FnOnce() + Send>;

/// As many threads as hashes run together. Allocators keep freed memory per thread: work that wanders over many threads adds up to 19 MiB for each.
struct Threads(mpsc::Sender<Work>);

impl Threads {
    fn start(count: usize) -> Self {
        let (sender, receiver) = mpsc::channel::<Work>();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..count {
            let receiver = Arc::clone(&receiver);
            // They end when the hasher is dropped.
            std::thread::spawn(move || {
                while let Some(work) = receiver.lock().ok().and_then(|receiver| receiver.recv().ok()) {
                    // Whoever waits for a work that panicked is told by the channel that was dropped with it.
                    drop(panic::catch_unwind(AssertUnwindSafe(work)));
                }
            });
        }
        Self(sender)
    }

    /// Without a thread left the work is dropped, and with it the channel that somebody waits at.
    fn run(&self, work: Work) {
        drop(self.0.send(work));
    }
}

/// Why no answer was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashingError {
    /// Too many hashes are waiting; try again in a few seconds.
    #[error("too many sign-ins at once")]
    Busy,
    /// Hashing itself failed, or the stored text is no hash.
    #[error("hashing failed")]
    Failed,
}

impl PasswordHasher {
    /// A hasher that runs at most `at_once` hashes together.
    pub fn new(at_once: usize) -> Self {
        Self::with_limits(at_once, WAITING, PATIENCE)
    }

    /// A hasher that also lets at most `waiting` hashes wait, for at most `patience`.
    pub fn with_limits(at_once: usize, waiting: usize, patience: Duration) -> Self {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS / 2);
        let admitted = at_once + waiting.min(Semaphore::MAX_PERMITS / 2);
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(admitted)),
            patience,
            done: Arc::default(),
            threads: Arc::new(Threads::start(at_once)),
        }
    }

    /// Hashes a password (NFKC first) into a PHC string.
    ///
    /// # Errors
    /// [`PasswordHashingError`]; `Failed` also for a password over 1,024 bytes.
    pub async fn hash(&self, password: &Secret<String>, salt: [u8; 16]) -> Result<String, PasswordHashingError> {
        let password = normalized(password).ok_or(PasswordHashingError::Failed)?;
        self.run(move || {
            let hash: PasswordHash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password matches. Without a stored hash an equally slow dummy is verified and the answer is no.
    ///
    /// # Errors
    /// [`PasswordHashingError`].
    pub async fn verify(&self, password: &Secret<String>, stored: Option<&str>) -> Result<bool, PasswordHashingError> {
        if let Some(stored) = stored.filter(|stored| Self::is_imported(stored)) {
            return self.verify_imported(password, stored).await;
        }
        let hash = stored.map_or_else(|| PasswordHash::new(&dummy()), PasswordHash::new).map_err(|_| PasswordHashingError::Failed)?;
        let normalized = normalized(password);
        let possible = stored.is_some() && normalized.is_some();
        let password = normalized.unwrap_or_default();
        self.run(move || match argon2()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(possible),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(other) => Err(other),
        })
        .await
    }

    /// Whether a stored hash is one of bcrypt, which other programs make: it counts once, and then gives way to what [`Self::hash`] makes.
    pub fn is_imported(stored: &str) -> bool {
        BCRYPT.iter().any(|lead| stored.starts_with(lead))
    }

    /// bcrypt has seen the password as it was typed, and only its first 72 bytes.
    async fn verify_imported(&self, password: &Secret<String>, stored: &str) -> Result<bool, PasswordHashingError> {
        let hash: HashParts = stored.parse().map_err(|_| PasswordHashingError::Failed)?;
        if hash.get_cost() > BCRYPT_COST || password.expose().len() > LONGEST_BYTES {
            return self.dummy().await;
        }
        let (password, stored) = (password.duplicate(), stored.to_owned());
        self.run(move || bcrypt::verify(password.expose(), &stored).map_err(|_| password_hash::Error::PasswordInvalid)).await
    }

    /// The work of a verification without anything to verify; always no.
    async fn dummy(&self) -> Result<bool, PasswordHashingError> {
        let hash = PasswordHash::new(&dummy()).map_err(|_| PasswordHashingError::Failed)?;
        self.run(move || argon2()?.verify_password(&[], &hash).map(|()| false).or(Ok(false))).await
    }

    /// Whether a stored hash is weaker than what [`Self::hash`] makes, or no hash at all.
    pub fn needs_rehash(stored: &str) -> bool {
        let Ok(hash) = PasswordHash::new(stored) else { return true };
        let current = hash.algorithm == argon2::ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
        !current || Params::try_from(&hash).map_or(true, |used| used.m_cost() < MEMORY_KIB || used.t_cost() < PASSES || used.p_cost() < LANES)
    }

    /// How many hashes were computed since the start, for metrics.
    pub fn computed(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Waits for a turn and computes off the async threads. The permits travel with the work, so a caller that goes away frees nothing early.
    async fn run<T, F>(&self, work: F) -> Result<T, PasswordHashingError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, password_hash::Error> + Send + 'static,
    {
        let permits = self.turn().await?;
        let done = Arc::clone(&self.done);
        let (tell, told) = oneshot::channel();
        self.threads.run(Box::new(move || {
            let answer = work();
            done.fetch_add(1, Ordering::Relaxed);
            drop(permits);
            // Whoever asked may have gone.
            drop(tell.send(answer));
        }));
        match told.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(PasswordHashingError::Failed),
        }
    }

    async fn turn(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), PasswordHashingError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordHashingError::Busy)?;
        match timeout(self.patience, Arc::clone(&self.running).acquire_owned()).await {
            Ok(Ok(running)) => Ok((running, admitted)),
            Ok(Err(_)) | Err(_) => Err(PasswordHashingError::Busy),
        }
    }
}

fn argon2() -> Result<Argon2<'static>, password_hash::Error> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// No password has this hash: it stands in for a missing one, with equal parameters and so equal work.
fn dummy() -> String {
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$bGF0Y2hrZXktZHVtbXkhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
}

/// The password in NFKC, in one allocation; none when it is over 1,024 bytes.
fn normalized(password: &Secret<String>) -> Option<Zeroizing<String>> {
    let password = password.expose();
    if password.len() > LONGEST_BYTES {
        return None;
    }
    let mut text = Zeroizing::new(String::with_capacity(password.len() * NFKC_GROWTH));
    text.extend(password.nfkc());
    (text.len() <= LONGEST_BYTES).then_some(text)
}
