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

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn loading_counts_and_leading_does_not() {
        assert!(value("<img src='https://cx.yunze.gov.test/a.png'>") > 0.2);
        assert!(value("<a href='https://cx.yunze.gov.test/a.png'>图</a>") < 0.1);
    }
}
