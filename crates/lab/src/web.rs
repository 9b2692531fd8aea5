//! The web server: HTTP and HTTPS on loopback, told apart by the `Host` header.

use std::io::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use axum::serve::Listener;
use flate2::{Compression, write::GzEncoder};
use qrcode::QrCode;
use qrcode::render::svg;
use tokio::task::JoinHandle;

use crate::hostile;
use crate::site::{Behaviour, Encoding, Found, Site};
use crate::world::{Host, World};

/// Which of the two servers took the request.
#[derive(Clone, Copy)]
pub(crate) struct Scheme(pub(crate) &'static str);

/// Serves the world's hosts on `listener` until the handle is aborted.
pub(crate) fn spawn<L>(listener: L, scheme: Scheme, world: Arc<World>) -> JoinHandle<()>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let router = Router::new().fallback(answer).with_state((scheme, world));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(scheme = scheme.0, %error, "the lab's web server ended");
        }
    })
}

async fn answer(
    State((scheme, world)): State<(Scheme, Arc<World>)>,
    request: Request,
) -> Response<Body> {
    let host = host_name(request.uri(), request.headers());
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let question = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    world.count(format!("{}://{host}{path}{question}", scheme.0));
    match world.host(&host) {
        Host::Unknown => plain(StatusCode::NOT_FOUND, "no such host in the lab\n"),
        Host::Field(fields, number) => fields.answer(number, &path).await,
        Host::Site(site) => match site.sheet.behaviour {
            Behaviour::TarPit => hostile::tar_pit(),
            Behaviour::GzipBomb => hostile::gzip_bomb().await,
            Behaviour::Serve => serve(site, &path, &query, request.headers()),
        },
    }
}

fn serve(site: &Site, path: &str, query: &str, asked: &HeaderMap) -> Response<Body> {
    match site.find(path, query) {
        Found::Redirect(to, status) => Response::builder()
            .status(status)
            .header(header::LOCATION, to)
            .header(header::SERVER, &site.sheet.server)
            .body(Body::empty())
            .unwrap_or_default(),
        Found::Qr(text) => page(site, "image/svg+xml", 200, qr_code(text).into_bytes()),
        Found::Missing => page(
            site,
            &site.sheet.content_type,
            404,
            NOT_FOUND.as_bytes().to_vec(),
        ),
        Found::File(name, bytes, status) => {
            let content_type = content_type(site, name);
            let body = encode(site, name, bytes);
            if site.sheet.compress && accepts_gzip(asked) && is_text(name) {
                return compressed(site, &content_type, status, &body);
            }
            page(site, &content_type, status, body)
        }
    }
}

fn page(site: &Site, content_type: &str, status: u16, body: Vec<u8>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::SERVER, &site.sheet.server)
        .header(header::CONTENT_TYPE, content_type)
        .body(Body::from(body))
        .unwrap_or_default()
}

fn compressed(site: &Site, content_type: &str, status: u16, body: &[u8]) -> Response<Body> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    let Ok(small) = written else {
        return page(site, content_type, status, body.to_vec());
    };
    let mut response = page(site, content_type, status, small);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_ENCODING,
        header::HeaderValue::from_static("gzip"),
    );
    headers.insert(
        header::VARY,
        header::HeaderValue::from_static("Accept-Encoding"),
    );
    response
}

/// A short answer in plain text.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(Body::from(text))
        .unwrap_or_default()
}

fn host_name(uri: &Uri, headers: &HeaderMap) -> String {
    let named = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or(uri.host())
        .unwrap_or_default();
    let name = named.rsplit_once(':').map_or(named, |(name, _)| name);
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn content_type(site: &Site, name: &str) -> String {
    let of_text = |kind: &str| match site.sheet.encoding {
        Encoding::Utf8 => format!("{kind}; charset=utf-8"),
        Encoding::Gbk => kind.to_owned(),
    };
    match name.rsplit('.').next() {
        Some("html") => site.sheet.content_type.clone(),
        Some("css") => "text/css".to_owned(),
        Some("js") => of_text("application/javascript"),
        Some("json") => "application/json;charset=UTF-8".to_owned(),
        Some("svg") => "image/svg+xml".to_owned(),
        Some("txt") => of_text("text/plain"),
        _ => "application/octet-stream".to_owned(),
    }
}

fn is_text(name: &str) -> bool {
    [".html", ".css", ".js", ".txt"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn encode(site: &Site, name: &str, bytes: &'static [u8]) -> Vec<u8> {
    match (site.sheet.encoding, std::str::from_utf8(bytes)) {
        (Encoding::Gbk, Ok(text)) if is_text(name) => encoding_rs::GBK.encode(text).0.into_owned(),
        _ => bytes.to_vec(),
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"))
}

fn qr_code(text: &str) -> String {
    QrCode::new(text).map_or_else(
        |_| String::new(),
        |code| {
            code.render::<svg::Color<'_>>()
                .min_dimensions(180, 180)
                .dark_color(svg::Color("#000000"))
                .light_color(svg::Color("#ffffff"))
                .build()
        },
    )
}

const NOT_FOUND: &str = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n\
    <center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
