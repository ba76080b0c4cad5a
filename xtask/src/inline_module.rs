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

/// What stands for a module. Its hash is in it, so that the name of a chunk, which is a hash too, changes with the module.
fn stand_in(module: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    module.hash(&mut hasher);
    format!("\"module {:016x}\"", hasher.finish())
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
/// When no script, or one twice, has a place for it.
pub(crate) fn put_in_place(module: &Path, scripts: &Path) -> Result<()> {
    let module = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let stand_in = stand_in(&module);
    let line = format!(
        "\n\"{}\"\n",
        base64::engine::general_purpose::STANDARD.encode(&module)
    );
    let mut places = 0;
    for file in fs::read_dir(scripts)? {
        let file = file?.path();
        if !file.extension().is_some_and(|kind| kind == "js" || kind == "cjs") {
            continue;
        }
        let script = fs::read_to_string(&file)?;
        let here = script.matches(&stand_in).count();
        ensure!(here < 2, "{} has the module {here} times", file.display());
        if here == 1 {
            fs::write(&file, script.replace(&stand_in, &line))?;
        }
        places += here;
    }
    ensure!(places > 0, "no script has a place for the module");
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
        let module = folder.join("quickcall.wasm");
        put_in_place(&module, &folder).unwrap();
        let script = fs::read_to_string(folder.join("quickcall_inline.js")).unwrap();
        assert!(script.ends_with("wasmBase64 = \n\"AGFzbQ==\"\n;\n"), "{script}");
        // There is no place for it any more.
        assert!(put_in_place(&module, &folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_script_has_a_module_once() {
        let folder = folder("inline-module-twice");
        fs::write(folder.join("twice.cjs"), stand_in(b"\0asm").repeat(2)).unwrap();
        assert!(put_in_place(&folder.join("quickcall.wasm"), &folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
