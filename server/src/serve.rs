//! From a data folder to a listening server, and to its end.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::backup::keeper::{Keeper, Plan};
use crate::cli::{self, ServeOptions};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::people::tokens::{KeyFailed, Tokens};
use crate::sample::District;
use crate::store::lock::Lock;
use crate::store::{Failed, Store, meta, people};
use crate::{chance, routes};

/// How long requests under way may take to end once the server is stopping.
const STOPPING_MAX: Duration = Duration::from_secs(10);

/// Why the server doesn't run.
#[derive(Debug, thiserror::Error)]
pub enum ServeFailed {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Failed),
    /// The key that signs tokens can't be used.
    #[error("the signing key can't be used: {0}")]
    Key(#[from] KeyFailed),
    /// The address can't be listened on.
    #[error("can't listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Sample data has published passwords.
    #[error(
        "{0} is not an address of this machine alone, and the sample data has published passwords; say --sample-anywhere to serve it there all the same"
    )]
    SampleBeyondLoopback(SocketAddr),
    /// The disk failed to sync what was written.
    #[error(
        "the disk failed to sync what was written; nobody got a receipt for that, and the next start puts what is in question down again"
    )]
    NotSynced,
    /// The operating system failed.
    #[error("the operating system failed: {0}")]
    System(#[from] std::io::Error),
}

/// Serves until told to stop.
pub(crate) fn serve(options: &ServeOptions) -> Result<(), ServeFailed> {
    let _lock = Lock::take(&options.data)?;
    let store = cli::open(&options.data)?;
    let is_confined = options.sample_anywhere || options.listen.ip().is_loopback();
    if !is_confined && (options.sample || store.read_blocking(meta::is_sample)?) {
        return Err(ServeFailed::SampleBeyondLoopback(options.listen));
    }
    let clock = Clock::machine();
    if options.sample && store.read_blocking(people::is_empty)? {
        settle_sample(&store, &clock)?;
    }
    let tokens = Arc::new(Tokens::open(&options.data, chance::draw())?);
    let disk = Arc::new(Disk::of(&options.data, options.disk_reserve));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(listen(store, clock, tokens, disk, options));
    // A backup under way may take longer; one that is cut off is none, and the next takes its place.
    runtime.shutdown_timeout(STOPPING_MAX);
    ended
}

/// What the options say of backups.
fn keeper(options: &ServeOptions) -> Keeper {
    let plan = |to: &PathBuf| Plan {
        data: options.data.clone(),
        to: to.clone(),
        schedule: options.backup_every.unwrap_or(options.backup_at),
        keep: options.backup_keep,
    };
    options.backup_to.as_ref().map_or_else(Keeper::default, |to| Keeper::of(plan(to)))
}

async fn listen(
    store: Store,
    clock: Clock,
    tokens: Arc<Tokens>,
    disk: Arc<Disk>,
    options: &ServeOptions,
) -> Result<(), ServeFailed> {
    let address = options.listen;
    let (stop, stopping) = watch::channel(false);
    let backups = keeper(options);
    let new = App::new(store.clone(), clock.clone(), tokens, stopping.clone());
    let app = App { disk, backups: backups.clone(), ..new };
    tokio::spawn(app.evidence.clone().keep_swept(clock.clone(), stopping.clone()));
    let router = routes::routes(app).router;
    let failed = |error| ServeFailed::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    tracing::info!("listening on http://{}", listener.local_addr().map_err(failed)?);
    tokio::spawn(backups.keep(clock, stopping.clone()));
    let mut until_stopped = stopping.clone();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            // An error means that nobody can ask to stop any more: the same as being asked.
            let _ = until_stopped.wait_for(|is_stopping| *is_stopping).await;
        })
        .into_future();
    let mut server = tokio::spawn(server);
    let ended = tokio::select! {
        ended = &mut server => ended,
        () = store.ended() => return Err(ServeFailed::NotSynced),
        () = asked_to_stop() => {
            tracing::info!("stopping");
            stop.send_replace(true);
            match tokio::time::timeout(STOPPING_MAX, &mut server).await {
                Ok(ended) => ended,
                Err(_) => {
                    tracing::warn!("requests were still under way, and are cut off");
                    return Ok(());
                }
            }
        }
    };
    ended.map_err(std::io::Error::other)??;
    Ok(())
}

/// Returns at the first SIGTERM or SIGINT.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .expect("the operating system takes no signal handler");
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupted.await;
    }
}

/// Makes the sample district, and says every tenth of it: it takes a minute on a small machine.
fn settle_sample(store: &Store, clock: &Clock) -> Result<(), Failed> {
    say("making the sample district");
    let mut tenths = 0;
    District::full(clock.now()).settle(store, move |done, all| {
        if 10 * done / all > tenths {
            tenths = 10 * done / all;
            say(&format!("  {tenths}0 %"));
        }
    })?;
    say("the sample district is there");
    Ok(())
}

fn say(line: &str) {
    // Nobody may be reading; the district is settled all the same.
    let _ = writeln!(std::io::stdout(), "{line}");
}
