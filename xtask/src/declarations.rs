//! Declarations as users read them. TypeScript 7 leaves what a `@typedef` says of its type where no editor looks for it, or leaves it out, and
//! makes a type of its own, without a word, of one that is only passed on.

/// Puts what the `@typedef`s of a script say of their types before these types, and passes on what another module declares.
pub(crate) fn with_descriptions(declarations: &str, script: &str) -> String {
    let (_, descriptions) = without_definitions(script);
    let (code, _) = without_definitions(declarations);
    let mut text = String::new();
    for line in code.lines() {
        if let Some((name, _)) = declared(line) {
            if let Some(passed_on) = passed_on(line) {
                text.push_str(&passed_on);
                continue;
            }
            for (_, said) in descriptions.iter().filter(|(of, _)| of == name) {
                text.push_str(&comment_of(said));
            }
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// The declarations of the same folder that declarations speak of.
pub(crate) fn beside(declarations: &str) -> impl Iterator<Item = String> {
    let names = declarations.split("\"./").skip(1);
    let scripts = names.filter_map(|rest| rest.split('"').next()?.strip_suffix(".js"));
    scripts.map(|name| format!("{name}.d.ts"))
}

/// What stands besides the comments that define types, and what each of these says of its first type.
fn without_definitions(text: &str) -> (String, Vec<(String, Vec<String>)>) {
    let mut descriptions = Vec::new();
    let mut others = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find("/**").map(|place| rest.split_at(place)) {
        let Some((comment, behind)) = from.split_once("*/") else {
            break;
        };
        others.push_str(before);
        let begins_a_line = before.is_empty() || before.ends_with('\n');
        if let Some(described) = description(comment).filter(|_| begins_a_line) {
            descriptions.push(described);
            rest = behind.strip_prefix('\n').unwrap_or(behind);
            continue;
        }
        others.push_str(comment);
        others.push_str("*/");
        rest = behind;
    }
    others.push_str(rest);
    (others, descriptions)
}

/// The name of the first type that a comment defines, and what it says of it. The second one of a comment has no description.
fn description(comment: &str) -> Option<(String, Vec<String>)> {
    let (_, definition) = comment.split_once("@typedef")?;
    let name = name_behind(definition.trim_start())?;
    let said = comment.trim_start_matches("/**").split('@').next()?;
    let lines: Vec<_> = said
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim().to_owned())
        .collect();
    let begin = lines.iter().position(|line| !line.is_empty());
    let end = lines.iter().rposition(|line| !line.is_empty());
    let said = begin
        .zip(end)
        .map_or_else(Vec::new, |(begin, end)| lines[begin..=end].to_vec());
    Some((name, said))
}

/// The name behind a type in braces.
fn name_behind(definition: &str) -> Option<String> {
    let mut depth = 0;
    let end = definition.find(|character| {
        depth += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    let name: String = definition[end + 1..]
        .trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || "_$".contains(*character))
        .collect();
    Some(name).filter(|name| !name.is_empty())
}

/// The name of the type that a line declares, and what stands behind it.
fn declared(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("export type ")?;
    let end = rest.find([' ', '<'])?;
    (end > 0).then(|| rest.split_at(end))
}

/// A line that makes a type of another module's of the same name, as one that passes it on: its description comes with it.
fn passed_on(line: &str) -> Option<String> {
    let (name, behind) = declared(line)?;
    let (_, from) = behind.split_once("= import(\"")?;
    let (path, of) = from.split_once("\").")?;
    let of = of.strip_suffix(';')?;
    let of = of.split_once('<').map_or(of, |(of, _)| of);
    (of == name).then(|| format!("export type {{ {name} }} from \"{path}\";\n"))
}

fn comment_of(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let text: String = lines
        .iter()
        .flat_map(|line| [format!(" * {line}").trim_end(), "\n"].map(str::to_owned))
        .collect();
    format!("/**\n{text} */\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_stands_before_its_type() {
        let script = "/** Said of one: `{`. @typedef {string} One */\n\nconst a = 1; /** b */\n\n\
                      /**\n * Said of two,\n * and\n *\n * more.\n * @template [T=unknown]\n * @typedef {object} Two\n \
                      * @property {T} a The a.\n */\n/** @typedef {string} Three */\n";
        let made = "export type One = string;\nexport type Two<T = unknown> = {\n    /**\n     * The a.\n     */\n    a: T;\n};\n\
                    export type Three = string;\n/** Said of one: `{`. @typedef {string} One */\nexport declare const x: 1;\n";
        let wanted = "/**\n * Said of one: `{`.\n */\nexport type One = string;\n\
                      /**\n * Said of two,\n * and\n *\n * more.\n */\nexport type Two<T = unknown> = {\n    /**\n     * The a.\n     */\n    a: T;\n};\n\
                      export type Three = string;\nexport declare const x: 1;\n";
        assert_eq!(with_descriptions(made, script), wanted);
    }

    #[test]
    fn what_is_passed_on_is_no_type_of_its_own() {
        let made = "export type A = import(\"./a.js\").A;\nexport type B<T = unknown> = import(\"./a.js\").B<T>;\n\
                    export type C = import(\"./a.js\").A;\nexport type D = typeof import(\"./a.js\");\n\
                    /** @typedef {import(\"./a.js\").A} A */\n/**\n * @template [T=unknown]\n * @typedef {import(\"./a.js\").B<T>} B\n */\n";
        let script = "/** Said. @typedef {import(\"./a.js\").A} C */\n";
        let wanted = "export type { A } from \"./a.js\";\nexport type { B } from \"./a.js\";\n\
                      /**\n * Said.\n */\nexport type C = import(\"./a.js\").A;\nexport type D = typeof import(\"./a.js\");\n";
        assert_eq!(with_descriptions(made, script), wanted);
    }

    #[test]
    fn modules_beside_are_those_of_the_same_folder() {
        let text = "export * from \"./a.js\";\nimport { B } from \"./b.js\";\n\
                    export type C = import(\"./c.js\").C | import(\"../build/d.js\").D | \"./e\";\n";
        let found: Vec<_> = beside(text).collect();
        assert_eq!(found, ["a.d.ts", "b.d.ts", "c.d.ts"]);
    }

    #[test]
    fn other_comments_stay() {
        let text = "/** Of a function. @param {string} a */\nexport declare function f(a: string): void;\n\
                    export declare class C {\n    /** Of a member. @type {string} */\n    a: string;\n}\nexport {};\n";
        assert_eq!(with_descriptions(text, text), text);
    }
}
