//! What is changed in the glue that wasm-bindgen writes.

use anyhow::{Context, Result, ensure};

/// How wasm-bindgen begins its way of a text into the module's memory.
const BEGIN: &str = "function passStringToWasm0(arg, malloc, realloc) {\n";
/// How one of its functions ends.
const END: &str = "\n}\n";

/// The way that is taken: the runtime copies the text as a whole. What has no room, because not all is ASCII, it copies in a second step.
const AS_A_WHOLE: &str = "    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;
    let { read, written } = cachedTextEncoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + len));
    if (read < arg.length) {
        const rest = arg.slice(read);
        ptr = realloc(ptr, len, len = written + rest.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + written, ptr + len);
        written += cachedTextEncoder.encodeInto(rest, view).written;
        ptr = realloc(ptr, len, written, 1) >>> 0;
    }
    WASM_VECTOR_LEN = written;
    return ptr;";

/// Passes texts as a whole. wasm-bindgen copies them character by character up to the first one beyond ASCII.
///
/// # Errors
/// When wasm-bindgen wrote its function otherwise than it did.
pub(crate) fn pass_texts_as_a_whole(glue: &str) -> Result<String> {
    let others = with_body(glue, BEGIN, "")?;
    for name in ["cachedTextEncoder", "getUint8ArrayMemory0()", "WASM_VECTOR_LEN"] {
        ensure!(others.contains(name), "there is no {name} any more");
    }
    for call in glue.split("passStringToWasm0(").skip(1) {
        let ways = call.lines().next().unwrap_or_default();
        ensure!(
            ways.contains("realloc"),
            "a text is passed by memory that cannot grow: {ways}"
        );
    }
    with_body(glue, BEGIN, AS_A_WHOLE)
}

/// The glue with another body in the function that begins so.
///
/// # Errors
/// When wasm-bindgen wrote its function otherwise than it did.
pub(crate) fn with_body(glue: &str, begin: &str, body: &str) -> Result<String> {
    let (before, rest) = glue
        .split_once(begin)
        .with_context(|| format!("wasm-bindgen wrote no {begin}"))?;
    let (_, behind) = rest.split_once(END).context("the function does not end")?;
    Ok([before, begin, body, END, behind].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_of_texts_is_changed() {
        let begin = "let cachedTextEncoder, WASM_VECTOR_LEN;\ngetUint8ArrayMemory0();\n\
                     before(passStringToWasm0(text, wasm.malloc, wasm.realloc));\n";
        let glue = [
            begin,
            BEGIN,
            "    for (;;) {\n    }\n    return ptr;",
            END,
            "behind();\n",
        ]
        .concat();
        let changed = pass_texts_as_a_whole(&glue).unwrap();
        assert_eq!(changed, [begin, BEGIN, AS_A_WHOLE, END, "behind();\n"].concat());
    }

    #[test]
    fn glue_of_another_form_is_refused() {
        let names = "let cachedTextEncoder, WASM_VECTOR_LEN;\ngetUint8ArrayMemory0();\n";
        let short = "passStringToWasm0(text, wasm.malloc);\n";
        assert!(pass_texts_as_a_whole(&[names, BEGIN, END].concat()).is_ok());
        for glue in [
            "",
            BEGIN,
            &[BEGIN, END].concat(),
            &[names, short, BEGIN, END].concat(),
        ] {
            assert!(pass_texts_as_a_whole(glue).is_err(), "{glue}");
        }
    }
}
