//! Lookup paths: links or scripts name the paths of an official lookup on a host that is not the official one.

use crate::reading::{Reading, Sighting};

/// The first official lookup path that leads to this host.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    for (path, number) in &reading.knowledge.lookup_paths {
        let addresses = &reading.page.addresses;
        let leads_here = |(at, _): (usize, &str)| !names_other_host(&addresses[..at]);
        if addresses
            .match_indices(path.as_str())
            .take(16)
            .any(leads_here)
        {
            let site = &reading.knowledge.protected[*number];
            let reason = format!(
                "页面代码使用{}官方查询系统的接口路径 {path}",
                site.organisation
            );
            return Sighting::new(1.0, reason, reading.page.find(path));
        }
    }
    None
}

/// Whether the path belongs to a whole URL, which leads where it says.
fn names_other_host(before: &str) -> bool {
    let line = before.rfind('\n').map_or(0, |index| index + 1);
    before[line..].contains("//")
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_path_counts_where_it_leads_here() {
        assert!(value("<script>get('/yz-api/certsearch/code')</script>") >= 1.0);
        assert!(value("<form action='/yz-api/certsearch/query'></form>") >= 1.0);
        assert!(value("<a href='https://cx.yunze.gov.test/yz-api/certsearch/code'>官方</a>") < 0.1);
        assert!(value("<p>接口为 /yz-api/certsearch/code") < 0.1);
    }
}
