//! The binary `xunfang` as people and service managers meet it: exit codes, what it says, how it stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use server::people::{Person, passwords};
use server::store::change_log::append_row;
use server::store::grants::{Grant, Role};
use server::store::{self, Failed, Store, cooperatives};
use sync_core::domain::{Actor, AreaCode, CooperativeId, PersonId, PhoneTime, ServerTime};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{self, NewVisit, OpenRecord, State};
use sync_core::wire::{self, ProvisionalCooperative, Receipt, Reply};

const NOW: ServerTime = ServerTime(1_790_000_000_000);
const COOPERATIVE: CooperativeId = CooperativeId::from_bytes([4; 16]);
const PERSON: PersonId = PersonId::from_bytes([1; 16]);

fn xunfang(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunfang"));
    command.args(arguments).env_remove("XUNFANG_DATA").env_remove("XUNFANG_LISTEN").env_remove("XUNFANG_LOG");
    command
}

/// Runs to the end. Returns the exit code and what was said.
fn run(arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = xunfang(arguments).output().unwrap();
    let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code().unwrap(), said)
}

fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

/// A data folder with two towns, a cooperative and a person.
fn settled(data: &Path) -> Store {
    let store = Store::open(data, 1).unwrap();
    let settle = |tx: &rusqlite::Transaction<'_>| {
        for code in ["140602100", "140602101"] {
            let row = serde_json::json!({"code": code, "name": code, "parent": "140602"});
            append_row(tx, NOW, None, "areas", code, Some(&row), None)?;
        }
        let met = ProvisionalCooperative { name: "合作社".to_owned(), area: area("140602100") };
        cooperatives::put(tx, NOW, &cooperatives::provisional(COOPERATIVE, &met), None)?;
        let person = Person { id: PERSON, account: "zhang".to_owned(), name: "张".to_owned() };
        store::people::add(tx, &person, &passwords::hash("x", [0; 16]))
    };
    store.write_blocking::<_, Failed>(settle).unwrap();
    store
}

/// A server under way, and where it listens.
struct Serving {
    process: Child,
    address: String,
}

impl Serving {
    fn start(data: &Path, more: &[&str]) -> Self {
        let data = data.to_str().unwrap();
        let arguments = [&["serve", "--data", data, "--listen", "127.0.0.1:0"], more].concat();
        let mut process = xunfang(&arguments).stderr(Stdio::piped()).env("NO_COLOR", "1").spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = log.next().expect("it says where it listens before it ends").unwrap();
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().to_owned();
            }
        };
        // The rest of the log is read, or the server would wait for somebody to read it.
        std::thread::spawn(move || log.for_each(drop));
        Self { process, address }
    }

    /// Asks for something and returns the connection, which stays open where the answer does.
    fn ask(&self, request: &[u8]) -> TcpStream {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.write_all(request).unwrap();
        connection
    }

    /// Signs the one person in on a phone. Returns the access token.
    fn sign_in(&self) -> String {
        let body = r#"{"account":"zhang","password":"x","device":{"id":null,"name":"t"},"for":"phone"}"#;
        let request = format!(
            "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut answer = String::new();
        self.ask(request.as_bytes()).read_to_string(&mut answer).unwrap();
        let token = answer.split_once(r#""access_token":""#).expect("signed in").1;
        token.split_once('"').unwrap().0.to_owned()
    }

    /// Sends SIGTERM. Returns the exit code.
    fn terminated(mut self) -> i32 {
        let kill = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.process.wait().unwrap().code().expect("it ended by itself")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Where a test failed half-way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_cannot_be_understood_ends_with_2_and_help_with_0() {
    assert_eq!(run(&["--help"]).0, 0);
    assert_eq!(run(&["serve", "--help"]).0, 0);
    assert_eq!(run(&[]).0, 2);
    assert_eq!(run(&["nonsense"]).0, 2);
    assert_eq!(run(&["serve"]).0, 2, "no data folder named");
    let (code, said) =
        run(&["grant", "--data", "x", "--account", "a", "--role", "emperor", "--area", "140602"]);
    assert_eq!(code, 2);
    assert!(said.contains("coordinator") && said.contains("district_office"), "{said}");
    assert_eq!(run(&["grant", "--data", "x", "--account", "a", "--role", "supervisor", "--area", "1"]).0, 2);
}

#[test]
fn a_grant_is_given_until_the_end_of_its_last_day() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let store = settled(data.path());
    let grant = |account, area| {
        run(&[
            "grant",
            "--data",
            folder,
            "--account",
            account,
            "--role",
            "coordinator",
            "--area",
            area,
            "--until",
            "2999-12-31",
        ])
    };
    let (code, said) = grant("nobody", "140602100");
    assert_eq!(code, 1);
    assert!(said.contains("nobody"), "{said}");
    assert_eq!(grant("zhang", "140602999").0, 1, "no such area");
    assert_eq!(grant("zhang", "140602100"), (0, String::new()));
    let in_force =
        |at| store.read_blocking(move |c| store::grants::in_force(c, PERSON, ServerTime(at))).unwrap();
    let end = "2999-12-31".parse::<sync_core::domain::Day>().unwrap().end().0;
    assert_eq!(in_force(end - 1), [Grant { role: Role::Coordinator, area: area("140602100") }]);
    assert_eq!(in_force(end), []);
    assert_eq!(in_force(NOW.0), [], "not before it was given");
}

#[test]
fn a_cooperative_moves_and_everything_can_be_rebuilt() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let store = settled(data.path());
    let id = COOPERATIVE.to_string();
    let go = |id: &str, to| run(&["cooperative", "move", "--data", folder, "--cooperative", id, "--to", to]);
    assert_eq!(go(&id, "140602999").0, 1);
    assert_eq!(go("00000000-0000-4000-8000-000000000000", "140602101").0, 1);
    assert_eq!(go(&id, "140602101"), (0, String::new()));
    let moved = store.read_blocking(|c| cooperatives::get(c, COOPERATIVE)).unwrap().unwrap();
    assert_eq!(moved.area, area("140602101"));
    let (code, said) = run(&["rebuild", "--data", folder]);
    assert_eq!((code, said.as_str()), (0, "rebuilt from the changes of 0 visits\n"));
}

#[test]
fn a_data_folder_that_cannot_be_used_ends_with_1() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let (code, said) = run(&["serve", "--data", file.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(said.contains("data folder"), "{said}");
}

/// Sample data has published passwords: it is not served to others unless somebody says so.
#[test]
fn sample_data_stays_on_this_machine() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path(), 1).unwrap();
    store.write_blocking(|tx| store::meta::mark_as_sample(tx)).unwrap();
    let folder = data.path().to_str().unwrap();
    let (code, said) = run(&["serve", "--data", folder, "--listen", "0.0.0.0:0"]);
    assert_eq!(code, 1);
    assert!(said.contains("--sample-anywhere"), "{said}");
}

/// R4: what a receipt calls accepted is there after the server died right behind it.
#[test]
fn what_was_receipted_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let store = settled(data.path());
    let grant = Grant { role: Role::Coordinator, area: area("140602100") };
    let give = move |tx: &rusqlite::Transaction<'_>| store::grants::give(tx, PERSON, &grant, NOW, None);
    store.write_blocking::<_, Failed>(give).unwrap();
    drop(store);
    let new = NewVisit {
        cooperative: COOPERATIVE,
        area: area("140602100"),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    };
    let mut open = OpenRecord::start(new, [1; 16]).unwrap();
    open.apply(Actor([1; 16]), PERSON, PhoneTime(NOW.0), &[sync_core::commands::Command::Join]).unwrap();
    let asking = Asking { app: String::new(), now: PhoneTime(NOW.0), page_bytes_max: 0 };
    let body = wire::encode(&replica::push(&State::default(), std::slice::from_ref(&open.stored), asking));

    let mut serving = Serving::start(data.path(), &[]);
    let token = serving.sign_in();
    let head = format!(
        "POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/cbor\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut answer = Vec::new();
    serving.ask(&[head.as_bytes(), &body].concat()).read_to_end(&mut answer).unwrap();
    serving.process.kill().unwrap();
    let reply_at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let reply: Reply = wire::decode(&answer[reply_at..]).unwrap();
    assert_eq!(reply.receipts[0].changes[0].receipt, Receipt::Accepted);
    drop(serving);

    let store = Store::open(data.path(), 1).unwrap();
    let visit = open.stored.visit();
    let heads = store.read_blocking(|c| store::documents::heads(c, visit)).unwrap();
    assert_eq!(heads, Some(open.record().heads()));
}

/// A server that is told to stop ends open event streams and stops with 0.
#[test]
fn it_stops_with_event_streams_open() {
    let data = tempfile::tempdir().unwrap();
    drop(settled(data.path()));
    let serving = Serving::start(data.path(), &[]);
    let token = serving.sign_in();
    let events = format!("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut stream = BufReader::new(serving.ask(events.as_bytes()));
    let mut status = String::new();
    stream.read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 200 OK\r\n");
    assert_eq!(serving.terminated(), 0);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.contains("text/event-stream"), "{rest}");
    assert!(rest.ends_with("0\r\n\r\n"), "the stream came to its end: {rest}");
}

/// B2, B3, B6: a backup is made beside the running server; a data folder is one server's, and so it is
/// neither rebuilt nor replaced under it; restored, it is served as another life.
#[test]
fn a_backup_is_made_beside_a_server_and_restored_without_one() {
    let (data, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, to) = (data.path().to_str().unwrap(), backups.path().to_str().unwrap());
    let backup = |to: &str| run(&["backup", "--data", folder, "--to", to]);
    assert_eq!(backup(to), (1, "xunfang: there is no store in this data folder\n".to_owned()));
    let epoch = settled(data.path()).epoch();

    let serving = Serving::start(data.path(), &[]);
    let token = serving.sign_in();
    let (code, said) = backup(to);
    assert_eq!(code, 0, "{said}");
    let file = said.lines().next().unwrap().to_owned();
    let (_, head) = run(&["head", "--data", folder]);
    assert!(head.starts_with("3 "), "{head}");
    assert!(said.ends_with(&format!("  0 visits, made of 0 changes\n  head {head}")), "{said}");
    assert_eq!(run(&["head", "--data", folder, "--position", "3"]), (0, head));
    assert_eq!(run(&["head", "--data", folder, "--position", "4"]).0, 1);
    #[cfg(unix)]
    {
        let rights =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(rights & 0o777, 0o600, "it holds names and the key that signs tokens");
    }
    for busy in [
        &["serve", "--data", folder, "--listen", "127.0.0.1:0"][..],
        &["rebuild", "--data", folder],
        &["restore", "--data", folder, "--from", &file, "--set-aside"],
    ] {
        let (code, said) = run(busy);
        assert_eq!(code, 1, "{busy:?}");
        assert!(said.contains("another xunfang works on this data folder"), "{said}");
    }
    let (id, moved) = (COOPERATIVE.to_string(), "140602101");
    assert_eq!(run(&["cooperative", "move", "--data", folder, "--cooperative", &id, "--to", moved]).0, 0);
    assert_eq!(serving.terminated(), 0);

    let restore = |more: &[&str]| run(&[&["restore", "--data", folder, "--from", &file][..], more].concat());
    assert!(restore(&[]).1.contains("--set-aside"));
    let (code, said) = restore(&["--set-aside"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("its log went on to position 5"), "{said}");
    let store = Store::open(data.path(), 1).unwrap();
    let kept = store.read_blocking(|c| cooperatives::get(c, COOPERATIVE)).unwrap().unwrap();
    assert_eq!(kept.area, area("140602100"));
    assert_ne!(store.epoch(), epoch);
    drop(store);

    // The key came with the backup: who was signed in then still is.
    let serving = Serving::start(data.path(), &[]);
    let me = format!(
        "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let mut answer = String::new();
    serving.ask(me.as_bytes()).read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

/// R8: where less is free than the reserve, the server says that it takes nothing in, and answers all the
/// same.
#[test]
fn a_server_on_a_disk_that_is_nearly_full_answers() {
    let dir = tempfile::tempdir().unwrap();
    drop(settled(dir.path()));
    let all_there_is = u64::MAX.to_string();
    for (reserve, status) in [("0", "204"), (all_there_is.as_str(), "503")] {
        let serving = Serving::start(dir.path(), &["--disk-reserve", reserve]);
        let status_of = |path: &str| {
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let mut answer = String::new();
            serving.ask(request.as_bytes()).read_to_string(&mut answer).unwrap();
            answer.split(' ').nth(1).unwrap().to_owned()
        };
        assert_eq!(status_of("/health/uploads"), status, "{reserve} MiB");
        assert_eq!(status_of("/health/ready"), "204", "{reserve} MiB");
        assert!(!serving.sign_in().is_empty(), "{reserve} MiB");
        assert_eq!(serving.terminated(), 0);
    }
}
