//! The module inside a script, as base64, for runtimes that cannot be relied on to read a file.
//!
//! While scripts are bundled a short text stands for it. The text itself comes in afterwards, on a line of its own: Node prints the line
//! that threw, and with the module in it that was more than a pipe takes, and the error behind it was lost. esbuild breaks long lines, but
//! long texts with them (2 kB more after brotli).

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;

/// What stands for a module: a name, because a text could be broken up. Its hash is in it, so that the name of a chunk, which is a hash
/// too, changes with the module.
fn stand_in(module: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    module.hash(&mut hasher);
    format!("MODULE_{:016x}", hasher.finish())
}

/// Writes `quickcall_inline.js` and its declaration beside `quickcall.wasm`.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let module = fs::read(folder.join("quickcall.wasm")).context("wasm-opt wrote no module")?;
    fs::write(
        folder.join("quickcall_inline.js"),
        format!(
            "/** The WebAssembly module, in base64: it comes here when the package is bundled. */\nexport const wasmBase64 = {};\n",
            stand_in(&module)
        ),
    )?;
    fs::write(
        folder.join("quickcall_inline.d.ts"),
        "/** The WebAssembly module, in base64. */\nexport declare const wasmBase64: string;\n",
    )?;
    Ok(())
}

/// Puts a module in place of what stands for it, in all scripts of a folder.
///
/// # Errors
/// When not just one script of each kind has a place for it.
pub(crate) fn put_in_place(module: &Path, scripts: &Path) -> Result<()> {
    let module = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let stand_in = stand_in(&module);
    let line = format!(
        "\n\"{}\"\n",
        base64::engine::general_purpose::STANDARD.encode(&module)
    );
    let mut places = Vec::new();
    for file in fs::read_dir(scripts)? {
        let file = file?.path();
        let Some(kind) = file.extension().filter(|kind| *kind == "js" || *kind == "cjs") else {
            continue;
        };
        let script = fs::read_to_string(&file)?;
        places.extend(script.matches(&stand_in).map(|_| kind.to_owned()));
        fs::write(&file, script.replace(&stand_in, &line))?;
    }
    places.sort();
    ensure!(
        places == ["cjs", "js"],
        "scripts with a place for the module: {places:?}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("quickcall.wasm"), b"\0asm").unwrap();
        folder
    }

    #[test]
    fn the_module_comes_on_a_line_of_its_own() {
        let folder = folder("inline-module");
        write(&folder).unwrap();
        let [script, other] = ["quickcall_inline.js", "other.cjs"].map(|name| folder.join(name));
        fs::copy(&script, &other).unwrap();
        let module = folder.join("quickcall.wasm");
        put_in_place(&module, &folder).unwrap();
        for script in [script, other] {
            let script = fs::read_to_string(script).unwrap();
            assert!(script.ends_with("wasmBase64 = \n\"AGFzbQ==\"\n;\n"), "{script}");
        }
        // There is no place for it any more.
        assert!(put_in_place(&module, &folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_module_that_would_be_missing_or_there_twice_is_told() {
        for (name, scripts) in [
            ("missing", vec![("one.js", 1)]),
            ("twice", vec![("one.js", 1), ("two.cjs", 2)]),
            ("thrice", vec![("one.js", 1), ("two.cjs", 1), ("three.js", 1)]),
        ] {
            let folder = folder(&format!("inline-module-{name}"));
            for (script, times) in scripts {
                fs::write(folder.join(script), (stand_in(b"\0asm") + ";").repeat(times)).unwrap();
            }
            assert!(
                put_in_place(&folder.join("quickcall.wasm"), &folder).is_err(),
                "{name}"
            );
            fs::remove_dir_all(folder).unwrap();
        }
    }
}
