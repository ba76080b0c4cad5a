//! The npm package: `pkg/dist` from `pkg/src` and the generated files of `pkg/build`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::core_module::CoreModule;
use crate::stamp::Step;
use crate::{command, core_module, declarations, inline_module, lock, node_modules, project, wasm_target};

/// One module that users import.
struct Entry {
    /// The file's name in `pkg/src`, without `.js`, and in `pkg/dist`.
    name: &'static str,
    /// Whether there is a CommonJS form too, `NAME.cjs`.
    common_js: bool,
    /// Entries with one module share their chunks.
    module: &'static str,
}

/// Every entry of the package. `pkg/package.json` says by which name and in which runtime each is found.
const ENTRIES: &[Entry] = &[
    Entry {
        name: "index",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "index_workerd",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "index_light",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "slim",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "element",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "element_class",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "call_directly",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "call_by_handler",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "call_words",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "tel_link_calls",
        common_js: false,
        module: "quickcall",
    },
    Entry {
        name: "messages_de",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "messages_fr",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "messages_es",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "messages_ar",
        common_js: true,
        module: "quickcall",
    },
    Entry {
        name: "edge",
        common_js: true,
        module: "quickcall_edge",
    },
    Entry {
        name: "edge_workerd",
        common_js: false,
        module: "quickcall_edge",
    },
    Entry {
        name: "edge_light",
        common_js: false,
        module: "quickcall_edge",
    },
    Entry {
        name: "events",
        common_js: true,
        module: "quickcall_events",
    },
    Entry {
        name: "events_workerd",
        common_js: false,
        module: "quickcall_events",
    },
    Entry {
        name: "events_light",
        common_js: false,
        module: "quickcall_events",
    },
];

/// Files and folders of the project's root that belong into the package, too: the README speaks of the folders.
const COPIES: [&str; 5] = ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "docs", "examples"];

/// Files that decide what every step does: this program, and the versions of all tools.
pub(crate) fn tools() -> Vec<PathBuf> {
    ["xtask/src", "Cargo.lock", "package-lock.json"]
        .map(project::path)
        .into()
}

/// Makes everything in `pkg` that `npm pack` takes. Steps whose inputs did not change are left out.
///
/// # Errors
/// When the set-up fails: `pkg/dist` stays as it was. When a tool fails: there is no `pkg/dist` then, rather than one that is out of date.
pub(crate) fn build() -> Result<()> {
    node_modules::ensure()?;
    wasm_target::ensure()?;
    let work = core_module::folder();
    let _held = lock::hold(&work.join("lock"))?;

    let dist = project::path("pkg/dist");
    let built = core_module::build().and_then(|()| {
        let step = Step {
            stamp: work.join("package.stamp"),
            inputs: [
                core_module::MODULES.iter().flat_map(CoreModule::files).collect(),
                [
                    "pkg/src",
                    "pkg/package.json",
                    "tsconfig.json",
                    "tsconfig.types.json",
                ]
                .map(project::path)
                .into(),
                COPIES.map(project::path).into(),
                tools(),
            ]
            .concat(),
            outputs: COPIES
                .iter()
                .map(|name| project::path("pkg").join(name))
                .chain([dist.clone()])
                .collect(),
        };
        step.run(|| make(&work.join("dist"), &dist))
    });
    match built {
        Ok(true) => println!("build: pkg/dist is ready"),
        Ok(false) => println!("build: pkg/dist is up to date"),
        Err(error) => {
            remove_folder(&dist)?;
            return Err(error);
        }
    }
    Ok(())
}

/// Writes the whole of `dist`, first beside it.
fn make(staging: &Path, dist: &Path) -> Result<()> {
    remove_folder(staging)?;
    fs::create_dir_all(staging)?;
    for module in &core_module::MODULES {
        let copy = staging.join(module.name).with_extension("wasm");
        fs::copy(module.folder().join("quickcall.wasm"), copy)?;
    }
    fs::copy(
        project::path("pkg/src/call.schema.json"),
        staging.join("call.schema.json"),
    )?;
    for name in COPIES {
        copy_afresh(&project::path(name), &project::path("pkg").join(name))?;
    }

    println!("build: esbuild");
    for module in &core_module::MODULES {
        let entries = || ENTRIES.iter().filter(|entry| entry.module == module.name);
        let names: Vec<_> = entries().map(|entry| entry.name).collect();
        // Node prints the line that threw. What pages load is a little smaller with long ones.
        let lines = match module.name {
            "quickcall" => "--line-limit=2000",
            _ => "--line-limit=500",
        };
        let chunks = ["--format=esm", "--splitting", "--chunk-names=chunk-[hash]", lines];
        bundle(&names, &chunks, staging)?;
        let common_js: Vec<_> = entries()
            .filter(|entry| entry.common_js)
            .map(|entry| entry.name)
            .collect();
        let required = [
            "--format=cjs",
            "--out-extension:.js=.cjs",
            lines,
            // What comes with the first press comes from its own file here, too.
            "--external:./call_directly.js",
            "--external:./call_by_handler.js",
            "--external:./call_words.js",
            "--external:./tel_link_calls.js",
        ];
        bundle(&common_js, &required, staging)?;
        inline_module::put_in_place(&staging.join(module.name).with_extension("wasm"), staging)?;
    }

    println!("build: declarations");
    declare(staging)?;
    remove_folder(dist)?;
    fs::rename(staging, dist).context("cannot put pkg/dist in its place")
}

fn bundle(names: &[&str], format: &[&str], folder: &Path) -> Result<()> {
    let mut esbuild = command::node_tool(
        "esbuild",
        ["--bundle", "--minify", "--target=es2022", "--platform=neutral"],
    );
    esbuild.args([
        "--log-level=warning",
        // `call_words.js` imports others for their chunks only.
        "--log-override:ignored-bare-import=silent",
        "--external:node:*",
        "--external:*.wasm",
        "--external:*.wasm?module",
    ]);
    esbuild.args(format).arg(format!("--outdir={}", folder.display()));
    for name in names {
        let source = project::path("pkg/src").join(name).with_extension("js");
        if !source.is_file() {
            bail!("the entry pkg/src/{name}.js is missing");
        }
        esbuild.arg(source);
    }
    command::run(esbuild)
}

/// Makes the declarations from the JSDoc of `pkg/src`: `types` for importers, and the same once more in `types-cjs` for
/// those who require, because TypeScript takes the kind of a declaration from the package.json nearest to it.
fn declare(folder: &Path) -> Result<()> {
    let types = folder.join("types");
    let mut compiler = command::node_tool("tsc", ["--project", "tsconfig.types.json", "--outDir"]);
    compiler.arg(&types);
    command::run(compiler)?;
    for file in fs::read_dir(types.join("src"))? {
        let file = file?;
        let script = file.file_name().to_string_lossy().replace(".d.ts", ".js");
        let script = fs::read_to_string(project::path("pkg/src").join(script))?;
        let text = declarations::with_descriptions(&fs::read_to_string(file.path())?, &script);
        fs::write(file.path(), text)?;
    }
    leave_out_the_inside(&types.join("src"))?;
    copy_declarations(&project::path("pkg/src"), &types.join("src"))?;
    for module in &core_module::MODULES {
        let below = types.join("build").join(module.below);
        fs::create_dir_all(&below)?;
        for file in module.files() {
            if file.ends_with("glue.d.ts") {
                let text = for_every_project(&fs::read_to_string(&file)?);
                fs::write(below.join(file.file_name().unwrap_or_default()), text)?;
            }
        }
    }
    let common_js = folder.join("types-cjs");
    copy_declarations(&types, &common_js)?;
    fs::write(common_js.join("package.json"), "{ \"type\": \"commonjs\" }\n")?;
    Ok(())
}

/// Removes the declarations that no entry leads to: what they declare is for this project only.
fn leave_out_the_inside(folder: &Path) -> Result<()> {
    // What users import has both forms.
    let entries = ENTRIES.iter().filter(|entry| entry.common_js);
    let mut open: Vec<_> = entries.map(|entry| format!("{}.d.ts", entry.name)).collect();
    let mut reached = HashSet::new();
    while let Some(name) = open.pop() {
        let file = folder.join(&name);
        // What is written by hand is not here yet.
        if file.is_file() && reached.insert(name) {
            open.extend(declarations::beside(&fs::read_to_string(file)?));
        }
    }
    for file in fs::read_dir(folder)? {
        let file = file?;
        if !reached.contains(&*file.file_name().to_string_lossy()) {
            fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

/// Declarations of wasm-bindgen as every project can read them, also one of Node without the types of browsers.
fn for_every_project(declarations: &str) -> String {
    // Older compilers do not know the symbol, and nobody disposes of what these declare.
    let lines = declarations
        .lines()
        .filter(|line| !line.contains("[Symbol.dispose]"));
    let mut text: String = lines.flat_map(|line| [line, "\n"]).collect();
    for (of_browsers, anywhere) in [
        ("RequestInfo", "string | Request"),
        ("BufferSource", "ArrayBuffer | ArrayBufferView"),
        ("WebAssembly.Module", "object"),
        ("WebAssembly.Memory", "object"),
        ("WebAssembly.Table", "object"),
    ] {
        text = text.replace(of_browsers, anywhere);
    }
    text
}

/// Copies a file, or a folder with all that people read in it. What was there before is gone.
fn copy_afresh(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(());
    }
    remove_folder(to)?;
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if is_for_people(&entry.file_name().to_string_lossy()) {
            copy_afresh(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Whether a file or folder of `docs` or `examples` is to be read by people: not what tools installed, locked or made.
fn is_for_people(name: &str) -> bool {
    let is_made = matches!(
        name,
        "node_modules" | "dist" | "package-lock.json" | "deno.lock" | "sbom.cdx.json"
    );
    !is_made && !name.starts_with('.')
}

/// Copies the `.d.ts` files of a folder and of those in it. The compiler leaves hand-written ones where they are.
fn copy_declarations(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_declarations(&path, &copy)?;
        } else if path.to_string_lossy().ends_with(".d.ts") {
            fs::copy(&path, &copy)?;
        }
    }
    Ok(())
}

fn remove_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
