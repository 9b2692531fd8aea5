//! Answers of name servers as records keep them.

use jianwei_model::Resolution;

/// A resolution as `text/dns`: the moment, then one resource record a line.
pub(crate) fn dns_text(resolution: &Resolution) -> String {
    let ttl = resolution.ttl_seconds;
    let mut out = format!("{}\n", resolution.at.to_fourteen_digits());
    let mut owner = resolution.name.as_str();
    for alias in &resolution.aliases {
        out.push_str(&format!("{owner}.\t{ttl}\tIN\tCNAME\t{alias}.\n"));
        owner = alias;
    }
    for address in &resolution.addresses {
        let kind = if address.is_ipv4() { "A" } else { "AAAA" };
        out.push_str(&format!("{owner}.\t{ttl}\tIN\t{kind}\t{address}\n"));
    }
    out
}
