//! Who may know whom: reads what every source file names and refuses what the tree forbids.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate or module that has one home, and where that is.
struct Home {
    /// The crate's own sources.
    within: &'static str,
    /// What is named: the path's start.
    named: &'static str,
    /// The files and folders that may name it.
    homes: &'static [&'static str],
}

const HOMES: &[Home] = &[
    Home { within: "sync-core/src", named: "automerge", homes: &["document.rs", "document/"] },
    Home { within: "sync-core/src", named: "wasm_bindgen", homes: &["wasm.rs", "wasm/"] },
    Home { within: "sync-core/src", named: "minicbor_serde", homes: &["wire.rs"] },
    Home { within: "server/src", named: "automerge", homes: &[] },
    Home { within: "server/src", named: "axum", homes: &["http.rs", "http/", "routes.rs", "serve.rs"] },
    Home { within: "server/src", named: "getrandom", homes: &["chance.rs"] },
    Home { within: "server/src", named: "jsonwebtoken", homes: &["people/tokens.rs"] },
];

/// A module, and the modules beside it of which it knows nothing.
struct Ignorance {
    /// Where the module lies.
    module: &'static str,
    /// What it may not name, as paths from its crate's root.
    of: &'static [&'static str],
}

const IGNORANCE: &[Ignorance] = &[
    Ignorance {
        module: "sync-core/src/gate",
        of: &["document", "commands", "replica", "review", "coverage"],
    },
    Ignorance { module: "sync-core/src/document", of: &["replica", "review", "coverage"] },
    Ignorance { module: "sync-core/src/commands", of: &["replica", "review", "coverage", "wire"] },
    Ignorance { module: "sync-core/src/coverage", of: &["replica", "wire", "gate"] },
    Ignorance {
        module: "server/src/store",
        of: &["http", "routes", "queries", "ingest", "read_tables", "sample"],
    },
    Ignorance { module: "server/src/read_tables", of: &["http", "routes", "queries", "sample"] },
    Ignorance { module: "server/src/queries", of: &["http", "routes", "ingest", "sample"] },
    Ignorance { module: "server/src/ingest", of: &["http", "routes", "queries", "sample"] },
];

/// The folders of the web app and what each may import, `.` standing for the files beside them; a
/// folder always knows itself.
const WEB_FOLDERS: &[(&str, &[&str])] = &[
    ("parts", &[]),
    ("words", &[]),
    ("core", &["."]),
    ("data", &[".", "core"]),
    ("sync", &[".", "core", "data"]),
    ("sign-in", &[".", "parts", "words"]),
    ("field", &[".", "core", "data", "sync", "parts", "words"]),
    ("office", &[".", "core", "data", "sync", "parts", "words"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("BUG: the crate lies in a folder of the repository")
}

/// Every source file below `folder` with its path from there and its text without comments.
fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("a folder of sources can be read").path();
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let base = root().join(folder);
    let mut files = Vec::new();
    walk(&base, &mut files);
    files.sort();
    files
        .into_iter()
        .filter(|path| endings.iter().any(|ending| path.extension().is_some_and(|has| has == *ending)))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let name =
                path.strip_prefix(&base).expect("BUG: walked from there").to_string_lossy().into_owned();
            (name, code.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

/// Whether Rust code names the path `name`, be it `name::…`, `use name;` or `crate::{name, …}`.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let stands_alone = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"' || c == '.');
        stands_alone && (after.starts_with("::") || (code[..at].ends_with("use ") && after.starts_with(';')))
    })
}

/// The modules of its own crate that Rust code names, `super` left aside.
fn names_module(code: &str, module: &str) -> bool {
    let direct = format!("crate::{module}");
    let grouped = code.match_indices("use crate::{").any(|(at, opening)| {
        let group = &code[at + opening.len()..];
        let group = &group[..group.find(';').unwrap_or(group.len())];
        group
            .split([',', '{', '}'])
            .any(|part| part.trim() == module || part.trim().starts_with(&format!("{module}::")))
    });
    grouped
        || code
            .match_indices(&direct)
            .any(|(at, _)| !code[at + direct.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn what_has_one_home_is_named_nowhere_else() {
    let mut strays = Vec::new();
    for home in HOMES {
        for (file, code) in sources(home.within, &["rs"]) {
            let at_home =
                home.homes.iter().any(|at| file == *at || (at.ends_with('/') && file.starts_with(at)));
            if !at_home && names(&code, home.named) {
                strays.push(format!("{}/{file} names {}", home.within, home.named));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

/// Where SQL may stand: beside the table or the question it serves.
const SQL_HOMES: &[&str] = &["store.rs", "store/", "read_tables/", "queries/", "pull/"];

#[test]
fn sql_stands_beside_its_table_or_its_question() {
    let calls = [".prepare(", ".prepare_cached(", ".execute(", ".execute_batch(", ".query_row("];
    let strays: Vec<String> = sources("server/src", &["rs"])
        .into_iter()
        .filter(|(file, _)| !SQL_HOMES.iter().any(|home| file.starts_with(home)))
        // Tests may look into the store and spoil it.
        .filter(|(file, _)| !file.ends_with("tests.rs") && file != "small_district.rs")
        .filter(|(_, code)| calls.iter().any(|call| code.contains(call)))
        .map(|(file, _)| format!("server/src/{file} holds SQL"))
        .collect();
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn modules_know_nothing_of_those_above_them() {
    let mut strays = Vec::new();
    for Ignorance { module, of } in IGNORANCE {
        let (folder, name) = module.rsplit_once('/').expect("BUG: a module lies in a folder");
        for (file, code) in sources(folder, &["rs"]) {
            if file != format!("{name}.rs") && !file.starts_with(&format!("{name}/")) {
                continue;
            }
            strays.extend(
                of.iter()
                    .filter(|other| names_module(&code, other))
                    .map(|other| format!("{folder}/{file} knows {other}")),
            );
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

/// What TypeScript code imports by a relative path.
fn imports(code: &str) -> Vec<&str> {
    let starts =
        ["from \"", "from '", "import \"", "import '", "import(\"", "import('", "new URL(\"", "new URL('"];
    starts
        .iter()
        .flat_map(|start| code.match_indices(start).map(move |(at, _)| &code[at + start.len()..]))
        .filter_map(|rest| rest.split(['"', '\'']).next())
        .filter(|path| path.starts_with('.'))
        .collect()
}

/// The path from `src` that `import` means in the file `file` of `src`.
fn resolved(file: &str, import: &str) -> String {
    let mut path: Vec<&str> = file.split('/').collect();
    path.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

#[test]
fn the_web_app_keeps_to_its_folders() {
    let mut strays = Vec::new();
    for (file, code) in sources("mobile-web/src", &["ts", "tsx"]) {
        let Some((folder, _)) = file.split_once('/') else { continue };
        if file.starts_with("core/wasm/") {
            continue;
        }
        let Some((_, may_know)) = WEB_FOLDERS.iter().find(|(name, _)| *name == folder) else {
            strays.push(format!("mobile-web/src/{folder} has no rule here"));
            continue;
        };
        for import in imports(&code) {
            let target = resolved(&file, import);
            let other = target.split_once('/').map_or(".", |(other, _)| other);
            // The folder's own index file.
            let is_itself = other == folder || target == folder;
            if !is_itself && !may_know.contains(&other) && !may_know.contains(&target.as_str()) {
                strays.push(format!("mobile-web/src/{file} imports {target}"));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn only_core_imports_the_wasm() {
    let strays: Vec<String> = sources("mobile-web/src", &["ts", "tsx"])
        .into_iter()
        .filter(|(file, _)| !file.starts_with("core/"))
        .filter(|(file, code)| {
            imports(code).iter().any(|import| resolved(file, import).starts_with("core/wasm"))
        })
        .map(|(file, _)| file)
        .collect();
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn every_source_file_says_first_what_it_is_for() {
    let mut silent = Vec::new();
    for (folder, endings, starts) in [
        ("sync-core/src", &["rs"][..], "//! "),
        ("server/src", &["rs"], "//! "),
        ("tests", &["rs"], "//! "),
        ("xtask/src", &["rs"], "//! "),
        ("mobile-web/src", &["ts", "tsx"], "// "),
    ] {
        for (file, _) in sources(folder, endings) {
            let generated = file.starts_with("core/wasm/");
            let text = fs::read_to_string(root().join(folder).join(&file)).expect("read before");
            let first = text.lines().next().unwrap_or_default();
            let says = first.starts_with(starts) || first.starts_with("/**") || first.starts_with("/* ");
            if !generated && !file.contains("node_modules") && !says {
                silent.push(format!("{folder}/{file}"));
            }
        }
    }
    assert!(silent.is_empty(), "no first line on what it is for:\n{}", silent.join("\n"));
}
