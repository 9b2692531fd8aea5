//! Invented sites: what they are like, and what an assessment finds on them.

use jianwei_model::{
    Assessment, Class, Contact, ContactKind, Decision, Finding, Mark, MarkKind, ReferenceMatch,
    Scores,
};

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Unsealed,
    Suspected,
    Dismissed,
    Confirmed,
    Approved,
    Sent,
    Acknowledged,
    Disposed,
}

/// What one invented site is like.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) host: String,
    pub(crate) class: Class,
    pub(crate) score: f64,
    pub(crate) stage: Stage,
    pub(crate) title: String,
    pub(crate) organisation: Option<&'static str>,
    pub(crate) query: String,
    pub(crate) snippet: String,
    pub(crate) excerpt: String,
    pub(crate) contact: String,
    pub(crate) screenshot: Option<Vec<u8>>,
}

impl Site {
    pub(crate) fn new(host: &str, class: Class, score: f64, stage: Stage) -> Self {
        let fake = matches!(class, Class::FakeGovernmentSite | Class::Both);
        Self {
            host: host.into(),
            class,
            score,
            stage,
            title: if fake {
                "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"
            } else {
                "焊工证电工证快速办理 - 全国联网可查"
            }
            .into(),
            organisation: fake.then_some("应急管理部"),
            query: if fake {
                "特种作业操作证查询 官网"
            } else {
                "焊工证 代办 免考"
            }
            .into(),
            snippet: "输入姓名和证件号码即可查询，支持扫码验证，查询结果全国通用……".into(),
            excerpt: if fake {
                "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"
            } else {
                "无需考试，三天出证，网上可查，先验证后付款，加微信"
            }
            .into(),
            contact: "zhengjian8866".into(),
            screenshot: None,
        }
    }
}

fn finding(reason: &str, signal: &str, numbers: (f64, f64), excerpt: &str) -> Finding {
    let channel = match signal {
        "seller_intent" | "contacts" => "certificate_sale",
        _ => "fake_government_site",
    };
    Finding {
        signal: signal.into(),
        channel: channel.into(),
        value: numbers.0,
        weight: numbers.1,
        contribution: numbers.0 * numbers.1,
        reason: reason.into(),
        excerpt: excerpt.into(),
        offset: (signal != "lookalike_host").then_some(1284),
    }
}

fn findings(site: &Site) -> Vec<Finding> {
    let sells = matches!(site.class, Class::CertificateSale | Class::Both);
    let fakes = site.organisation.is_some();
    let mut findings = Vec::new();
    if fakes {
        findings.extend([
            finding(
                "页面文字与应急管理部查询平台大段相同，该站独有词命中 37 个",
                "clone",
                (0.91, 4.2),
                &site.excerpt,
            ),
            finding(
                "标题自称为官方查询平台，域名不属该机关",
                "claim",
                (1.0, 2.1),
                &site.title,
            ),
            finding(
                "主机名与 cx.yjgl.gov.test 相似：插入后缀",
                "lookalike_host",
                (0.84, 1.9),
                &site.host,
            ),
            finding(
                "有证件号码加姓名的查询表单",
                "lookup_form",
                (1.0, 0.8),
                "<input name=\"sfzh\" placeholder=\"证件号码\">",
            ),
        ]);
    }
    if sells {
        findings.extend([
            finding(
                "在相邻的字句里同时出现证书名称与出售用语",
                "seller_intent",
                (0.95, 3.6),
                &site.excerpt,
            ),
            finding(
                "留有微信联系方式",
                "contacts",
                (1.0, 0.9),
                &format!("加微信 {}", site.contact),
            ),
        ]);
    }
    findings.push(finding(
        "页面引用了防骗提示的用语",
        "quotes",
        (0.4, -1.2),
        "谨防上当受骗，请认准官方渠道",
    ));
    findings.push(finding(
        "页脚有备案号，归属未核实",
        "icp",
        (0.3, -0.5),
        "京ICP备00000000号-1",
    ));
    findings
}

pub(crate) fn assessment(site: &Site) -> Assessment {
    let sells = matches!(site.class, Class::CertificateSale | Class::Both);
    let fakes = site.organisation.is_some();
    Assessment {
        class: site.class,
        scores: Scores {
            fake_government_site: if fakes { site.score } else { 0.06 },
            certificate_sale: if sells { site.score * 0.96 } else { 0.11 },
        },
        decision: match site.score {
            0.8.. => Decision::High,
            0.3.. => Decision::Review,
            _ => Decision::None,
        },
        reference: site.organisation.map(|organisation| ReferenceMatch {
            organisation: organisation.into(),
            url: "https://cx.yjgl.gov.test/".into(),
            score: (site.score * 0.97).min(1.0),
        }),
        findings: findings(site),
        contacts: vec![
            Contact {
                kind: ContactKind::Wechat,
                value: site.contact.clone(),
                excerpt: format!("微信：{}", site.contact),
                offset: 2210,
            },
            Contact {
                kind: ContactKind::Mobile,
                value: "13000000000".into(),
                excerpt: "130-0000-0000".into(),
                offset: 2290,
            },
        ],
        marks: vec![
            Mark {
                kind: MarkKind::Icp,
                value: "京ICP备00000000号-1".into(),
            },
            Mark {
                kind: MarkKind::SiteCode,
                value: "bm00000001".into(),
            },
        ],
    }
}

/// The official page.
pub(crate) const OFFICIAL: &str = r#"<!doctype html><html><head><title>特种作业操作证及安全生产知识和管理能力考核合格信息查询平台</title></head><body>
<h1>特种作业操作证及安全生产知识和管理能力考核合格信息查询平台</h1>
<p>首页</p><p>证书查询</p><p>考核机构</p><p>常见问题</p>
<h2>证书查询</h2><form><label>证件类型</label><select><option>身份证</option></select><label>证件号码</label><input><label>姓名</label><input><button>查询</button></form>
<p>说明：请输入持证人的证件号码与姓名，查询结果以本平台为准。</p>
<p>本平台提供全国特种作业操作证、安全生产知识和管理能力考核合格证的信息查询。</p>
<p>如对查询结果有异议，请与发证机关联系。</p>
<p>主办单位：应急管理部　网站标识码：bm00000001　京ICP备00000000号-1</p></body></html>"#;

pub(crate) const SUSPECT: &str = r#"<!doctype html><html><head><title>{TITLE}</title><script>var a = "<p>not shown</p>";</script></head><body>
<h1>{TITLE}</h1>
<p>首页</p><p>证书查询</p><p>扫码验证</p>
<h2>证书查询</h2><form><label>证件类型</label><select><option>身份证</option></select><label>证件号码</label><input name="sfzh"><label>姓名</label><input><button>查询</button></form>
<p>说明：请输入持证人的证件号码与姓名，查询结果以本平台为准。</p>
<p>本平台提供全国特种作业操作证、安全生产知识和管理能力考核合格证的信息查询。</p>
<p>{EXCERPT}</p>
<p>在线客服，当日办结，全国通用。</p>
<p>主办单位：应急管理部　网站标识码：bm00000001　京ICP备00000000号-1</p></body></html>"#;
