//! A small district with its server: 神头镇 and 利民镇, a few cooperatives in each.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Transaction;
use server::app::App;
use server::backup;
use server::clock::Clock;
use server::people::tokens::Tokens;
use server::people::{Person, passwords};
use server::store::change_log::append_row;
use server::store::grants::{Grant, Role};
use server::store::{Failed, Store, cooperatives, grants, people};
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, PersonId, ServerTime};
use sync_core::wire::ProvisionalCooperative;
use tempfile::TempDir;
use tokio::sync::watch;

use super::desk::Desk;
use super::line::Line;
use super::phone::Phone;

/// When every story begins: 2026-04-22 14:00 in China.
pub const BEGIN: ServerTime = ServerTime(1_776_837_600_000);
/// One minute, as the clocks count.
pub const MINUTE_MS: i64 = 60 * 1000;
/// One day, as the clocks count.
pub const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The district's code.
pub const DISTRICT: &str = "140602";
/// A town in it.
pub const SHENTOU: &str = "140602100";
/// Another.
pub const LIMIN: &str = "140602101";

/// Everybody's password.
const PASSWORD: &str = "story";

/// The district and its server.
pub struct District {
    folder: TempDir,
    app: App,
    url: String,
    stop: watch::Sender<bool>,
    phones: u64,
}

impl District {
    /// Two towns with three cooperatives each, and nobody employed yet.
    pub async fn open() -> Self {
        Self::open_with(|app| app).await
    }

    /// The same with something different about the server.
    pub async fn open_with(change: impl FnOnce(App) -> App) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let district = Self::serve_with(folder, Clock::by_hand(BEGIN), change).await;
        district.write(settle).await;
        district
    }

    /// Serves what the folder holds.
    async fn serve(folder: TempDir, clock: Clock) -> Self {
        Self::serve_with(folder, clock, |app| app).await
    }

    async fn serve_with(folder: TempDir, clock: Clock, change: impl FnOnce(App) -> App) -> Self {
        let (stop, stopping) = watch::channel(false);
        let store = Store::open(folder.path(), 1).expect("the store opens");
        let tokens = Arc::new(Tokens::open(folder.path(), [7; 32]).expect("the key is there"));
        let app = change(App::new(store, clock, tokens, stopping));
        let listener =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it listens somewhere"));
        let router = server::routes::routes(app.clone()).router;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { folder, app, url, stop, phones: 0 }
    }

    /// Employs somebody in one role for one area.
    pub async fn employs(&self, account: &str, name: &str, role: Role, area_code: &str) -> PersonId {
        let grant = Grant { role, area: area(area_code) };
        let (account, name) = (account.to_owned(), name.to_owned());
        let id = person(&account);
        self.write(move |tx| employ(tx, &account, &name, &grant, &passwords::hash(PASSWORD, [5; 16]))).await;
        id
    }

    /// Somebody's grants end at this moment.
    pub async fn ends_grants(&self, of: PersonId) {
        let now = self.app.clock.now();
        self.write(move |tx| {
            let end = "UPDATE grants SET until_at = ?2 WHERE person = ?1 AND until_at IS NULL";
            tx.execute(end, rusqlite::params![of.to_string(), now.0])?;
            Ok(())
        })
        .await;
    }

    /// Somebody is granted a role in an area, from this moment on.
    pub async fn grants(&self, of: PersonId, role: Role, area_code: &str) {
        let (now, grant) = (self.app.clock.now(), Grant { role, area: area(area_code) });
        self.write(move |tx| grants::give(tx, of, &grant, now, None)).await;
    }

    /// A new phone on which somebody signs in.
    pub async fn phone_of(&mut self, account: &str) -> Phone {
        self.phones += 1;
        let signed_in = self.signs_in(account, "phone").await;
        let person =
            signed_in["person"]["id"].as_str().and_then(|id| id.parse().ok()).expect("a person signed in");
        Phone::new(person, Line::new(self.url.clone(), self.clock(), &signed_in), self.phones)
    }

    /// The same phone after its token ran out and the same person signed in again.
    pub async fn signs_in_again(&self, phone: &mut Phone, account: &str) {
        let signed_in = self.signs_in(account, "phone").await;
        phone.line = Line::new(self.url.clone(), self.clock(), &signed_in);
    }

    async fn signs_in(&self, account: &str, as_what: &str) -> serde_json::Value {
        let body = serde_json::json!({
            "account": account, "password": PASSWORD, "device": { "id": null, "name": "story" }, "for": as_what,
        });
        let answer =
            reqwest::Client::new().post(format!("{}/api/v1/sign-in", self.url)).json(&body).send().await;
        let answer = answer.expect("the server in this process answers");
        assert_eq!(answer.status(), 200, "{account} can sign in");
        answer.json().await.expect("the answer is JSON")
    }

    /// A browser at the office in which somebody signs in.
    pub async fn desk_of(&self, account: &str) -> Desk {
        Desk::sign_in(&self.url, account, PASSWORD).await
    }

    /// The running server, for tests that look inside.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's clock.
    pub fn clock(&self) -> Clock {
        self.app.clock.clone()
    }

    /// Lets time go by.
    pub fn minutes_go_by(&self, minutes: i64) {
        self.app.clock.set(ServerTime(self.app.clock.now().0 + minutes * MINUTE_MS));
    }

    /// Lets days go by.
    pub fn days_go_by(&self, days: i64) {
        self.minutes_go_by(days * DAY_MS / MINUTE_MS);
    }

    /// The register moves a cooperative to another town.
    pub async fn moves(&self, of: CooperativeId, to: &str) {
        let (now, to) = (self.app.clock.now(), area(to));
        self.write(move |tx| {
            let known = cooperatives::get(tx, of)?.expect("the register has it");
            cooperatives::put(tx, now, &Cooperative { area: to, ..known }, None)
        })
        .await;
    }

    /// Everything derived from records and reviews, as ordered text.
    pub fn dump(&self) -> String {
        self.app.store.read_blocking(server::read_tables::dump).expect("the store can be read")
    }

    /// Throws away everything derived and makes it again.
    pub async fn rebuilds(&self) {
        let now = self.app.clock.now();
        self.write(move |tx| server::read_tables::rebuild(tx, now).map(|_| ())).await;
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the server and starts another over the same folder, as after a power cut.
    pub async fn restarts(&mut self) {
        self.restarts_over(|_| {}).await;
    }

    /// The same, over what a power cut at another moment would have left in the folder.
    pub async fn restarts_over(&mut self, change: impl FnOnce(&Path)) {
        self.stop.send_replace(true);
        let copy = copied(self.folder.path());
        change(copy.path());
        *self = Self { phones: self.phones, ..Self::serve(copy, self.clock()).await };
    }

    /// What a backup made now would hold.
    pub fn backup(&self) -> TempDir {
        copied(self.folder.path())
    }

    /// The machine is lost: another starts over the backup, at another address.
    pub async fn is_restored(&mut self, backup: TempDir) {
        self.stop.send_replace(true);
        *self = Self { phones: self.phones, ..Self::serve(backup, self.clock()).await };
    }

    /// Makes a backup as `xunfang backup` does, in a folder of its own.
    pub fn backs_up(&self) -> TempDir {
        let to = tempfile::tempdir().expect("a temporary folder can be made");
        let made = backup::make(self.folder.path(), to.path(), self.app.clock.now(), &mut |_, _, _| {});
        made.expect("a backup can be made beside the server");
        to
    }

    /// The machine is lost: another restores the backup as `xunfang restore` does, and serves it.
    pub async fn restores(&mut self, backups: &TempDir) {
        self.stop.send_replace(true);
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        let names = backup::list(backups.path()).expect("the folder can be read");
        let from = backups.path().join(names.last().expect("there is a backup").to_string());
        let restored = backup::restore(&from, data.path(), false, 2, self.app.clock.now(), &mut |_, _, _| {});
        restored.expect("a good backup can be restored");
        *self = Self { phones: self.phones, ..Self::serve(data, self.clock()).await };
    }

    /// Tells a phone where the server is now.
    pub fn reaches(&self, phone: &mut Phone) {
        phone.line = phone.line.to(self.url.clone(), self.clock());
    }

    /// Writes to the store directly, as a command at the server's terminal would.
    async fn write(&self, f: impl FnOnce(&Transaction<'_>) -> Result<(), Failed> + Send + 'static) {
        self.app.store.write(f).await.expect("the store takes it");
    }
}

/// Two towns with three cooperatives each, and nobody employed yet.
pub(crate) fn settle(tx: &Transaction<'_>) -> Result<(), Failed> {
    for (code, name, parent) in
        [(DISTRICT, "朔城区", "1406"), (SHENTOU, "神头镇", DISTRICT), (LIMIN, "利民镇", DISTRICT)]
    {
        let row = serde_json::json!({ "code": code, "name": name, "parent": parent });
        append_row(tx, BEGIN, None, "areas", code, Some(&row), None)?;
    }
    for (number, (name, town)) in [
        ("兴农种植专业合作社", SHENTOU),
        ("众和养殖专业合作社", SHENTOU),
        ("马邑绿源蔬菜专业合作社", SHENTOU),
        ("利民黍子专业合作社", LIMIN),
        ("富民农机专业合作社", LIMIN),
        ("永昌养殖专业合作社", LIMIN),
    ]
    .into_iter()
    .enumerate()
    {
        let met = ProvisionalCooperative { name: name.to_owned(), area: area(town) };
        let row = cooperatives::provisional(cooperative(number), &met);
        cooperatives::put(tx, BEGIN, &Cooperative { provisional: false, ..row }, None)?;
    }
    Ok(())
}

/// Employs somebody who proves it by the password of this hash.
pub(crate) fn employ(
    tx: &Transaction<'_>,
    account: &str,
    name: &str,
    grant: &Grant,
    password_hash: &str,
) -> Result<(), Failed> {
    let id = person(account);
    people::add(tx, &Person { id, account: account.to_owned(), name: name.to_owned() }, password_hash)?;
    grants::give(tx, id, grant, ServerTime(0), None)
}

/// Whoever has this account.
pub(crate) fn person(account: &str) -> PersonId {
    PersonId::from_bytes(named(account))
}

/// The cooperative that is `number`th in the register; 0 to 2 in 神头镇, 3 to 5 in 利民镇.
pub fn cooperative(number: usize) -> CooperativeId {
    let mut bytes = [0xc0; 16];
    bytes[15] = number as u8;
    CooperativeId::random(bytes)
}

/// An area by its code.
pub fn area(code: &str) -> AreaCode {
    code.parse().expect("an area code")
}

/// Sixteen bytes that a short name gives.
fn named(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    name.bytes().enumerate().for_each(|(at, byte)| bytes[at % 16] ^= byte.rotate_left((at / 16) as u32));
    bytes
}

/// A copy of a data folder, taken while the server may be running; SQLite's log is copied with it.
fn copied(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder can be made");
    copy_into(folder, copy.path());
    copy
}

fn copy_into(folder: &Path, copy: &Path) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let from = entry.expect("the folder can be listed").path();
        let to = copy.join(from.file_name().expect("a file has a name"));
        if from.is_dir() {
            std::fs::create_dir(&to).expect("a folder can be made");
            copy_into(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}
