//! The console's own style sheet, script and mark, embedded and named by their content.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jianwei_model::Digest;
use std::sync::LazyLock;

/// A file that comes with the program.
struct Asset {
    name: String,
    media_type: &'static str,
    bytes: &'static [u8],
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../assets/console.css");
    Asset::new("console", "css", "text/css; charset=utf-8", bytes)
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../assets/console.js");
    Asset::new("console", "js", "text/javascript; charset=utf-8", bytes)
});
static MARK: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../assets/mark.svg");
    Asset::new("mark", "svg", "image/svg+xml", bytes)
});

/// Path of the style sheet.
pub(crate) fn style() -> String {
    STYLE.path()
}

/// Path of the script.
pub(crate) fn script() -> String {
    SCRIPT.path()
}

/// Path of the mark.
pub(crate) fn mark() -> String {
    MARK.path()
}

/// `GET /assets/{name}`: kept by browsers for ever, since another content has another name.
pub(crate) async fn get(Path(name): Path<String>) -> Response {
    let assets = [&STYLE, &SCRIPT, &MARK];
    match assets.into_iter().find(|asset| asset.name == name) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Asset {
    fn new(stem: &str, suffix: &str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest = Digest::of(bytes).hex();
        Self {
            name: format!("{stem}.{}.{suffix}", &digest[..12]),
            media_type,
            bytes,
        }
    }

    fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}
