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
