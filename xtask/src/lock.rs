//! Work that only one run of these commands may do at a time.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

/// Waits until no other run holds this file, and holds it until the result is dropped.
///
/// # Errors
/// When the file cannot be made or held.
pub(crate) fn hold(path: &Path) -> Result<File> {
    let shown = path.display();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let file = File::create(path).with_context(|| format!("cannot make {shown}"))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {
            println!("setup: waiting for another run of these commands ({shown})")
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(|| format!("cannot lock {shown}")),
    }
    file.lock().with_context(|| format!("cannot lock {shown}"))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn one_waits_for_the_other() {
        let folder = std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()));
        let path = folder.join("below/lock");
        let first = hold(&path).unwrap();
        let second = thread::spawn({
            let path = path.clone();
            move || hold(&path).unwrap()
        });
        thread::sleep(Duration::from_millis(50));
        assert!(!second.is_finished());
        drop(first);
        second.join().unwrap();
        fs::remove_dir_all(folder).unwrap();
    }
}
