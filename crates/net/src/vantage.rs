//! What each vantage sends: the header lines that make a visit look like its visitor.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue,
    REFERER, UPGRADE_INSECURE_REQUESTS, USER_AGENT,
};
use jianwei_model::{HopCause, Vantage};

use crate::{Request, Settings};

/// Where a visitor from a Baidu result comes from.
const BAIDU: &str = "https://www.baidu.com/";

/// The header lines of a request, in the order a browser sends them.
pub(crate) fn headers(request: &Request, host: &str, settings: &Settings) -> HeaderMap {
    let agents = &settings.user_agents;
    let (agent, accept, language) = match request.vantage {
        Vantage::Desktop | Vantage::FromBaidu => (
            &agents.desktop,
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
             image/apng,*/*;q=0.8",
            "zh-CN,zh;q=0.9,en;q=0.8",
        ),
        Vantage::WechatMobile => (
            &agents.wechat_mobile,
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/wxpic,image/webp,\
             image/apng,*/*;q=0.8",
            "zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7",
        ),
        Vantage::SearchBot => (&agents.search_bot, "*/*", "zh-cn,zh-tw"),
    };
    let mut headers = HeaderMap::new();
    let mut add = |name: HeaderName, value: &str| {
        // A value that no header may hold, such as a referrer with a line break, is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    add(HOST, host);
    add(CONNECTION, "keep-alive");
    if request.vantage != Vantage::SearchBot {
        add(UPGRADE_INSECURE_REQUESTS, "1");
    }
    add(USER_AGENT, agent);
    add(ACCEPT, accept);
    if let Some(referrer) = referrer(request) {
        add(REFERER, referrer);
    }
    add(ACCEPT_ENCODING, &settings.accept_encoding);
    add(ACCEPT_LANGUAGE, language);
    headers
}

fn referrer(request: &Request) -> Option<&str> {
    // A browser keeps the first referrer through HTTP redirects; a page that moves on becomes the referrer itself.
    let first = matches!(request.cause, HopCause::Start | HopCause::Http);
    match &request.referrer {
        Some(referrer) => Some(referrer),
        None if first && request.vantage == Vantage::FromBaidu => Some(BAIDU),
        None => None,
    }
}
