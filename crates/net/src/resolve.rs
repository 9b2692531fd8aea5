//! Names to addresses: found, gone, or not known.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ResolverOpts,
};
use hickory_resolver::lookup_ip::LookupIp;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::system_conf::read_system_conf;
use jianwei_model::Resolution;

use crate::{Error, Failure, Settings, now};

/// Answers are trusted no longer than this, whatever their TTL says, so that a site's move is seen.
const LONGEST_TTL: Duration = Duration::from_secs(600);
/// Addresses and aliases kept of one answer.
const MOST_RECORDS: usize = 32;

/// Asks the configured servers, after the configured hosts.
pub(crate) struct Resolver {
    exact: BTreeMap<String, Vec<IpAddr>>,
    // `.farm.test` with its addresses; the longest suffix wins.
    suffixes: Vec<(String, Vec<IpAddr>)>,
    asked: TokioResolver,
    servers: String,
    patience: Duration,
}

impl Resolver {
    pub(crate) fn open(settings: &Settings) -> Result<Self, Error> {
        let (exact, suffixes) = static_hosts(settings)?;
        let name_servers = name_servers(settings)?;
        let servers = name_servers
            .iter()
            .flat_map(|server| server.connections.iter().map(|c| (server.ip, c.port)))
            .map(|(ip, port)| std::net::SocketAddr::new(ip, port).to_string())
            .collect::<std::collections::BTreeSet<_>>();
        let servers = servers.into_iter().collect::<Vec<_>>().join(", ");
        let timeout = Duration::from_millis(settings.resolve_timeout_ms);
        let mut options = ResolverOpts::default();
        options.timeout = timeout;
        // Counted besides the first try.
        options.attempts = 1;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.use_hosts_file = ResolveHosts::Never;
        options.preserve_intermediates = true;
        options.cache_size = 16_384;
        options.positive_max_ttl = Some(LONGEST_TTL);
        options.negative_max_ttl = Some(LONGEST_TTL);
        let config = ResolverConfig::from_parts(None, Vec::new(), name_servers);
        let asked = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build()
            .map_err(|error| Error::NameServers {
                reason: error.to_string(),
            })?;
        Ok(Self {
            exact,
            suffixes,
            asked,
            servers,
            patience: timeout * 3,
        })
    }

    /// The addresses of `host`, a lower-case ASCII name without a final dot.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Resolution, Failure> {
        if let Some(addresses) = self.configured(host) {
            if addresses.is_empty() {
                return Err(Failure::NameNotFound);
            }
            return Ok(Resolution {
                name: host.to_owned(),
                server: "static".into(),
                addresses: addresses.to_vec(),
                aliases: Vec::new(),
                ttl_seconds: 0,
                at: now(),
            });
        }
        let at = now();
        // The final dot keeps search lists out.
        let name = Name::from_ascii(format!("{host}.")).map_err(|error| Failure::Resolve {
            reason: error.to_string(),
        })?;
        let looked_up = tokio::time::timeout(self.patience, self.asked.lookup_ip(name));
        match looked_up.await {
            Err(_) => Err(Failure::Timeout { stage: "resolving" }),
            Ok(Err(error)) if error.is_nx_domain() => Err(Failure::NameNotFound),
            Ok(Err(error)) if error.is_no_records_found() => Err(Failure::Resolve {
                reason: "the name has no address".into(),
            }),
            Ok(Err(error)) => Err(Failure::Resolve {
                reason: error.to_string(),
            }),
            Ok(Ok(found)) => Ok(Resolution {
                server: self.servers.clone(),
                at,
                ..resolution(host, &found)
            }),
        }
    }

    fn configured(&self, host: &str) -> Option<&[IpAddr]> {
        let by_suffix = || {
            let found = self
                .suffixes
                .iter()
                .find(|(suffix, _)| host.ends_with(suffix));
            found.map(|(_, addresses)| addresses)
        };
        self.exact.get(host).or_else(by_suffix).map(Vec::as_slice)
    }
}

fn resolution(host: &str, found: &LookupIp) -> Resolution {
    let answers = found.as_lookup().answers();
    let mut aliases: Vec<String> = Vec::new();
    for record in answers {
        if let RData::CNAME(alias) = &record.data {
            let alias = alias.0.to_ascii().trim_end_matches('.').to_owned();
            if !aliases.contains(&alias) && aliases.len() < MOST_RECORDS {
                aliases.push(alias);
            }
        }
    }
    Resolution {
        name: host.to_owned(),
        server: String::new(),
        addresses: found.iter().take(MOST_RECORDS).collect(),
        aliases,
        ttl_seconds: answers.iter().map(|record| record.ttl).min().unwrap_or(0),
        at: now(),
    }
}

type StaticHosts = (BTreeMap<String, Vec<IpAddr>>, Vec<(String, Vec<IpAddr>)>);

fn static_hosts(settings: &Settings) -> Result<StaticHosts, Error> {
    let mut exact = BTreeMap::new();
    let mut suffixes = Vec::new();
    for (pattern, addresses) in &settings.static_hosts {
        let name = pattern.strip_prefix("*.").unwrap_or(pattern);
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.is_empty() || !name.is_ascii() || name.contains(['*', '/', ':', ' ']) {
            return Err(Error::Setting {
                key: "static_hosts",
                reason: format!("`{pattern}` is not a host name or `*.` and a suffix in ASCII"),
            });
        }
        if pattern.starts_with("*.") {
            suffixes.push((format!(".{name}"), addresses.clone()));
        } else {
            exact.insert(name, addresses.clone());
        }
    }
    suffixes.sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
    Ok((exact, suffixes))
}

fn name_servers(settings: &Settings) -> Result<Vec<NameServerConfig>, Error> {
    if settings.dns_servers.is_empty() {
        return match read_system_conf() {
            Ok((config, _)) => Ok(config.name_servers),
            Err(error) => Err(Error::NameServers {
                reason: error.to_string(),
            }),
        };
    }
    let configured = settings.dns_servers.iter().map(|server| {
        let mut udp = ConnectionConfig::udp();
        udp.port = server.port();
        let mut tcp = ConnectionConfig::tcp();
        tcp.port = server.port();
        NameServerConfig::new(server.ip(), true, vec![udp, tcp])
    });
    Ok(configured.collect())
}
