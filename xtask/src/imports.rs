//! The module imports nothing. For each kind of function that it would import, V8 compiles a way out with its slow compiler when the module is
//! started: with the table of JavaScript's objects (`core_module.rs`) that was a twelfth of a cold start in Node.

use anyhow::{Result, bail};
use walrus::{ImportKind, Module};

use crate::glue::with_body;

/// How the name begins of the only function that wasm-bindgen lets the module import: it throws, where an object is used that is in use
/// or was given back.
const THROWS: &str = "__wbg___wbindgen_throw_";
/// How wasm-bindgen begins what gives the module its imports.
const BEGIN: &str = "function __wbg_get_imports() {\n";

/// Lets the module trap where it would throw: an exception in JavaScript as well, as with a panic.
///
/// # Errors
/// When the module imports something else.
pub(crate) fn trap_in_place(module: &mut Module) -> Result<()> {
    let imports: Vec<_> = module
        .imports
        .iter()
        .map(|import| (import.name.clone(), import.kind.clone()))
        .collect();
    for (name, kind) in imports {
        match kind {
            ImportKind::Function(function) if name.starts_with(THROWS) => {
                module.replace_imported_func(function, |(body, _)| {
                    body.unreachable();
                })?;
            }
            _ => bail!("the module imports {name}"),
        }
    }
    Ok(())
}

/// Gives the module no imports.
///
/// # Errors
/// When wasm-bindgen wrote its function otherwise than it did.
pub(crate) fn without_glue(glue: &str) -> Result<String> {
    with_body(glue, BEGIN, "    return {};")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module_that_imports(name: &str) -> Module {
        let mut module = Module::default();
        let kind = module.types.add(&[walrus::ValType::I32], &[]);
        module.add_import_func("./glue_bg.js", name, kind);
        module
    }

    #[test]
    fn what_throws_is_imported_no_more() {
        let mut module = module_that_imports("__wbg___wbindgen_throw_0123456789abcdef");
        trap_in_place(&mut module).unwrap();
        assert_eq!(module.imports.iter().count(), 0);
        let mut instructions = module.funcs.iter_local().flat_map(|(_, function)| {
            let body = function.block(function.entry_block());
            body.instrs.iter().map(|(instruction, _)| instruction)
        });
        assert!(matches!(
            instructions.next(),
            Some(walrus::ir::Instr::Unreachable(_))
        ));
        assert!(instructions.next().is_none());
    }

    #[test]
    fn another_import_is_refused() {
        let mut module = module_that_imports("__wbg_fetch_0123456789abcdef");
        let refused = trap_in_place(&mut module).unwrap_err().to_string();
        assert!(refused.contains("__wbg_fetch_"), "{refused}");
    }

    #[test]
    fn only_what_gives_imports_is_changed() {
        const END: &str = "\n}\n";
        let glue = [
            "before();\n",
            BEGIN,
            "    const import0 = {};\n    return import0;",
            END,
            "behind();\n",
        ]
        .concat();
        let changed = without_glue(&glue).unwrap();
        assert_eq!(
            changed,
            ["before();\n", BEGIN, "    return {};", END, "behind();\n"].concat()
        );
        for other in ["", BEGIN, END] {
            assert!(without_glue(other).is_err(), "{other}");
        }
    }
}
