//! Foreign home: the page says that it is from an official host, by a saving comment, canonical address or site domain.

use crate::reading::{Reading, Sighting};

/// The first official host that the page names as its own.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    reading.page.homes.iter().find_map(|home| {
        let site = reading.site_of(&home.host)?;
        let reason = format!(
            "页面自称来自{}的官方域名 {}，系另存或者镜像的痕迹",
            site.organisation, home.host
        );
        Sighting::new(1.0, reason, reading.page.find(&home.raw))
    })
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_page_that_names_an_official_host_as_its_own() {
        assert!(value("<!-- saved from url=(0026)https://cx.yunze.gov.test/ --><p>x") >= 1.0);
        assert!(value("<link rel=canonical href='https://cx.yunze.gov.test/'><p>x") >= 1.0);
        assert!(value("<a href='https://cx.yunze.gov.test/'>官方网站</a>") < 0.1);
    }
}
