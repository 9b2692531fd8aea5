//! Every route of the console, by who may use it, and the guards that stand before each group.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{self, MethodRouter};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::pages::{acts, case, check, evidence, log, sign_in, sites, users};
use crate::reply::{nowhere, protect};
use crate::session::{require, require_administrator};
use crate::{ConsoleState, api, asset};

/// Most bytes of a request's body.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Anyone who reaches the console.
    Anyone,
    /// Anyone who has signed in; what they may do to a case is decided by casework.
    SignedIn,
    /// Administrators.
    Administrator,
}

/// One route.
struct Route {
    who: Who,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the coverage test calls every route by it")
    )]
    method: Method,
    path: &'static str,
    handler: MethodRouter<ConsoleState>,
}

/// The console as a service. It needs no state of its own besides what is given.
///
/// Sign-in back-off counts by address where the server passes `ConnectInfo<SocketAddr>` on, as [`crate::serve`] does.
pub fn router(state: ConsoleState) -> Router {
    let for_signed_in =
        group(Who::SignedIn).route_layer(from_fn_with_state(state.clone(), require));
    let for_administrators = group(Who::Administrator)
        .route_layer(from_fn(require_administrator))
        .route_layer(from_fn_with_state(state.clone(), require));
    group(Who::Anyone)
        .merge(for_signed_in)
        .merge(for_administrators)
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(from_fn(protect))
        .with_state(state)
}

fn routes() -> Vec<Route> {
    use Who::{Administrator, Anyone, SignedIn};
    vec![
        get(Anyone, "/login", sign_in::get),
        post(Anyone, "/login", sign_in::post),
        get(Anyone, "/assets/{name}", asset::get),
        post(SignedIn, "/logout", sign_in::sign_out),
        get(SignedIn, "/", sites::get),
        get(SignedIn, "/cases/{case}", case::get),
        post(SignedIn, "/cases/{case}/acts", acts::post),
        get(SignedIn, "/cases/{case}/source", evidence::source),
        get(SignedIn, "/cases/{case}/packet", evidence::packet),
        get(SignedIn, "/cases/{case}/check", check::get),
        get(SignedIn, "/cases/{case}/wacz", evidence::wacz),
        get(
            SignedIn,
            "/cases/{case}/screenshots/{side}",
            evidence::screenshot,
        ),
        get(SignedIn, "/log", log::get),
        get(SignedIn, "/log/verify", log::verify),
        get(SignedIn, "/api/v1/cases", api::cases),
        get(SignedIn, "/api/v1/cases/{case}", api::case),
        get(SignedIn, "/api/v1/cases/{case}/letters", api::letters),
        post(SignedIn, "/api/v1/cases/{case}/acts", api::act),
        get(SignedIn, "/api/v1/log", api::log),
        get(Administrator, "/users", users::get),
        post(Administrator, "/users", users::add),
        post(Administrator, "/users/{user}/password", users::set_password),
        post(Administrator, "/users/{user}/disable", users::disable),
    ]
}

fn group(who: Who) -> Router<ConsoleState> {
    routes()
        .into_iter()
        .filter(|route| route.who == who)
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
}

fn get<H, T>(who: Who, path: &'static str, handler: H) -> Route
where
    H: Handler<T, ConsoleState>,
    T: 'static,
{
    Route {
        who,
        method: Method::GET,
        path,
        handler: routing::get(handler),
    }
}

fn post<H, T>(who: Who, path: &'static str, handler: H) -> Route
where
    H: Handler<T, ConsoleState>,
    T: 'static,
{
    Route {
        who,
        method: Method::POST,
        path,
        handler: routing::post(handler),
    }
}

#[cfg(test)]
mod tests;
