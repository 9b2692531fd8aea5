//! Official host: the host is a protected site's own, or only state organs or schools can have it.

use crate::page::Quote;
use crate::reading::{Reading, Sighting, Standing};

/// Whose host it is.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let (value, reason) = match reading.standing {
        Standing::Protected(site) => (1.0, format!("域名属于{}", site.organisation)),
        Standing::State => (1.0, String::from("域名后缀仅限国家机关注册")),
        Standing::Education => (0.3, String::from("域名后缀仅限学校和教育机构注册")),
        Standing::Anybody => return None,
    };
    Sighting::new(value, reason, Quote::of_host(&reading.host))
}
