//! Skipping a step whose inputs did not change.
//!
//! A stamp is a file that holds one hash over the contents of a step's inputs and one over its outputs. A step is up
//! to date only when both are still the same. Contents are read, not times: a changed file with an old time is seen.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One step: what it reads and what it writes. A folder stands for all the files in it. A path that does not exist
/// counts as such: the hash changes when it appears.
pub(crate) struct Step {
    /// The file that holds the hashes.
    pub(crate) stamp: PathBuf,
    /// Files and folders read.
    pub(crate) inputs: Vec<PathBuf>,
    /// Files and folders written.
    pub(crate) outputs: Vec<PathBuf>,
}

impl Step {
    /// Runs `work` unless the step is up to date. Says whether it ran.
    ///
    /// # Errors
    /// Those of `work`, and files that cannot be read. The stamp is gone before the work begins, so that a step that
    /// failed runs again. Inputs are hashed before the work: one that changes meanwhile makes the step run again.
    pub(crate) fn run(&self, work: impl FnOnce() -> Result<()>) -> Result<bool> {
        let inputs = hash(&self.inputs)?;
        let found = fs::read_to_string(&self.stamp).ok();
        if found.as_deref() == Some(&line(inputs, hash(&self.outputs)?)) {
            return Ok(false);
        }
        if found.is_some() {
            fs::remove_file(&self.stamp)
                .with_context(|| format!("cannot remove {}", self.stamp.display()))?;
        }
        work()?;
        fs::write(&self.stamp, line(inputs, hash(&self.outputs)?))
            .with_context(|| format!("cannot write {}", self.stamp.display()))?;
        Ok(true)
    }
}

fn line(inputs: u64, outputs: u64) -> String {
    format!("inputs {inputs:016x} outputs {outputs:016x}\n")
}

fn hash(paths: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        let mut files = BTreeSet::new();
        collect_files(path, &mut files)?;
        hasher.write_usize(files.len());
        for file in files {
            let name = file.to_string_lossy();
            hasher.write_usize(name.len());
            hasher.write(name.as_bytes());
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            hasher.write_usize(content.len());
            hasher.write(&content);
        }
    }
    Ok(hasher.finish())
}

fn collect_files(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
            collect_files(&entry?.path(), files)?;
        }
    } else if path.exists() {
        files.insert(path.to_path_buf());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step in a folder of its own that copies `in/a` to `out`, and counts how often it does.
    struct Copying {
        folder: PathBuf,
        runs: u32,
    }

    impl Copying {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("xtask-stamp-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("in")).unwrap();
            fs::write(folder.join("in/a"), "1").unwrap();
            Self { folder, runs: 0 }
        }

        fn run(&mut self) -> u32 {
            let step = Step {
                stamp: self.folder.join("stamp"),
                inputs: vec![self.folder.join("in")],
                outputs: vec![self.folder.join("out")],
            };
            let ran = step
                .run(|| {
                    fs::copy(self.folder.join("in/a"), self.folder.join("out"))?;
                    Ok(())
                })
                .unwrap();
            self.runs += u32::from(ran);
            self.runs
        }
    }

    impl Drop for Copying {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    #[test]
    fn a_step_runs_once_when_nothing_changed() {
        let mut copying = Copying::new("unchanged");
        assert_eq!((copying.run(), copying.run()), (1, 1));
    }

    #[test]
    fn a_changed_input_runs_the_step_whatever_its_time() {
        let mut copying = Copying::new("input");
        copying.run();
        let file = copying.folder.join("in/a");
        let time = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(&file, "2").unwrap();
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(time)
            .unwrap();
        assert_eq!(copying.run(), 2);
        assert_eq!(fs::read_to_string(copying.folder.join("out")).unwrap(), "2");
    }

    #[test]
    fn a_new_a_renamed_and_a_removed_input_run_the_step() {
        let mut copying = Copying::new("names");
        copying.run();
        fs::write(copying.folder.join("in/b"), "").unwrap();
        assert_eq!(copying.run(), 2);
        fs::rename(copying.folder.join("in/b"), copying.folder.join("in/c")).unwrap();
        assert_eq!(copying.run(), 3);
        fs::remove_file(copying.folder.join("in/c")).unwrap();
        assert_eq!(copying.run(), 4);
    }

    #[test]
    fn a_changed_or_removed_output_runs_the_step() {
        let mut copying = Copying::new("output");
        copying.run();
        fs::write(copying.folder.join("out"), "other").unwrap();
        assert_eq!(copying.run(), 2);
        fs::remove_file(copying.folder.join("out")).unwrap();
        assert_eq!(copying.run(), 3);
        assert_eq!(copying.run(), 3);
    }

    #[test]
    fn a_failed_step_runs_again() {
        let mut copying = Copying::new("failed");
        copying.run();
        fs::write(copying.folder.join("in/a"), "2").unwrap();
        let step = Step {
            stamp: copying.folder.join("stamp"),
            inputs: vec![copying.folder.join("in")],
            outputs: vec![copying.folder.join("out")],
        };
        assert!(step.run(|| anyhow::bail!("broken")).is_err());
        fs::write(copying.folder.join("in/a"), "1").unwrap();
        assert_eq!(copying.run(), 2);
    }
}
