//! What the browser loads, and what each dependency weighs in it: the code of the WASM by the crate in which it was written,
//! as the linker left it, before it is optimised, split and compressed. Run after `make build`.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

use std::{collections::BTreeMap, fs, ops::Range};
use wasmparser::{ImportSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

const LINKED: &str = "target/front/wasm32-unknown-unknown/wasm-release/alloy_logs.wasm";
const SITE: &str = "target/site/pkg";

/// What is less of all is not worth a line.
const LEAST: f64 = 0.003;

fn main() {
    for file in fs::read_dir(SITE).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let shown = [".wasm", ".wasm.br", ".js.br", ".css.br"];
        if shown.iter().any(|end| name.ends_with(end)) {
            println!("{:>9.1} KB  {name}", kilobytes(file.metadata().map_or(0, |metadata| metadata.len())));
        }
    }
    let weights = weights(&fs::read(LINKED).unwrap());
    let sum: u64 = weights.values().sum();
    println!("\n{:>9.1} KB  linked, of which", kilobytes(sum));
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_unstable_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (name, bytes) in weights {
        let share = kilobytes(bytes) / kilobytes(sum);
        if share >= LEAST {
            println!("{:>9.1} KB  {:>4.1}%  {name}", kilobytes(bytes), share * 100.0);
        }
    }
}

fn kilobytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap()) / 1024.0
}

/// Bytes by crate, and those of the data.
fn weights(wasm: &[u8]) -> BTreeMap<String, u64> {
    let (mut bodies, mut names, mut imported, mut weights) = (Vec::new(), BTreeMap::new(), 0, BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::ImportSection(imports) => imported = functions(imports),
            Payload::CodeSectionEntry(body) => bodies.push(length(&body.range())),
            Payload::DataSection(data) => {
                weights.insert("(data: texts and tables)".to_owned(), length(&data.range()));
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(section) = section.as_known() else { continue };
                for part in section {
                    let Name::Function(functions) = part.unwrap() else { continue };
                    for function in functions {
                        let function = function.unwrap();
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    for (index, bytes) in (imported..).zip(bodies) {
        let name = names.get(&index).map(|name| crate_of(&format!("{:#}", rustc_demangle::demangle(name))));
        *weights.entry(name.unwrap_or_default()).or_default() += bytes;
    }
    weights
}

const fn length(range: &Range<u64>) -> u64 {
    range.end - range.start
}

/// How many functions come from elsewhere; they are numbered first.
fn functions(imports: ImportSectionReader<'_>) -> u32 {
    let functions = imports.into_imports().filter(|import| matches!(import.as_ref().unwrap().ty, TypeRef::Func(_)));
    u32::try_from(functions.count()).unwrap()
}

/// The crate of the first path in a function's name, which for what a trait gives to any type is that of the trait; what drops a
/// value is of the crate of the value.
fn crate_of(name: &str) -> String {
    let name = name.strip_prefix("core::ptr::drop_in_place").unwrap_or(name);
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let first = name.match_indices("::").find_map(|(at, _)| {
        let begin = name[..at].rfind(|letter| !is_letter(letter)).map_or(0, |before| before + 1);
        (begin < at).then(|| &name[begin..at])
    });
    first.unwrap_or("(no crate: the linker, and C)").to_owned()
}
