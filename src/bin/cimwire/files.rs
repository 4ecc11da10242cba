//! Files that options name: reading them within bounds, and whether other users can.

use std::fs::File;
use std::io::Read;
use std::path::Path;

#[cfg(unix)]
use cimwire::printable;

use crate::output::report::{self, Failure, Problem};

/// Reads a file that an option names, within bounds, as it may be a device that never ends.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or is larger than the bound.
pub(crate) fn read(path: &Path, bound: u64, option: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(INITIAL_SIZE);
    let read = File::open(path).and_then(|file| file.take(bound + 1).read_to_end(&mut bytes));
    let problem = |what: String| Failure::from(Problem::usage(format!("{option}: {what}")));
    match read {
        Err(error) => Err(problem(format!(
            "could not read {}: {error}",
            path.display()
        ))),
        Ok(_) if u64::try_from(bytes.len()).is_ok_and(|size| size > bound) => Err(problem(
            format!("{} is larger than {bound} bytes", path.display()),
        )),
        Ok(_) => Ok(bytes),
    }
}

/// Warns of a file that others than its owner may read.
pub(crate) fn warn_if_shared(path: &Path, content: &str) {
    if let Some(warning) = shared(path, content) {
        report::warning(&warning);
    }
}

/// Returns a warning about a file that others than its owner may read. What is not a regular file, such as a pipe, has no
/// rights that would tell.
#[cfg(unix)]
pub(crate) fn shared(path: &Path, content: &str) -> Option<String> {
    let mode = mode(path).filter(|mode| mode & READ_BY_OTHERS != 0)?;
    let path = path.display().to_string();
    Some(format!(
        "other users can read the {content} in {} (mode {:03o}): make the file yours alone (chmod 600)",
        printable(&path),
        mode & 0o777
    ))
}

#[cfg(not(unix))]
pub(crate) fn shared(_: &Path, _: &str) -> Option<String> {
    None
}

/// Reports whether others than its owner may change a file.
#[cfg(unix)]
pub(crate) fn is_changed_by_others(path: &Path) -> bool {
    mode(path).is_some_and(|mode| mode & WRITTEN_BY_OTHERS != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_changed_by_others(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(metadata.permissions().mode())
}

/// A password or a key fits in, so that reading it leaves no copies behind.
pub(crate) const INITIAL_SIZE: usize = 16 * 1024;
/// The group's right to read, and that of all others.
#[cfg(unix)]
const READ_BY_OTHERS: u32 = 0o044;
/// The group's right to write, and that of all others.
#[cfg(unix)]
const WRITTEN_BY_OTHERS: u32 = 0o022;
