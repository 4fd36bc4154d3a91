//! The routes: a page, its parts, and what they ask for.
//!
//! Everything a browser needs is in the program; work on disk happens off the threads that answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::ReviewError;
use super::desk::{Desk, HandedIn};
use super::guard::{Guard, watch};

/// Documents shown in the queue; the rest comes up as these are done.
const SHOWN: usize = 300;

/// The files of the page: name, kind, content.
const ASSETS: [(&str, &str, &str); 9] = [
    ("review.css", "text/css; charset=utf-8", include_str!("assets/review.css")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("assets/app.js")),
    ("language.js", "text/javascript; charset=utf-8", include_str!("assets/language.js")),
    ("dom.js", "text/javascript; charset=utf-8", include_str!("assets/dom.js")),
    ("queue.js", "text/javascript; charset=utf-8", include_str!("assets/queue.js")),
    ("sheet.js", "text/javascript; charset=utf-8", include_str!("assets/sheet.js")),
    ("fields.js", "text/javascript; charset=utf-8", include_str!("assets/fields.js")),
    ("page.js", "text/javascript; charset=utf-8", include_str!("assets/page.js")),
];

/// How the review page is served.
#[derive(Debug, Clone)]
pub struct ReviewOptions {
    /// The folder of the results.
    pub out: PathBuf,
    /// Where to look for scans that are no longer where the run found them.
    pub scans: Option<PathBuf>,
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
}

/// Serves the page until Ctrl-C; `ready` hears its address once it answers.
///
/// # Errors
/// [`ReviewError`] if there are no results, or the address cannot be listened on.
pub fn serve(options: &ReviewOptions, ready: impl FnOnce(&str)) -> Result<(), ReviewError> {
    let desk = Arc::new(Desk::new(options.out.clone(), options.scans.clone())?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let address = options.address;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ReviewError::Address { address, source })?;
        let guard = Guard::of(&address)?;
        ready(&format!("http://{}/{}", listener.local_addr()?, guard.query()));
        let stop = async { drop(tokio::signal::ctrl_c().await) };
        axum::serve(listener, routes(desk, guard)).with_graceful_shutdown(stop).await?;
        Ok(())
    })
}

fn routes(desk: Arc<Desk>, guard: Guard) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/assets/{name}", get(asset))
        .route("/api/queue", get(queue))
        .route("/api/document", get(document))
        .route("/api/words", get(words))
        .route("/api/image", get(image))
        .route("/api/forms", get(forms))
        .route("/api/corrections", post(correct))
        .layer(middleware::from_fn_with_state(Arc::new(guard), watch))
        .with_state(desk)
}

async fn index() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("assets/index.html")).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, _, _)| *known == name) {
        Some((_, kind, content)) => ([(header::CONTENT_TYPE, *kind)], *content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A document, or a page of it.
#[derive(Deserialize)]
struct Asked {
    document: String,
    #[serde(default)]
    page: u32,
}

#[derive(Deserialize)]
struct AskedWord {
    word: String,
}

async fn queue(State(desk): State<Arc<Desk>>) -> Response {
    answer(move || Ok(desk.overview(SHOWN))).await
}

async fn document(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Response {
    answer(move || desk.sheet(&asked.document)).await
}

async fn words(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Response {
    answer(move || desk.words(&asked.document, asked.page)).await
}

async fn forms(State(desk): State<Arc<Desk>>, Query(asked): Query<AskedWord>) -> Response {
    answer(move || Ok(desk.forms(&asked.word))).await
}

async fn correct(State(desk): State<Arc<Desk>>, Json(handed_in): Json<HandedIn>) -> Response {
    answer(move || desk.keep(handed_in)).await
}

async fn image(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Response {
    match aside(move || desk.image(&asked.document, asked.page)).await {
        Ok(jpeg) => {
            let kept = (header::CACHE_CONTROL, "private, max-age=600");
            ([(header::CONTENT_TYPE, "image/jpeg"), kept], jpeg.to_vec()).into_response()
        }
        Err(error) => refusal(&error),
    }
}

async fn answer<T: Serialize + Send + 'static>(
    work: impl FnOnce() -> Result<T, ReviewError> + Send + 'static,
) -> Response {
    match aside(work).await {
        Ok(value) => Json(value).into_response(),
        Err(error) => refusal(&error),
    }
}

/// Does work that may take a while on a thread of its own; a panic in an image decoder costs only the one answer.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReviewError> + Send + 'static,
) -> Result<T, ReviewError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(ReviewError::NotFound("the page upset the program; please report it".to_owned()))
    })
}

fn refusal(error: &ReviewError) -> Response {
    let status = match error {
        ReviewError::NotFound(_) | ReviewError::NoResults(_) => StatusCode::NOT_FOUND,
        ReviewError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ReviewError::Outdated => StatusCode::CONFLICT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, Json(serde_json::json!({"error": error.to_string()}))).into_response()
}
