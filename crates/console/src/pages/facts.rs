//! The facts of a case: address, redirects, name resolution, TLS, charset, times; and where the site was found.

use jianwei_model::{Hop, HopCause, Lead, LeadOrigin, Outcome, TlsFacts, Vantage, Visit};

use crate::dossier::Dossier;
use crate::shown::{beijing, beijing_exact, defanged, size};
use crate::words::{failure, tls_fault};

/// The facts of a case.
pub(crate) struct Facts {
    pub(crate) url: String,
    pub(crate) outcome: String,
    pub(crate) when: String,
    pub(crate) vantage: &'static str,
    pub(crate) hops: Vec<HopLine>,
    /// Further facts by name.
    pub(crate) more: Vec<(&'static str, String)>,
}

/// One step of the redirect chain.
pub(crate) struct HopLine {
    pub(crate) status: String,
    pub(crate) url: String,
    pub(crate) detail: String,
}

impl Facts {
    pub(crate) fn of(dossier: &Dossier) -> Self {
        let url = defanged(&dossier.case.url);
        let Some(visit) = &dossier.visit else {
            return Self {
                url,
                outcome: "没有采集记录".into(),
                when: beijing(dossier.case.opened),
                vantage: "立案时间",
                hops: Vec::new(),
                more: Vec::new(),
            };
        };
        Self {
            url,
            outcome: outcome(&visit.outcome),
            when: beijing_exact(visit.started),
            vantage: vantage(visit.vantage),
            hops: visit.hops.iter().map(HopLine::of).collect(),
            more: more(visit),
        }
    }
}

/// Where a site was found, by name of the fact.
pub(crate) fn lead_facts(lead: Option<&Lead>) -> Vec<(&'static str, String)> {
    let Some(lead) = lead else {
        return Vec::new();
    };
    let mut facts = match &lead.origin {
        LeadOrigin::Search {
            source,
            query,
            rank,
            title,
            snippet,
        } => vec![
            ("来源", format!("搜索引擎 {source}")),
            ("检索词", query.clone()),
            ("位次", format!("第 {rank} 位")),
            ("标题", title.clone()),
            ("摘要", snippet.clone()),
        ],
        LeadOrigin::List { source, line } => vec![
            ("来源", format!("域名清单 {source}")),
            ("位置", format!("第 {line} 行")),
        ],
        LeadOrigin::Tip { from } => vec![("来源", "举报".into()), ("提供者", from.clone())],
    };
    facts.push(("发现", beijing(lead.found)));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

fn more(visit: &Visit) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let Some(last) = visit.hops.last() else {
        return facts;
    };
    if let Some(resolution) = &last.resolution {
        let addresses: Vec<_> = resolution
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut text = format!("{} → {}", resolution.name, addresses.join("、"));
        if !resolution.aliases.is_empty() {
            text.push_str(&format!("，别名 {}", resolution.aliases.join("、")));
        }
        text.push_str(&format!(
            "（{}，TTL {} 秒）",
            resolution.server, resolution.ttl_seconds
        ));
        facts.push(("域名解析", text));
    }
    if let Some(peer) = last.peer {
        facts.push(("应答地址", peer.to_string()));
    }
    facts.push(("证书", last.tls.as_ref().map_or("未使用 TLS".into(), tls)));
    if let Some(document) = &visit.document {
        let from = match document.charset_from.as_str() {
            "bom" => "字节序标记",
            "header" => "响应头",
            "meta" => "页面声明",
            "detected" => "检测",
            "detected against declaration" => "检测，与声明不符",
            other => other,
        };
        facts.push((
            "编码",
            format!(
                "{}（据{from}），{}",
                document.charset,
                size(document.text.bytes)
            ),
        ));
    }
    facts
}

impl HopLine {
    fn of(hop: &Hop) -> Self {
        let cause = match hop.cause {
            HopCause::Start => "起点",
            HopCause::Http => "HTTP 跳转",
            HopCause::MetaRefresh => "meta 刷新",
            HopCause::Script => "脚本跳转",
        };
        let mut detail = format!("{cause}，{} 毫秒", hop.elapsed_ms);
        if let Some(body) = &hop.body {
            detail.push_str(&format!("，{}", size(body.bytes)));
        }
        if let Some(why) = &hop.truncated {
            detail.push_str(&format!("，未取全（{}）", failure(why)));
        }
        Self {
            status: hop.status.map_or("—".into(), |status| status.to_string()),
            url: defanged(&hop.url),
            detail,
        }
    }
}

fn tls(facts: &TlsFacts) -> String {
    let verdict = match &facts.fault {
        None => "验证通过".to_owned(),
        Some(fault) => format!("验证不通过：{}", tls_fault(fault)),
    };
    let mut text = format!(
        "{verdict}；{}；主体 {}；签发 {}",
        facts.version.to_uppercase().replace('/', " "),
        facts.subject,
        facts.issuer
    );
    if let (Some(from), Some(until)) = (facts.not_before, facts.not_after) {
        text.push_str(&format!(
            "；有效期 {} 至 {}",
            &beijing(from)[..10],
            &beijing(until)[..10]
        ));
    }
    text
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Live => "可以访问".into(),
        Outcome::Gone { reason } => format!("已不存在：{}", failure(reason)),
        Outcome::Unknown { reason } => format!("无法得知：{}", failure(reason)),
    }
}

fn vantage(vantage: Vantage) -> &'static str {
    match vantage {
        Vantage::Desktop => "桌面浏览器视角",
        Vantage::WechatMobile => "微信手机视角",
        Vantage::SearchBot => "搜索爬虫视角",
        Vantage::FromBaidu => "百度来路视角",
    }
}
