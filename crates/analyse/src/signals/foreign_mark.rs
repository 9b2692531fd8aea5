//! Foreign mark: a filing number, site code or statistics id that belongs to an official site stands on another's host.

use jianwei_model::MarkKind;

use crate::marks::normal_value;
use crate::reading::{Reading, Sighting};

/// The first mark that a protected site owns and this host does not.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    reading.marks.iter().find_map(|found| {
        let key = (found.mark.kind, normal_value(&found.mark));
        let owner = reading.knowledge.mark_owners.get(&key)?;
        let site = &reading.knowledge.protected[*owner];
        let value = match found.mark.kind {
            // A holder's number is the same for all its sites, so it is the weakest of the marks.
            MarkKind::Icp => 0.7,
            _ => 1.0,
        };
        let reason = format!(
            "页面使用的{} {} 属于{}，而本站域名并非该机构所有",
            found.mark.kind.chinese(),
            found.mark.value,
            site.organisation
        );
        Sighting::new(value, reason, found.quote.clone())
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
    fn only_a_mark_that_someone_owns_counts() {
        assert!(value("<p>湘公网安备 43990202000001号") >= 1.0);
        assert!((0.5..1.0).contains(&value("<p>湘ICP备00043999号-3")));
        assert!(
            value(
                "<p>湘公网安备 43990202000002号 湘ICP备00000001号 <a href='https://beian.miit.gov.cn/'>备案</a>"
            ) < 0.1
        );
    }
}
