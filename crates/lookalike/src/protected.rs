//! Reads a protected site from its file's text.

use jianwei_model::{ProtectedId, ProtectedSite};

use crate::Error;
use crate::error::line_at;
use crate::host::HostName;

/// Reads a protected site from TOML; `id` is its file's name without `.toml`.
///
/// # Errors
/// [`Error::Protected`] with the line: TOML that does not parse, an unknown key, a host that is not in lower-case ASCII
/// form, an organisation, name or source that is empty, no host at all, a host that ends before it begins.
pub fn parse_protected(id: &str, toml: &str) -> Result<ProtectedSite, Error> {
    let error = |line, reason| Error::Protected {
        id: id.to_owned(),
        line,
        reason,
    };
    let mut site: ProtectedSite = toml::from_str(toml).map_err(|failure| {
        let line = failure.span().map_or(1, |span| line_at(toml, span.start));
        error(line, failure.message().to_owned())
    })?;
    site.id = ProtectedId::from_text(id);
    let line_with = |needle: &str| toml.find(needle).map_or(1, |offset| line_at(toml, offset));
    if site.hosts.is_empty() {
        return Err(error(
            1,
            "a protected site has at least one host".to_owned(),
        ));
    }
    for official in &site.hosts {
        let host = official.host.as_str();
        let spelling = HostName::parse(host);
        if spelling.is_none_or(|name| name.ascii != host) || !host.contains('.') {
            let reason = format!("`{host}` is not a host name in lower-case ASCII form");
            return Err(error(line_with(&format!("\"{host}\"")), reason));
        }
        if let (Some(from), Some(until)) = (official.from, official.until)
            && until < from
        {
            let reason = format!("`{host}` ends on {until}, before it begins on {from}");
            return Err(error(line_with(&format!("\"{host}\"")), reason));
        }
    }
    for (key, text) in [
        ("organisation", &site.organisation),
        ("source", &site.source),
    ] {
        if text.trim().is_empty() {
            return Err(error(line_with(key), format!("`{key}` is empty")));
        }
    }
    if site.names.iter().any(|name| name.trim().is_empty()) {
        return Err(error(line_with("names"), "a name is empty".to_owned()));
    }
    Ok(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "organisation = \"某市应急管理局\"\nnames = [\"某市证书查询\"]\nsource = \"invented\"\nverified = \"no\"\n\n[[hosts]]\nhost = \"cx.yjj.gov.test\"\n";

    fn failure(text: &str) -> String {
        parse_protected("some", text).unwrap_err().to_string()
    }

    #[test]
    fn a_site_is_named_after_its_file() {
        let site = parse_protected("some", GOOD).unwrap();
        assert_eq!(site.id.as_str(), "some");
        assert!(site.owns_host("www.cx.yjj.gov.test", None));
    }

    #[test]
    fn errors_name_file_and_line() {
        assert_eq!(
            failure(&GOOD.replace("cx.yjj.gov.test", "CX.yjj.gov.test")),
            "protected site `some` line 7: `CX.yjj.gov.test` is not a host name in lower-case ASCII form"
        );
        assert_eq!(
            failure(&format!(
                "{GOOD}from = \"2020-01-02\"\nuntil = \"2020-01-01\"\n"
            )),
            "protected site `some` line 7: `cx.yjj.gov.test` ends on 2020-01-01, before it begins on 2020-01-02"
        );
        assert!(
            failure(&format!("{GOOD}port = 8080\n"))
                .starts_with("protected site `some` line 8: unknown field `port`")
        );
        assert_eq!(
            failure(&GOOD.replace("\"invented\"", "\" \"")),
            "protected site `some` line 3: `source` is empty"
        );
        let hostless = GOOD
            .split("\n[[")
            .next()
            .unwrap()
            .replace("source", "hosts = []\nsource");
        assert_eq!(
            failure(&hostless),
            "protected site `some` line 1: a protected site has at least one host"
        );
    }
}
