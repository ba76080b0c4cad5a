//! The core as WebAssembly: compiled, bound to JavaScript and made small. Results are in `pkg/build`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::glue::pass_texts_as_a_whole;
use crate::stamp::Step;
use crate::{command, imports, inline_module, package, project, wasm_target};

/// The folder of everything generated that the hand-written JavaScript imports.
pub(crate) fn folder() -> PathBuf {
    project::path("pkg/build")
}

/// A module: the core with the bindings that some part of the package needs, and no others.
pub(crate) struct CoreModule {
    /// The name of its `.wasm` in the package.
    pub(crate) name: &'static str,
    /// Its folder in `pkg/build`; the main module has none of its own.
    pub(crate) below: &'static str,
    /// The features of the crate.
    features: &'static str,
    /// What the compiler makes it for: `z` for few bytes, `s` for speed where it costs few.
    opt_level: &'static str,
}

/// Every module.
pub(crate) const MODULES: [CoreModule; 3] = [
    CoreModule {
        name: "quickcall",
        below: "",
        features: "js",
        opt_level: "z",
    },
    CoreModule {
        name: "quickcall_edge",
        below: "edge",
        features: "edge",
        // No browser loads it. `3` is a fifth larger, and in workerd it was not faster.
        opt_level: "s",
    },
    CoreModule {
        name: "quickcall_events",
        below: "events",
        features: "events",
        opt_level: "z",
    },
];

/// What is generated of each: the module, what binds it to JavaScript with the scripts that the crate brings, and the
/// module once more inside a script.
const FILES: [&str; 6] = [
    "quickcall.wasm",
    "glue.js",
    "glue.d.ts",
    "snippets",
    "quickcall_inline.js",
    "quickcall_inline.d.ts",
];

/// Compiles the modules, and makes the files of each anew when the compiled one changed.
///
/// # Errors
/// When a tool fails, or wrote what it should not.
pub(crate) fn build() -> Result<()> {
    MODULES.iter().try_for_each(CoreModule::build)
}

/// Makes the modules from nothing below a folder, beside those of the package, and gives their bytes.
///
/// # Errors
/// When a tool fails.
pub(crate) fn build_in(target: &Path) -> Result<Vec<Vec<u8>>> {
    let modules = MODULES.iter().map(|module| {
        let compiled = module.compile(&target.join(module.name))?;
        let folder = target.join("made").join(module.name);
        fs::create_dir_all(&folder)?;
        bind(&compiled, &folder)?;
        optimise(&folder, &WITHOUT_NAMES)?;
        Ok(fs::read(folder.join("quickcall.wasm"))?)
    });
    modules.collect()
}

/// Makes the module that pages load once more, with the names of its functions, and gives the folder: for profiles.
///
/// # Errors
/// When a tool fails.
pub(crate) fn build_named() -> Result<PathBuf> {
    let [module, ..] = &MODULES;
    let modules = project::target_folder()?.join("modules");
    let compiled = module.compile(&modules.join(module.name))?;
    let folder = modules.join("named");
    fs::create_dir_all(&folder)?;
    bind(&compiled, &folder)?;
    optimise(&folder, &["--debuginfo"])?;
    Ok(folder)
}

impl CoreModule {
    /// The folder of its generated files.
    pub(crate) fn folder(&self) -> PathBuf {
        folder().join(self.below)
    }

    /// Its generated files and folders.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        FILES.iter().map(|name| self.folder().join(name)).collect()
    }

    /// Compiles it below a folder, and gives the path of the result.
    fn compile(&self, target: &Path) -> Result<PathBuf> {
        println!("build: {}, for {}", self.name, wasm_target::TRIPLE);
        let mut cargo = command::cargo([
            "build",
            "--profile",
            "wasm",
            "--package",
            "quickcall",
            "--target",
            wasm_target::TRIPLE,
            "--no-default-features",
            "--features",
            &[self.features, ",module"].concat(),
        ]);
        cargo.arg("--target-dir").arg(target);
        cargo.env("CARGO_PROFILE_WASM_OPT_LEVEL", self.opt_level);
        if self.opt_level == "z" {
            // By itself `z` calls even what is a few bytes longer than its call: a third slower, for half a percent.
            cargo.env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                "-Cllvm-args=-inline-threshold=12",
            );
        }
        command::run(cargo)?;
        Ok(target.join(wasm_target::TRIPLE).join("wasm/quickcall.wasm"))
    }

    fn build(&self) -> Result<()> {
        // A folder of its own: the file of the other module has the same name.
        let compiled = self.compile(&project::target_folder()?.join("modules").join(self.name))?;
        fs::create_dir_all(self.folder())?;
        let step = Step {
            stamp: self.folder().join("core_module.stamp"),
            inputs: [vec![compiled.clone()], package::tools()].concat(),
            outputs: self.files(),
        };
        let folder = self.folder();
        let ran = step.run(|| {
            bind(&compiled, &folder)?;
            optimise(&folder, &WITHOUT_NAMES)?;
            inline_module::write(&folder)
        })?;
        if !ran {
            println!("build: the module is up to date");
        }
        Ok(())
    }
}

/// Writes `glue.js`, `glue.d.ts` and `glue_bg.wasm`.
fn bind(compiled: &Path, folder: &Path) -> Result<()> {
    println!("build: wasm-bindgen");
    let snippets = folder.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets)?;
    }
    let mut module = fs::read(compiled)?;
    for feature in UNWANTED {
        take_back(&mut module, feature)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("glue", module)
        // Every runtime that the package runs in has `TextEncoder.encodeInto`.
        .encode_into(EncodeInto::Always)
        .typescript(true)
        // Which file or bytes hold the module is said by the loader of each runtime.
        .omit_default_module_path(true)
        .web(true)?;
    let mut output = bindgen.generate_output()?;
    imports::trap_in_place(output.wasm_mut())?;
    output.emit(folder)?;
    let glue = fs::read_to_string(folder.join("glue.js"))?;
    if glue.contains("import.meta") {
        bail!("wasm-bindgen wrote `import.meta` into glue.js, which CommonJS and some bundlers cannot read");
    }
    let glue = imports::without_glue(&pass_texts_as_a_whole(&glue)?)?;
    fs::write(folder.join("glue.js"), glue)?;
    // Its declarations are of no use: nobody imports the module's own exports.
    fs::remove_file(folder.join("glue_bg.wasm.d.ts"))?;
    Ok(())
}

/// What the standard library, which comes compiled, wishes of a runtime in the module's list of features, and what wasm-bindgen would
/// make use of. With `multivalue` functions return more than one value: for each kind of those V8 of Node 20 compiles a way in with its slow
/// compiler when the module is compiled, half of that time. With `reference-types` the module has a table of JavaScript's objects, which a
/// function of JavaScript fills at the start; no object crosses.
const UNWANTED: [&str; 2] = ["multivalue", "reference-types"];

/// Switches a feature off in the module's own list of features.
fn take_back(module: &mut [u8], feature: &str) -> Result<()> {
    let length = u8::try_from(feature.len())?;
    let wish = [b"+", [length].as_slice(), feature.as_bytes()].concat();
    // The section of features stands behind all code and data.
    let place = module.windows(wish.len()).rposition(|part| part == wish);
    let prefix = place.and_then(|place| module.get_mut(place));
    *prefix.with_context(|| format!("the module does not wish for {feature}"))? = b'-';
    Ok(())
}

/// Names and producers are of no use to whoever loads a module.
const WITHOUT_NAMES: [&str; 2] = ["--strip-debug", "--strip-producers"];

/// Makes `quickcall.wasm` from `glue_bg.wasm`.
fn optimise(folder: &Path, names: &[&str]) -> Result<()> {
    println!("build: wasm-opt");
    let bound = folder.join("glue_bg.wasm");
    // Features are read from the module's own section. `--all-features` would write a module that Node 20 refuses.
    let mut wasm_opt = command::node_tool("wasm-opt", ["--converge"]);
    wasm_opt.args(names);
    // What is put in its caller's place, and where that is the only one: little, for fewer bytes.
    wasm_opt.args([
        "-O3",
        "--always-inline-max-function-size=6",
        "--flexible-inline-max-function-size=30",
        "--one-caller-inline-max-function-size=20",
        "--reorder-functions",
    ]);
    wasm_opt.arg(&bound).arg("-o").arg(folder.join("quickcall.wasm"));
    command::run(wasm_opt)?;
    fs::remove_file(bound)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wish_for_a_feature_is_taken_back() {
        let module = b"code: +\x0amultivalue, target_features+\x0amultivalue+\x08sign-ext".to_vec();
        let mut changed = module.clone();
        take_back(&mut changed, "multivalue").unwrap();
        let differs: Vec<_> = (0..module.len())
            .filter(|at| module[*at] != changed[*at])
            .collect();
        assert_eq!(differs.len(), 1);
        assert!(changed.ends_with(b"target_features-\x0amultivalue+\x08sign-ext"));
        assert!(take_back(&mut changed, "reference-types").is_err());
    }
}
