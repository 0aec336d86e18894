//! The command line: exit code 0 for done, 1 for failed, 2 for a command that can't be understood.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rusqlite::Transaction;
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, Day, ServerTime};
use tracing_subscriber::EnvFilter;

use crate::backup::evidence::Copied;
use crate::backup::retention::Keep;
use crate::backup::schedule::Schedule;
use crate::clock::Clock;
use crate::disk;
use crate::people::tokens::hex;
use crate::store::backup::{Contents, Part};
use crate::store::grants::{Grant, Role};
use crate::store::lock::Lock;
use crate::store::{self, Failed, Store};
use crate::{backup, chance, read_tables, serve};

/// Inspection records of patrol visits to farmers' cooperatives, made offline and merged.
#[derive(Parser)]
#[command(name = "xunfang", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take what phones send and answer the office, until stopped (SIGTERM or Ctrl-C)
    Serve(ServeOptions),
    /// Copy the store as it is now, beside a running server, and read the copy through
    Backup(BackupOptions),
    /// Put a backup back, as another life of the store; phones then send again what is missing
    Restore(RestoreOptions),
    /// Say how far the log goes and the hash there, to be written down off the machine
    Head(HeadOptions),
    /// Throw everything derived away (documents, read tables) and make it again from the changes
    Rebuild(DataOptions),
    /// Give a person a role in an area and everything below it
    Grant(GrantOptions),
    /// Change the register of cooperatives
    #[command(subcommand)]
    Cooperative(CooperativeCommand),
}

/// Where the data is.
#[derive(clap::Args)]
struct DataOptions {
    /// The folder of the data; made when missing
    #[arg(long, env = "XUNFANG_DATA", value_name = "DIR")]
    data: PathBuf,
}

/// How to serve.
#[derive(clap::Args)]
pub struct ServeOptions {
    /// The folder of the data; made when missing
    #[arg(long, env = "XUNFANG_DATA", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The address to listen on
    #[arg(long, env = "XUNFANG_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Take nothing new in once the disk has less than this free
    #[arg(long, env = "XUNFANG_DISK_RESERVE", value_name = "MIB", default_value_t = disk::RESERVE_MIB)]
    pub(crate) disk_reserve: u64,
    /// Fill an empty data folder with the sample district
    #[arg(long)]
    pub(crate) sample: bool,
    /// Serve sample data, with its published passwords, beyond this machine
    #[arg(long)]
    pub(crate) sample_anywhere: bool,
    /// Make backups into this folder
    #[arg(long, env = "XUNFANG_BACKUP_TO", value_name = "FOLDER")]
    pub(crate) backup_to: Option<PathBuf>,
    /// When clocks in China show this, every day
    #[arg(long, value_name = "TIME", default_value = "02:30", value_parser = Schedule::at, requires = "backup_to")]
    pub(crate) backup_at: Schedule,
    /// So long after the one before, such as 6h or 90m
    #[arg(long, value_name = "TIME", value_parser = Schedule::every, requires = "backup_to", conflicts_with = "backup_at")]
    pub(crate) backup_every: Option<Schedule>,
    /// How many hours, days, weeks and months keep their newest backup
    #[arg(long, value_name = "24h,14d,8w,12m", default_value = "24h,14d,8w,12m", requires = "backup_to")]
    pub(crate) backup_keep: Keep,
}

#[derive(clap::Args)]
struct BackupOptions {
    #[command(flatten)]
    at: DataOptions,
    /// The folder in which the backup gets a name of its own, or a file that ends in .sqlite
    #[arg(long, value_name = "FOLDER|FILE")]
    to: PathBuf,
}

#[derive(clap::Args)]
struct RestoreOptions {
    #[command(flatten)]
    at: DataOptions,
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Keep the store that is there in a folder beside the restored one
    #[arg(long)]
    set_aside: bool,
}

#[derive(clap::Args)]
struct HeadOptions {
    #[command(flatten)]
    at: DataOptions,
    /// An earlier position, to compare with a head that was written down
    #[arg(long, value_name = "POSITION")]
    position: Option<u64>,
}

#[derive(clap::Args)]
struct GrantOptions {
    #[command(flatten)]
    at: DataOptions,
    /// The account of the person
    #[arg(long)]
    account: String,
    /// What the person may do
    #[arg(long, value_enum)]
    role: Role,
    /// The area, by its code: 2, 4, 6 or 9 digits
    #[arg(long, value_name = "CODE")]
    area: AreaCode,
    /// The last day on which it holds, such as 2026-12-31; for ever where none is given
    #[arg(long, value_name = "DAY")]
    until: Option<Day>,
}

#[derive(Subcommand)]
enum CooperativeCommand {
    /// Put a cooperative into another area; its visits and their reviews move with it
    Move(MoveOptions),
}

#[derive(clap::Args)]
struct MoveOptions {
    #[command(flatten)]
    at: DataOptions,
    /// The cooperative, by its id
    #[arg(long, value_name = "ID")]
    cooperative: CooperativeId,
    /// The area it belongs to from now on, by its code
    #[arg(long, value_name = "AREA")]
    to: AreaCode,
}

/// Why a command failed, in a sentence for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailed {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Failed),
    /// The server can't run.
    #[error(transparent)]
    Serve(#[from] serve::ServeFailed),
    /// There is nobody with this account.
    #[error("there is nobody with the account {0:?}")]
    UnknownAccount(String),
    /// There is no such area.
    #[error("the register has no area {0}")]
    UnknownArea(AreaCode),
    /// There is no such cooperative.
    #[error("the register has no cooperative {0}")]
    UnknownCooperative(CooperativeId),
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    let outcome = match cli.command {
        Command::Serve(options) => serve::serve(&options).map_err(CommandFailed::from),
        Command::Backup(options) => make_backup(&options),
        Command::Restore(options) => restore(&options),
        Command::Head(options) => head(&options),
        Command::Rebuild(options) => rebuild(&options),
        Command::Grant(options) => grant(options),
        Command::Cooperative(CooperativeCommand::Move(options)) => move_cooperative(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            // Where even standard error is gone, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "xunfang: {failed}");
            ExitCode::FAILURE
        }
    }
}

/// Logs to standard error; `XUNFANG_LOG` says how much, as `info` or `server=debug,info`.
fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_env("XUNFANG_LOG").unwrap_or_else(|_| EnvFilter::new("info,memory_serve=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn say(line: std::fmt::Arguments<'_>) {
    // Nobody may be reading any more; what was done stays done.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Opens the store of a data folder.
pub(crate) fn open(data: &Path) -> Result<Store, Failed> {
    Store::open(data, u64::from_be_bytes(chance::draw()))
}

fn change<T: Send + 'static>(
    at: &DataOptions,
    f: impl FnOnce(&Transaction<'_>, ServerTime) -> Result<T, CommandFailed> + Send + 'static,
) -> Result<T, CommandFailed> {
    let now = Clock::machine().now();
    open(&at.data)?.write_blocking(move |tx| f(tx, now))
}

/// Says every tenth of work that takes longer than a second.
fn teller() -> impl FnMut(Part, u64, u64) {
    let clock = Clock::machine();
    let begun = clock.now();
    let mut said = (Part::Copy, 0);
    move |part, done, all| {
        let reached = (part, 10 * done / all.max(1));
        if reached != said && clock.now().0 - begun.0 > 1000 {
            said = reached;
            let what = match part {
                Part::Copy => "copied",
                Part::Check => "read through",
                Part::Evidence => "files of evidence",
            };
            say(format_args!("  {what}: {}0 %", reached.1));
        }
    }
}

fn make_backup(options: &BackupOptions) -> Result<(), CommandFailed> {
    let made = backup::make(&options.at.data, &options.to, Clock::machine().now(), &mut teller())?;
    say(format_args!("{}", made.file.display()));
    say(format_args!("  of {}, {} bytes", shown(made.contents.made_at), made.bytes));
    tell_evidence(&made.evidence);
    tell_contents(&made.contents);
    Ok(made.evidence.sound()?)
}

fn tell_evidence(copied: &Copied) {
    if copied.files == 0 {
        return;
    }
    say(format_args!(
        "  {} files of evidence, {} of them new ({} bytes)",
        copied.files, copied.new, copied.bytes
    ));
    for sha256 in &copied.damaged {
        say(format_args!("  gone or damaged: {sha256}"));
    }
}

fn tell_contents(contents: &Contents) {
    say(format_args!("  {} visits, made of {} changes", contents.visits, contents.changes));
    say(format_args!("  head {} {}", contents.seq, hex(&contents.hash)));
}

/// A moment as clocks in China show it.
fn shown(at: ServerTime) -> String {
    let time = at.in_china().time();
    format!("{} {:02}:{:02}:{:02}", at.day(), time.hour(), time.minute(), time.second())
}

fn restore(options: &RestoreOptions) -> Result<(), CommandFailed> {
    let RestoreOptions { at, from, set_aside } = options;
    let (epoch, now) = (u64::from_be_bytes(chance::draw()), Clock::machine().now());
    let restored = backup::restore(from, &at.data, *set_aside, epoch, now, &mut teller())?;
    say(format_args!("restored the store of {}", shown(restored.contents.made_at)));
    tell_evidence(&restored.evidence);
    tell_contents(&restored.contents);
    if let Some(aside) = restored.aside {
        say(format_args!("  what was there before is in {}", aside.display()));
    }
    if let Some(seq) = restored.restore.replaced_seq.filter(|seq| *seq > restored.contents.seq) {
        say(format_args!("  its log went on to position {seq}"));
    }
    Ok(())
}

fn head(options: &HeadOptions) -> Result<(), CommandFailed> {
    let (seq, hash) = store::backup::head(&options.at.data.join(store::FILE), options.position)?;
    say(format_args!("{seq} {}", hex(&hash)));
    Ok(())
}

fn rebuild(options: &DataOptions) -> Result<(), CommandFailed> {
    let _lock = Lock::take(&options.data)?;
    let visits = change(options, |tx, now| Ok(read_tables::rebuild(tx, now)?))?;
    say(format_args!("rebuilt from the changes of {visits} visits"));
    Ok(())
}

fn grant(options: GrantOptions) -> Result<(), CommandFailed> {
    let GrantOptions { at, account, role, area, until } = options;
    change(&at, move |tx, now| {
        let Some((person, _)) = store::people::by_account(tx, &account)? else {
            return Err(CommandFailed::UnknownAccount(account));
        };
        if !store::areas::exists(tx, &area)? {
            return Err(CommandFailed::UnknownArea(area));
        }
        store::grants::give(tx, person.id, &Grant { role, area }, now, until.map(Day::end))?;
        Ok(())
    })
}

fn move_cooperative(options: &MoveOptions) -> Result<(), CommandFailed> {
    let (id, to) = (options.cooperative, options.to.clone());
    change(&options.at, move |tx, now| {
        let known = store::cooperatives::get(tx, id)?.ok_or(CommandFailed::UnknownCooperative(id))?;
        if !store::areas::exists(tx, &to)? {
            return Err(CommandFailed::UnknownArea(to));
        }
        store::cooperatives::put(tx, now, &Cooperative { area: to, ..known }, None)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
