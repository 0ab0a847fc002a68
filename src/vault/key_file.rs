//! The key file: read only when nobody else can read it, written once and never over another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::Random;
use crate::vault::{KeyError, RootKey};

const MODE_BITS: u32 = 0o7777;
const WIDEST_MODE: u32 = 0o600;
const LONGEST_FILE: usize = 4096;

/// The text of a key file. Mode and owner are judged on the opened file, so it cannot be exchanged in between.
///
/// # Errors
/// [`KeyError`].
pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            KeyError::Missing(format!("There is no key file at {}. Restore it from your copy, or correct the path. Nothing was changed.", path.display()))
        }
        _ => unreadable(path, "could not be opened", &error),
    })?;
    judge(path, &file)?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE + 1));
    let limit = u64::try_from(LONGEST_FILE).unwrap_or(u64::MAX);
    file.take(limit).read_to_string(&mut text).map_err(|error| unreadable(path, "could not be read as text", &error))?;
    Ok(text)
}

fn judge(path: &Path, file: &File) -> Result<(), KeyError> {
    let found = file.metadata().map_err(|error| unreadable(path, "could not be examined", &error))?;
    if !found.is_file() {
        return Err(KeyError::Unreadable(format!("{} is not a file. Give the path of the key file. Nothing was changed.", path.display())));
    }
    let mode = found.mode() & MODE_BITS;
    if mode & !WIDEST_MODE != 0 {
        return Err(KeyError::FileMode(format!(
            "File mode of {0} is {mode:04o}, must be 0600 or tighter. Run `chmod 600 {0}`. Nothing was changed.",
            path.display()
        )));
    }
    // A process without privileges can open a file of this mode only if it owns it, so where there is no /proc the mode says enough.
    let own = fs::metadata("/proc/self").map_or(found.uid(), |process| process.uid());
    if found.uid() != own && found.uid() != 0 {
        return Err(KeyError::FileMode(format!(
            "{0} belongs to user {1}, must belong to user {own}, who runs this. Run `chown {own} {0}`. Nothing was changed.",
            path.display(),
            found.uid()
        )));
    }
    Ok(())
}

/// Writes a fresh key to a new file, durable before this returns.
///
/// # Errors
/// [`KeyError::Unreadable`]; a file that could not be completed is removed again.
pub(super) fn create(path: &Path, random: &dyn Random) -> Result<RootKey, KeyError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    random.fill(bytes.as_mut_slice());
    let mut text = Zeroizing::new([b'\n'; 45]);
    if STANDARD.encode_slice(bytes.as_slice(), text.as_mut_slice()).is_err() {
        unreachable!("32 bytes are 44 digits");
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(WIDEST_MODE).open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            KeyError::Unreadable(format!("{} exists already and was not overwritten. Use it, or give another path. Nothing was changed.", path.display()))
        }
        _ => unreadable(path, "could not be created", &error),
    })?;
    let written = file.write_all(text.as_slice()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    if let Err(error) = written {
        return Err(match fs::remove_file(path) {
            Ok(()) => unreadable(path, "could not be written", &error),
            Err(_) => KeyError::Unreadable(format!("{} could not be written in full ({error}). Remove it and try again.", path.display())),
        });
    }
    Ok(RootKey::new(*bytes))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(folder)?.sync_all()
}

fn unreadable(path: &Path, what: &str, error: &io::Error) -> KeyError {
    KeyError::Unreadable(format!("The key file {} {what} ({error}). Check the path and its permissions. Nothing was changed.", path.display()))
}
