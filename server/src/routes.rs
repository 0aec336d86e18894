//! Every address on one screen, beside its row of the access matrix.
//!
//! A row says which roles open an address. What a caller may see or do there is then limited to the areas
//! of the grants with these roles; handlers get no other grants.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::{Extension, Router};
use sync_core::wire::REQUEST_BYTES_MAX;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::problem::{Code, Problem};
use crate::http::{
    areas, backups, busy, checklists, cooperatives, coverage, devices, events, evidence, health, openapi,
    quarantine, remembered, review_queue, reviews, security_headers, sign_in, sync, uploads, visits, web_app,
};
use crate::store::grants::Role;

/// A JSON body may have so many bytes; no comment is longer.
const JSON_BYTES_MAX: usize = 64 * 1024;

/// Who may come in at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever holds one of these roles somewhere.
    Roles(&'static [Role]),
}

impl Access {
    /// The problems with which somebody is turned away at the door. Only who changes something proves
    /// that a page of ours asks for it.
    fn problems(self, method: &str) -> Vec<Code> {
        let mut problems = match self {
            Access::Open => return Vec::new(),
            Access::SignedIn | Access::Roles(_) => {
                vec![Code::NotSignedIn, Code::TokenExpired, Code::TokenInvalid, Code::SessionEnded]
            }
        };
        if !matches!(method, "GET" | "HEAD" | "OPTIONS") {
            problems.push(Code::CsrfMismatch);
        }
        if let Access::Roles(_) = self {
            problems.push(Code::NotAllowed);
            if takes_room(method) {
                problems.push(Code::DiskFull);
            }
        }
        problems
    }
}

/// Whoever writes in records.
const COORDINATORS: Access = Access::Roles(&[Role::Coordinator]);
/// Whoever works with records: coordinators on their own phones' work, all others at the desk.
const READERS: Access =
    Access::Roles(&[Role::Coordinator, Role::Supervisor, Role::DistrictOffice, Role::Department]);
/// Whoever follows other people's work.
const DESK: Access = Access::Roles(&[Role::Supervisor, Role::DistrictOffice, Role::Department]);
/// Whoever decides.
const SUPERVISORS: Access = Access::Roles(&[Role::Supervisor]);
/// Whoever sees to it that there is a server.
const KEEPERS: Access = Access::Roles(&[Role::DistrictOffice, Role::Administrator]);
/// Whoever sees to it that everybody's work arrives.
const CARETAKERS: Access = Access::Roles(&[Role::Supervisor, Role::DistrictOffice, Role::Administrator]);

/// Whoever decides that refused work stays out.
const DECIDERS: Access = Access::Roles(&[Role::Supervisor, Role::Administrator]);

#[rustfmt::skip]
fn matrix(app: &App) -> Matrix {
    use Access::{Open, SignedIn};
    Matrix::new(app)
        .row(Open,        routes!(health::live))
        .row(Open,        routes!(health::ready))
        .row(Open,        routes!(health::uploads))
        .row(Open,        routes!(health::version))
        .row(Open,        routes!(openapi::openapi))
        .row(Open,        routes!(sign_in::sign_in))
        .row(Open,        routes!(sign_in::refresh))
        .row(Open,        routes!(sign_in::sign_out))
        .row(SignedIn,    routes!(sign_in::me))
        .row(SignedIn,    routes!(sync::sync).layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)).layer(from_fn_with_state(app.clone(), busy::syncs)))
        .row(Open,        routes!(uploads::abilities))
        .row(COORDINATORS, routes!(uploads::begin))
        .row(COORDINATORS, routes!(uploads::progress, uploads::receive, uploads::give_up))
        .row(SignedIn,    routes!(events::listen))
        .row(SignedIn,    routes!(checklists::get))
        .row(SignedIn,    routes!(areas::list))
        .row(DESK,        routes!(review_queue::list))
        .row(READERS,     routes!(visits::get))
        .row(READERS,     routes!(visits::approved))
        .row(READERS,     routes!(visits::document))
        .row(READERS,     routes!(evidence::get))
        .row(SUPERVISORS, routes!(reviews::review))
        .row(SUPERVISORS, routes!(reviews::pick))
        .row(READERS,     routes!(cooperatives::list))
        .row(READERS,     routes!(cooperatives::get))
        .row(READERS,     routes!(coverage::get))
        .row(READERS,     routes!(coverage::cooperatives))
        .row(CARETAKERS,  routes!(devices::list))
        .row(CARETAKERS,  routes!(quarantine::list))
        .row(CARETAKERS,  routes!(quarantine::get))
        .row(CARETAKERS,  routes!(quarantine::export))
        .row(SUPERVISORS, routes!(quarantine::release))
        .row(DECIDERS,    routes!(quarantine::dismiss))
        .row(CARETAKERS,  routes!(remembered::list))
        .row(CARETAKERS,  routes!(remembered::settled))
        .row(KEEPERS,     routes!(backups::get))
}

/// One row of the access matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The method, in capitals.
    pub method: &'static str,
    /// The address, with `{variable}` segments.
    pub path: String,
    /// Who may come in.
    pub access: Access,
}

/// The whole door.
pub struct Routes {
    /// Answers requests.
    pub router: Router,
    /// Describes what it answers.
    pub description: Arc<utoipa::openapi::OpenApi>,
    /// Says whom it answers.
    pub rows: Vec<Row>,
}

/// Puts the door together.
pub fn routes(app: App) -> Routes {
    let Matrix { router, rows, .. } = matrix(&app);
    let (router, description) = router.split_for_parts();
    let description = Arc::new(description);
    let router = router
        .fallback_service(web_app::web_app())
        .method_not_allowed_fallback(async || Problem::from(Code::MethodNotAllowed))
        .layer(Extension(Arc::clone(&description)))
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), busy::requests))
        .layer(from_fn(security_headers::add))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_sent_whole)))
        .layer(TraceLayer::new_for_http())
        .with_state(app);
    Routes { router, description, rows }
}

/// The rows so far. There is no other way to add an address than with its row.
struct Matrix {
    app: App,
    router: OpenApiRouter<App>,
    rows: Vec<Row>,
}

impl Matrix {
    fn new(app: &App) -> Self {
        let router = OpenApiRouter::with_openapi(openapi::Description::openapi());
        Self { app: app.clone(), router, rows: Vec::new() }
    }

    fn row(mut self, access: Access, mut routes: UtoipaMethodRouter<App>) -> Self {
        for (path, item) in &mut routes.1.paths {
            let operations = [
                (&mut item.get, "GET"),
                (&mut item.head, "HEAD"),
                (&mut item.options, "OPTIONS"),
                (&mut item.post, "POST"),
                (&mut item.patch, "PATCH"),
                (&mut item.delete, "DELETE"),
            ];
            for (operation, method) in operations {
                let Some(operation) = operation else { continue };
                openapi::complete(operation, method, path, &access.problems(method));
                self.rows.push(Row { method, path: path.clone(), access });
            }
        }
        let let_in = from_fn_with_state((self.app.clone(), access), let_in);
        self.router = self.router.routes(routes.layer(let_in));
        self
    }
}

/// What is served in ranges is not compressed: they are ranges of the file as it is.
fn is_sent_whole(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

/// Whether a request of this method may need room on the disk.
fn takes_room(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS" | "DELETE")
}

/// Lets a request in, or not, and tells the handler who asks. What people with roles write waits while the
/// disk is nearly full; a push is told so in its own words.
async fn let_in(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if access == Access::Open {
        return Ok(next.run(request).await);
    }
    let mut caller = Caller::of(&app, request.method(), request.headers()).await?;
    if let Access::Roles(roles) = access {
        caller.grants.retain(|grant| roles.contains(&grant.role));
        if caller.grants.is_empty() {
            return Err(Code::NotAllowed.into());
        }
        if takes_room(request.method().as_str()) && app.disk.is_nearly_full() {
            return Err(Code::DiskFull.into());
        }
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}
