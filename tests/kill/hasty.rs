//! The server of the control: like the real one, but for its receipts, which go out before what they name
//! is committed. The writer is held until the next push comes, and commits it together with those.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use clap::Args;
use flate2::read::ZlibDecoder;
use rusqlite::Transaction;
use server::app::App;
use server::clock::Clock;
use server::ingest::{self, Caller};
use server::people::tokens::Tokens;
use server::store::{Failed, Store};
use sync_core::commands::Part;
use sync_core::wire::{self, Push, Reply};
use tokio::sync::{oneshot, watch};

/// Where to serve.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder of the data
    #[arg(long)]
    data: PathBuf,
    /// The address to listen on
    #[arg(long)]
    listen: SocketAddr,
}

#[derive(Clone)]
struct Hasty {
    app: App,
    /// Lets the push before be committed.
    before: Arc<Mutex<Option<mpsc::Sender<()>>>>,
}

/// Serves until killed.
///
/// # Panics
/// Where it can't serve; whoever started it sees it end.
pub fn serve(options: &Options) -> ! {
    let store = Store::open(&options.data, 1).expect("the store opens");
    let tokens = Arc::new(Tokens::open(&options.data, [7; 32]).expect("the key is there"));
    // Never told to stop.
    let (_stop, stopping) = watch::channel(false);
    let app = App::new(store, Clock::machine(), tokens, stopping);
    let real = server::routes::routes(app.clone()).router;
    let hasty = Hasty { app, before: Arc::default() };
    let router =
        axum::Router::new().route("/api/v1/sync", post(sync)).with_state(hasty).fallback_service(real);
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(options.listen).await?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        axum::serve(listener, router).await
    });
    panic!("the server ended: {served:?}");
}

async fn sync(State(hasty): State<Hasty>, headers: HeaderMap, body: Bytes) -> Result<Vec<u8>, StatusCode> {
    let now = hasty.app.clock.now();
    let token =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let claims = token.and_then(|token| hasty.app.tokens.check(token, now).ok());
    let claims = claims.ok_or(StatusCode::UNAUTHORIZED)?;
    let caller = Caller { person: claims.sub, device: claims.did, part: Part::Field };
    let mut inflated = Vec::new();
    ZlibDecoder::new(&*body).read_to_end(&mut inflated).map_err(|_| StatusCode::BAD_REQUEST)?;
    let push: Push = wire::decode(&inflated).map_err(|_| StatusCode::BAD_REQUEST)?;

    let (release, released) = mpsc::channel();
    // The sender that was there goes, and with it what the writer waits for.
    hasty.before.lock().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.replace(release);
    let (answer, receipts) = oneshot::channel();
    let take = move |tx: &Transaction<'_>| {
        let _ = answer.send(ingest::push(tx, &caller, &push, now)?);
        let _ = released.recv();
        Ok::<_, Failed>(())
    };
    let store = hasty.app.store.clone();
    tokio::spawn(async move { store.write(take).await });
    let receipts = receipts.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(wire::encode(&Reply {
        version: wire::VERSION,
        server_time: now,
        granted: Vec::new(),
        receipts,
        not_taking: None,
        scopes: Vec::new(),
        people: Default::default(),
        resolved: Vec::new(),
        heard: 0,
    }))
}
