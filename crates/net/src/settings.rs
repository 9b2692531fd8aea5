//! The `[net]` section of the configuration.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use jianwei_model::Vantage;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::AddressRange;

/// How the outward side resolves, what it refuses, and how long and how much it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Name servers to ask, as `address:port`; none means those of the system.
    pub dns_servers: Vec<SocketAddr>,
    /// Names answered without asking: exact (`a.test`) or a whole suffix (`*.farm.test`); an empty list of addresses
    /// means that the name does not exist. The addresses are checked like any other.
    pub static_hosts: BTreeMap<String, Vec<IpAddr>>,
    /// Forbidden ranges that are to be reached nevertheless, such as `127.0.0.1/32` for a lab.
    pub allow: Vec<AddressRange>,
    /// Ranges refused on top of the built-in ones; wins over `allow`.
    pub deny: Vec<AddressRange>,
    /// Ports a crawled URL may name.
    pub ports: Vec<u16>,
    /// For labs: a URL's port (left) is dialled at another (right).
    #[serde(deserialize_with = "port_map_in", serialize_with = "port_map_out")]
    pub port_map: BTreeMap<u16, u16>,
    /// Milliseconds one try at resolving a name may take; there are two tries.
    pub resolve_timeout_ms: u64,
    /// Milliseconds a connection to one address may take.
    pub connect_timeout_ms: u64,
    /// Milliseconds from the sent request to the end of the answer's head.
    pub answer_timeout_ms: u64,
    /// Milliseconds of silence after which a body is given up.
    pub idle_timeout_ms: u64,
    /// Milliseconds a whole hop may take.
    pub total_timeout_ms: u64,
    /// Bytes of an answer's head that are read.
    pub max_head_bytes: usize,
    /// Header lines of an answer that are read.
    pub max_headers: usize,
    /// Bytes of a body that are read, before decompression.
    pub max_body_bytes: usize,
    /// Bytes of a body that are kept after decompression.
    pub max_decoded_bytes: usize,
    /// How many times its size a body of more than 1 MiB may grow in decompression.
    pub max_ratio: u64,
    /// The `Accept-Encoding` that is sent; whatever comes is decoded.
    pub accept_encoding: String,
    /// How visits present themselves.
    pub user_agents: UserAgents,
    /// The browser that renders pages.
    pub browser: BrowserSettings,
}

/// The `User-Agent` of each kind of visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserAgents {
    /// A desktop browser, also when it comes from a Baidu result.
    pub desktop: String,
    /// WeChat's browser on a phone.
    pub wechat_mobile: String,
    /// Baidu's crawler.
    pub search_bot: String,
}

/// Where the browser is and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrowserSettings {
    /// Whether pages are rendered where a browser is found.
    pub enabled: bool,
    /// The browser's executable; none means the first Chromium found on the system.
    pub path: Option<PathBuf>,
    /// Milliseconds the browser may take to start.
    pub launch_timeout_ms: u64,
    /// Milliseconds a page may take from opening to screenshot.
    pub page_timeout_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dns_servers: Vec::new(),
            static_hosts: BTreeMap::new(),
            allow: Vec::new(),
            deny: Vec::new(),
            ports: vec![
                80, 81, 82, 88, 443, 888, 8000, 8001, 8008, 8080, 8081, 8088, 8090, 8181, 8443,
                8800, 8888, 9000, 9080, 9090, 9443, 9999,
            ],
            port_map: BTreeMap::new(),
            resolve_timeout_ms: 2_000,
            connect_timeout_ms: 5_000,
            answer_timeout_ms: 15_000,
            idle_timeout_ms: 10_000,
            total_timeout_ms: 30_000,
            max_head_bytes: 64 << 10,
            max_headers: 400,
            max_body_bytes: 2 << 20,
            max_decoded_bytes: 8 << 20,
            max_ratio: 200,
            accept_encoding: "identity".into(),
            user_agents: UserAgents::default(),
            browser: BrowserSettings::default(),
        }
    }
}

impl UserAgents {
    /// How a visit from `vantage` presents itself.
    #[must_use]
    pub fn of(&self, vantage: Vantage) -> &str {
        match vantage {
            Vantage::Desktop | Vantage::FromBaidu => &self.desktop,
            Vantage::WechatMobile => &self.wechat_mobile,
            Vantage::SearchBot => &self.search_bot,
        }
    }
}

impl Default for UserAgents {
    fn default() -> Self {
        Self {
            desktop: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                      (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
                .into(),
            wechat_mobile: "Mozilla/5.0 (Linux; Android 14; V2302A Build/UP1A.231005.007; wv) \
                            AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                            Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300333 \
                            MMWEBSDK/20250201 MicroMessenger/8.0.58.2841(0x28003A51) WeChat/arm64 \
                            Weixin NetType/WIFI Language/zh_CN ABI/arm64"
                .into(),
            search_bot: "Mozilla/5.0 (compatible; Baiduspider/2.0; \
                         +http://www.baidu.com/search/spider.html)"
                .into(),
        }
    }
}

impl Default for BrowserSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            path: None,
            launch_timeout_ms: 15_000,
            page_timeout_ms: 20_000,
        }
    }
}

// Keys of TOML tables and JSON objects are text, so ports are read from and written as text there.
fn port_map_in<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<u16, u16>, D::Error> {
    BTreeMap::<String, u16>::deserialize(from)?
        .into_iter()
        .map(|(port, to)| match port.parse() {
            Ok(port) => Ok((port, to)),
            Err(_) => Err(de::Error::custom(format!("`{port}` is not a port number"))),
        })
        .collect()
}

fn port_map_out<S: Serializer>(map: &BTreeMap<u16, u16>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(map.iter().map(|(port, to)| (port.to_string(), to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back_and_refuse_what_they_do_not_know() {
        let mut settings = Settings::default();
        settings.port_map.insert(80, 18080);
        settings.allow.push("127.0.0.1/32".parse().unwrap());
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
        for bad in [
            r#"{"dns_server": []}"#,
            r#"{"port_map": {"http": 1}}"#,
            r#"{"allow": ["127.0.0.1/33"]}"#,
            r#"{"browser": {"headless": true}}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(bad).is_err(), "{bad}");
        }
    }
}
