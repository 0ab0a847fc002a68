//! The root key at the start: found, recognised, or made for an empty database.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::StartError;
use crate::config::{Config, KeyChoice};
use crate::domain::{Clock, Random};
use crate::store::keys::{self, RootKeyRow};
use crate::store::{Database, StoreError, migrate, schema_state};
use crate::vault::{KeyError, KeyId, KeySource, Keyring, PassphraseParameters, RootKey, create_key_file, load};

/// The name of the key file that the first start writes beside the database.
pub const FILE_NAME: &str = "latchkey.key";

/// The keyring, and what pages and the console say about it.
pub struct OpenedKeys {
    /// The keyring.
    pub keyring: Keyring,
    /// Where the key comes from, in words.
    pub source: String,
    /// The key file, if there is one.
    pub path: Option<PathBuf>,
    /// Whether this start made the key file.
    pub created: bool,
}

/// A key that needs no database to be read, so that a wrong one is refused before anything is opened.
pub struct Prepared(Option<RootKey>);

/// What a database tells of its keys before anything is written to it.
pub struct Known {
    /// The key in use.
    pub active: Option<RootKeyRow>,
    /// Whether anything is sealed.
    pub holds_data: bool,
}

/// Where the key file stands when none is named: beside an SQLite database, else in `data/`.
pub fn beside(config: &Config) -> PathBuf {
    let folder = config.database.sqlite_path().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_else(|| PathBuf::from("data"));
    folder.join(FILE_NAME)
}

/// Reads the key of a file or of the environment.
///
/// # Errors
/// [`KeyError`] in words.
pub fn prepare(config: &Config) -> Result<Prepared, KeyError> {
    let source = match &config.vault.key {
        KeyChoice::File(path) => KeySource::File(path.clone()),
        KeyChoice::Environment(text) => KeySource::Environment(text.duplicate()),
        KeyChoice::Beside if beside(config).exists() => KeySource::File(beside(config)),
        KeyChoice::Beside | KeyChoice::Passphrase(..) => return Ok(Prepared(None)),
    };
    load(&source).map(Some).map(Prepared)
}

/// What `database` knows of its keys; changes nothing.
///
/// # Errors
/// [`StoreError::SchemaNewer`] and failures of the database.
pub async fn known(database: &Database) -> Result<Known, StoreError> {
    let state = schema_state(database).await?;
    if state.applied > state.known {
        return Err(StoreError::SchemaNewer { found: state.applied, known: state.known });
    }
    if state.applied == 0 {
        return Ok(Known { active: None, holds_data: false });
    }
    let mut reader = database.read().await?;
    let active = keys::list(reader.conn()).await?.into_iter().find(|row| row.status == "active");
    Ok(Known { active, holds_data: keys::holds_data(reader.conn()).await? })
}

/// Finds the key, compares it with what the database knows, brings the schema up to date and notes a new key.
///
/// # Errors
/// [`StartError`]; every refusal of a key leaves the database as it was.
pub async fn open(database: &Database, config: &Config, prepared: Prepared, clock: &dyn Clock, random: &dyn Random) -> Result<OpenedKeys, StartError> {
    let known = known(database).await?;
    let (root, parameters, created) = root_of(config, prepared, &known, random).await?;
    recognise(&known, &root)?;
    migrate(database).await?;
    let (_, source, path) = words(config);
    let (id, root) = match id_of(&known) {
        Some(id) => (id, root),
        None => match note(database, config, &root, parameters, clock, random).await? {
            Some(id) => (id, root),
            None => join(database, config, root, random).await?,
        },
    };
    Ok(OpenedKeys { keyring: Keyring::new(id, root), source, path, created })
}

fn id_of(known: &Known) -> Option<KeyId> {
    known.active.as_ref().and_then(|row| KeyId::from_hex(&row.key_id))
}

/// Notes the key as the active one; none when another node noted one in the same moment.
async fn note(
    database: &Database,
    config: &Config,
    root: &RootKey,
    parameters: String,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<Option<KeyId>, StoreError> {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes);
    let id = KeyId::from_bytes(bytes);
    let row = RootKeyRow {
        key_id: id.to_hex(),
        source: words(config).0.to_owned(),
        check_value: hex::encode(root.check_value()),
        parameters,
        status: "active".to_owned(),
        created_at: clock.now(),
    };
    let mut transaction = database.begin().await?;
    match keys::insert(transaction.conn(), &row).await {
        Err(StoreError::Duplicate(rule)) if rule == keys::ONE_ACTIVE => Ok(None),
        noted => {
            noted?;
            transaction.commit().await?;
            Ok(Some(id))
        }
    }
}

/// Goes on with the key that another node has noted, if it is the same; a passphrase is derived anew with that node's parameters.
async fn join(database: &Database, config: &Config, root: RootKey, random: &dyn Random) -> Result<(KeyId, RootKey), StartError> {
    let known = known(database).await?;
    let root = match &config.vault.key {
        KeyChoice::Passphrase(..) => root_of(config, Prepared(None), &known, random).await?.0,
        _ => root,
    };
    recognise(&known, &root)?;
    id_of(&known).map(|id| (id, root)).ok_or(StartError::KeyUnknown)
}

/// Whether the configured key is the one that a filled database knows; writes nothing.
///
/// # Errors
/// [`StartError`] as [`open`] would refuse.
pub async fn check(database: &Database, config: &Config, prepared: Prepared, random: &dyn Random) -> Result<(), StartError> {
    let known = known(database).await?;
    if known.active.is_none() && !known.holds_data {
        return Ok(());
    }
    let (root, ..) = root_of(config, prepared, &known, random).await?;
    recognise(&known, &root)
}

/// The keyring of a database that was set up before; writes nothing.
///
/// # Errors
/// [`StartError`] as [`open`] would refuse, and `KeyUnknown` for a database without a key.
pub async fn open_existing(database: &Database, config: &Config, prepared: Prepared, random: &dyn Random) -> Result<Keyring, StartError> {
    let known = known(database).await?;
    let id = id_of(&known).ok_or(StartError::KeyUnknown)?;
    let (root, ..) = root_of(config, prepared, &known, random).await?;
    recognise(&known, &root)?;
    Ok(Keyring::new(id, root))
}

fn recognise(known: &Known, root: &RootKey) -> Result<(), StartError> {
    match &known.active {
        Some(row) if root.is_recognised_by(&row.check_value) => Ok(()),
        Some(row) => Err(StartError::KeyMismatch { known: fingerprint(&row.check_value), given: fingerprint(&hex::encode(root.check_value())) }),
        None if known.holds_data => Err(StartError::KeyUnknown),
        None => Ok(()),
    }
}

async fn root_of(config: &Config, prepared: Prepared, known: &Known, random: &dyn Random) -> Result<(RootKey, String, bool), StartError> {
    let nothing = || "{}".to_owned();
    if let Some(root) = prepared.0 {
        return Ok((root, nothing(), false));
    }
    let KeyChoice::Passphrase(text, _) = &config.vault.key else {
        let path = beside(config);
        if known.active.is_some() || known.holds_data {
            let words = format!(
                "The database holds data, but there is no key at {}. Put the key file back, or set vault.key_file (LATCHKEY_VAULT__KEY_FILE).",
                path.display()
            );
            return Err(KeyError::Missing(words).into());
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|cause| KeyError::Unreadable(format!("{} cannot be made: {cause}.", folder.display())))?;
        }
        let root = create_key_file(&path, random)?;
        // Said at once: whatever fails from here on, the file is there, and the next start does not make it.
        tracing::warn!(path = %path.display(), "a new key was written; back this file up: without it nothing stored can be read");
        return Ok((root, nothing(), true));
    };
    let stored = known.active.as_ref().and_then(|row| serde_json::from_str(&row.parameters).ok());
    let parameters: PassphraseParameters = stored.unwrap_or_else(|| PassphraseParameters::generate(random));
    let shown = serde_json::to_string(&parameters).unwrap_or_else(|_| nothing());
    let source = KeySource::Passphrase(text.duplicate(), parameters);
    let root = tokio::task::spawn_blocking(move || load(&source)).await.map_err(|error| StartError::Setup(error.to_string()))??;
    Ok((root, shown, false))
}

/// Kind as stored, place in words, and file of the chosen source.
pub fn words(config: &Config) -> (&'static str, String, Option<PathBuf>) {
    match &config.vault.key {
        KeyChoice::Beside => ("file", format!("the file {}", beside(config).display()), Some(beside(config))),
        KeyChoice::File(path) => ("file", format!("the file {}", path.display()), Some(path.clone())),
        KeyChoice::Environment(_) => ("environment", "the variable LATCHKEY_VAULT__KEY".to_owned(), None),
        KeyChoice::Passphrase(_, place) => ("passphrase", format!("a passphrase from {place}"), None),
    }
}

/// The fingerprint of the key with this check value, as [`Keyring::fingerprint`] shows it.
pub fn fingerprint(check_value: &str) -> String {
    let digest = hex::encode(Sha256::digest(hex::decode(check_value).unwrap_or_default()));
    [&digest[0..4], &digest[4..8], &digest[8..12], &digest[12..16]].join("-")
}

/// Writes a fresh key to a new file and shows its fingerprint.
///
/// # Errors
/// [`KeyError::Unreadable`] when the file exists or cannot be written.
pub fn generate(path: &Path, random: &dyn Random) -> Result<String, KeyError> {
    let root = create_key_file(path, random)?;
    Ok(fingerprint(&hex::encode(root.check_value())))
}
