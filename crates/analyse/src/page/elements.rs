//! What single elements tell beside their text: names of resources, links, homes, fields.

use scraper::node::Element;

use super::features::{Home, Input, Link, LinkKind, Position};
use super::tokens::{Channel, Token, hash, level_digits, path_name, style_urls};
use super::walk::{MOST_ATTRIBUTE_BYTES, Walk};
use crate::text::fold_word;

/// Most links and fields that are kept of one page.
const MOST_LINKS: usize = 4096;

impl Walk<'_, '_> {
    pub(super) fn identifiers(&mut self, element: &Element) {
        if let Some(id) = attribute(element, "id")
            && (2..=64).contains(&id.len())
        {
            let levelled = level_digits(id);
            self.token(&format!("#{levelled}"), id);
        }
        if let Some(style) = attribute(element, "style")
            && style.contains("url(")
        {
            style_urls(style, |url| self.resource(url));
        }
    }

    pub(super) fn resource(&mut self, url: &str) {
        if url.len() <= MOST_ATTRIBUTE_BYTES {
            self.gathered.addresses.push_str(url);
            self.gathered.addresses.push('\n');
        }
        if let Some(name) = path_name(url) {
            self.token(&name.to_lowercase(), name);
        }
    }

    fn token(&mut self, normal: &str, written: &str) {
        let start = self.gathered.names.len() as u32;
        self.gathered.names.push_str(written);
        self.gathered.tokens.push(Token {
            channel: Channel::Resource,
            hash: hash(normal),
            place: (start, self.gathered.names.len() as u32),
        });
    }

    pub(super) fn load(&mut self, element: &Element, attributes: &[&str]) {
        for name in attributes {
            if let Some(url) = attribute(element, name) {
                self.resource(url);
                self.add_link(url, LinkKind::Load);
            }
        }
    }

    pub(super) fn anchor(&mut self, element: &Element) {
        self.part();
        let Some(href) = attribute(element, "href") else {
            return;
        };
        self.link = self.add_link(href, LinkKind::Anchor);
        // Where others can be found names nobody's own resource.
        if host(href).is_none() {
            self.resource(href);
        }
    }

    pub(super) fn add_link(&mut self, url: &str, kind: LinkKind) -> Option<u32> {
        if self.gathered.links.len() >= MOST_LINKS || url.len() > MOST_ATTRIBUTE_BYTES {
            return None;
        }
        self.gathered.links.push(Link {
            host: host(url),
            url: url.to_owned(),
            kind,
        });
        Some(self.gathered.links.len() as u32 - 1)
    }

    pub(super) fn link_element(&mut self, element: &Element) {
        let Some(href) = attribute(element, "href") else {
            return;
        };
        let rel = attribute(element, "rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if rel == "canonical" {
            self.home(href, href);
        } else if rel.contains("stylesheet") || rel.contains("icon") || rel.contains("preload") {
            self.resource(href);
            self.add_link(href, LinkKind::Load);
        }
    }

    pub(super) fn meta(&mut self, element: &Element, tag: Option<(u32, u32)>) {
        let Some(content) = attribute(element, "content") else {
            return;
        };
        let name = attribute(element, "name")
            .or_else(|| attribute(element, "property"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        match name.as_str() {
            "sitename" | "og:site_name" | "application-name" => {
                self.attribute_block(content, tag, Position::SiteName);
            }
            "sitedomain" | "og:url" => self.home(content, content),
            "siteidcode" if self.gathered.site_codes.len() < 4 => {
                self.gathered.site_codes.push(content.trim().to_owned());
            }
            "description" | "keywords" | "og:title" | "og:description" => {
                self.attribute_block(content, tag, Position::Meta);
            }
            _ => {}
        }
    }

    pub(super) fn comment(&mut self, comment: &str) {
        for sign in ["saved from url=", "Mirrored from "] {
            if let Some(found) = comment.find(sign) {
                let rest = &comment[found + sign.len()..];
                let url =
                    rest.trim_start_matches(|c: char| matches!(c, '(' | ')') || c.is_ascii_digit());
                let url = url.split_whitespace().next().unwrap_or_default();
                self.home(url, url);
            }
        }
    }

    fn home(&mut self, url: &str, raw: &str) {
        let host = host(url).or_else(|| host(&format!("//{}", url.trim())));
        if let Some(host) = host
            && self.gathered.homes.len() < 16
        {
            self.gathered.homes.push(Home {
                host,
                raw: raw.trim().to_owned(),
            });
        }
    }

    /// The text right before the walk's place, which labels a field there.
    fn last_words(&self) -> &str {
        let last = self.gathered.nodes.last();
        let (start, end) = last.map_or((0, 0), |node| node.text);
        tail(&self.gathered.text[start as usize..end as usize], 60)
    }

    pub(super) fn input(&mut self, element: &Element, tag: Option<(u32, u32)>) {
        let kind = attribute(element, "type")
            .unwrap_or("text")
            .to_ascii_lowercase();
        if matches!(kind.as_str(), "submit" | "button" | "reset") {
            if let Some(value) = attribute(element, "value") {
                self.attribute_block(value, tag, Position::Button);
            }
            return;
        }
        if let Some(name) = attribute(element, "name")
            && (2..=64).contains(&name.len())
        {
            self.token(&format!("@{}", level_digits(name)), name);
        }
        if kind == "hidden" || self.gathered.inputs.len() >= MOST_LINKS {
            return;
        }
        let mut label = fold_word(self.last_words());
        let text = self.gathered.text.len() as u32;
        if let Some(placeholder) = attribute(element, "placeholder") {
            label.push(' ');
            label.push_str(&fold_word(tail(placeholder, 96)));
            self.attribute_block(placeholder, tag, Position::Field);
        }
        let names = ["name", "id", "v-model", "ng-model"]
            .iter()
            .filter_map(|name| attribute(element, name))
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
            .join(" ");
        self.gathered.inputs.push(Input {
            kind,
            names,
            label,
            form: self.form,
            text,
        });
    }
}

/// An element's attribute. Elements have few, so that looking at each is cheaper than hashing the name.
pub(super) fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    element
        .attrs()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| value)
}

/// The last `bytes` bytes of a text, on a character border.
fn tail(text: &str, bytes: usize) -> &str {
    let mut start = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// The host that a URL names, in lower case.
fn host(url: &str) -> Option<String> {
    let url = url.trim();
    let start = url.find("//")?;
    let scheme = &url[..start];
    if !(scheme.is_empty()
        || scheme.eq_ignore_ascii_case("http:")
        || scheme.eq_ignore_ascii_case("https:"))
    {
        return None;
    }
    let rest = &url[start + 2..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (host.contains('.') && host.len() < 254).then(|| host.trim_end_matches('.').to_lowercase())
}
