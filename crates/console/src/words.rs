//! The Chinese words for what the machine names shortly: its steps, its signals, its failures and proofs of delivery.

/// A step of the journey.
pub(crate) fn step(name: &str) -> String {
    match name {
        "discover" => "系统·发现".into(),
        "screen" => "系统·初筛".into(),
        "admit" => "系统·收录".into(),
        "visit" => "系统·采集".into(),
        "assess" => "系统·研判".into(),
        "open" => "系统·立案".into(),
        "seal" => "系统·封存".into(),
        "draft" => "系统·拟函".into(),
        "dispatch" => "系统·发送".into(),
        "regulator" => "监管端".into(),
        other => format!("系统·{other}"),
    }
}

/// A signal, as the heading of what it found.
pub(crate) fn signal(name: &str) -> &str {
    match name {
        "certificate_result" => "仿造查询结果",
        "claim" => "冒用名义",
        "clone" => "照搬页面",
        "footer_contradiction" => "页脚矛盾",
        "foreign_home" => "镜像痕迹",
        "foreign_mark" => "盗用标识",
        "link_directory" => "网址导航",
        "lookalike_host" => "仿冒域名",
        "lookup_form" => "查询表单",
        "lookup_paths" => "查询接口",
        "negative_context" => "打击警示用语",
        "obfuscation" => "规避过滤",
        "official_host" => "官方域名",
        "official_resources" => "调用官网资源",
        "ordinary_trade" => "普通经营",
        "prior" => "起评",
        "reported_speech" => "报道行文",
        "second_domain" => "官方认可域名",
        "seller_contact" => "联系方式",
        "seller_intent" => "招揽用语",
        "seller_price" => "标价",
        "several_ministries" => "跨部门查询",
        "training_school" => "培训考试",
        other => other,
    }
}

/// Which score a signal bears on.
pub(crate) fn channel(name: &str) -> &str {
    match name {
        "fake_government_site" => "假冒",
        "certificate_sale" => "售假",
        other => other,
    }
}

/// Why something could not be had; the technical remainder stays as it was said.
pub(crate) fn failure(reason: &str) -> String {
    const KNOWN: [(&str, &str); 16] = [
        ("the name does not exist", "域名不存在"),
        ("the name could not be resolved", "域名无法解析"),
        ("the address ", "地址不允许访问"),
        ("the target is refused", "目标不允许访问"),
        ("timed out", "访问超时"),
        ("could not connect", "无法连接"),
        ("the TLS handshake failed", "TLS 握手失败"),
        ("the answer is broken", "应答不合规范"),
        ("the answer passes the limit", "应答超出大小限制"),
        ("not rendered", "没有用浏览器渲染"),
        (
            "switched off in the configuration",
            "浏览器渲染已在配置中关闭",
        ),
        ("no Chromium is installed", "本机没有安装浏览器"),
        ("no browser", "没有可用的浏览器"),
        ("disconnect", "连接中断"),
        ("length", "超出长度限制"),
        ("time", "超出时间限制"),
    ];
    let found = KNOWN
        .iter()
        .find_map(|(english, chinese)| Some((chinese, reason.strip_prefix(english)?)));
    let Some((chinese, rest)) = found else {
        return reason.to_owned();
    };
    match rest.trim_start_matches([':', ' ']) {
        "" => (*chinese).to_owned(),
        rest => format!("{chinese}（{rest}）"),
    }
}

/// What is wrong with a server's certificate, as the TLS library names it.
pub(crate) fn tls_fault(fault: &str) -> String {
    let chinese = match fault {
        "UnknownIssuer" => "签发者不受信任",
        fault if fault.starts_with("Expired") => "证书已过期",
        fault if fault.starts_with("NotValidYet") => "证书尚未生效",
        fault if fault.starts_with("NotValidForName") => "证书与域名不符",
        fault if fault.starts_with("Revoked") => "证书已吊销",
        "BadSignature" => "证书签名不成立",
        other => return other.to_owned(),
    };
    format!("{chinese}（{fault}）")
}

/// The proof of a delivery: the other server's words, or where the file was put.
pub(crate) fn proof_words(proof: &str) -> String {
    if proof.starts_with("queue `") {
        return "已放入监管端报送队列".into();
    }
    match proof.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("对方服务器答复“{proof}”"),
        false => proof.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said_in_chinese_and_the_rest_as_it_was() {
        assert_eq!(failure("the name does not exist"), "域名不存在");
        assert_eq!(failure("could not connect: refused"), "无法连接（refused）");
        assert_eq!(failure("status 404"), "status 404");
        assert_eq!(
            tls_fault("UnknownIssuer"),
            "签发者不受信任（UnknownIssuer）"
        );
        assert_eq!(proof_words("queue `regulator`"), "已放入监管端报送队列");
        assert_eq!(proof_words("250 ok"), "对方服务器答复“250 ok”");
        assert_eq!(proof_words("out/1.eml"), "out/1.eml");
    }
}
