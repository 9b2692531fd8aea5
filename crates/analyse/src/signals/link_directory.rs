//! Link directory: the page leads to official sites instead of taking their place.

use std::collections::BTreeSet;

use crate::page::LinkKind;
use crate::reading::{Reading, Sighting};

/// Fewest different official hosts that make a directory.
const LEAST_HOSTS: usize = 3;

/// The official hosts that the page leads to.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let mut hosts = BTreeSet::new();
    let mut first = None;
    for link in reading
        .page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor)
    {
        let Some(host) = &link.host else { continue };
        let is_official =
            reading.knowledge.weights.hosts.is_state(host) || reading.site_of(host).is_some();
        if *host != reading.host && is_official && !is_filing(host) {
            first.get_or_insert(link);
            hosts.insert(host.as_str());
        }
    }
    if hosts.len() < LEAST_HOSTS {
        return None;
    }
    let reason = format!("页面链接到{}个官方网站，为网址导航的形式", hosts.len());
    Sighting::new(
        hosts.len() as f64 / 6.0,
        reason,
        reading.page.find(&first?.url),
    )
}

/// Whether a host is where every Chinese site's filing links lead.
fn is_filing(host: &str) -> bool {
    host.contains("beian") || host.contains("conac") || host.starts_with("zfwzgl.")
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn three_official_hosts_make_a_directory() {
        let links = "<a href='http://a.gov.cn/'>甲</a><a href='http://b.gov.cn/'>乙</a>";
        assert!(value(&format!("{links}<a href='http://c.gov.cn/'>丙</a>")) >= 0.5);
        assert!(
            value(&format!(
                "{links}<a href='https://beian.miit.gov.cn/'>备案</a>"
            )) < 0.1
        );
    }
}
