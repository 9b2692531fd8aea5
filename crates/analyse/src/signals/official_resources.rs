//! Official resources: the page loads pictures, styles or frames from an official host, or sends its form there.

use crate::page::LinkKind;
use crate::reading::{Reading, Sighting};

/// Resources loaded from protected hosts.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let mut loaded = reading
        .page
        .links
        .iter()
        .filter(|link| link.kind != LinkKind::Anchor)
        .filter_map(|link| Some((link, reading.site_of(link.host.as_deref()?)?)));
    let (first, site) = loaded.next()?;
    let count = 1 + loaded.count();
    let reason = format!("页面直接调用{}官方网站的资源{count}处", site.organisation);
    Sighting::new(count as f64 / 4.0, reason, reading.page.find(&first.url))
}
