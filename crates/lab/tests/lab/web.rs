//! What the web servers serve.

use std::io::Read as _;

use flate2::read::GzDecoder;
use jianwei_lab::Lab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{get, get_with};

#[tokio::test]
async fn every_site_shows_the_page_that_decides() {
    let lab = Lab::start().await.unwrap();
    let truth = lab.truth();
    let all = [
        &truth.official,
        &truth.fakes,
        &truth.sellers,
        &truth.innocents,
    ];
    for site in all.into_iter().flatten() {
        let trusted = !site.url.contains("aqscks-lj");
        let url = if trusted {
            site.url.clone()
        } else {
            site.url.replace("https", "http")
        };
        let answer = get(lab.addresses(), lab.authority_pem(), &url).await;
        assert_eq!(answer.status, 200, "{url}");
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("text/html"),
            "{url}"
        );
        let (text, _, _) = encoding_rs::GB18030.decode(&answer.body);
        let page = String::from_utf8(answer.body.clone()).unwrap_or_else(|_| text.into_owned());
        assert!(page.contains("<title>") && page.len() > 500, "{url}");
        for path in &site.indexed {
            let path = path.replace("https://www.aqscks-lj", "http://www.aqscks-lj");
            assert_eq!(
                get(lab.addresses(), lab.authority_pem(), &path)
                    .await
                    .status,
                200,
                "{path}"
            );
        }
    }
    assert!(!lab.canary_touched());
}

#[tokio::test]
async fn queries_choose_pages_and_the_sheet_stays_inside() {
    let lab = Lab::start().await.unwrap();
    let fetch = async |url: &str| get(lab.addresses(), lab.authority_pem(), url).await;
    let query = "http://cx.anquan.gov.test/cms/html/zsQuery/zsQuery.do?method=";
    assert!(
        fetch(&format!("{query}getZsQueryIndex&ref=ch"))
            .await
            .text()
            .contains("看不清？换一张")
    );
    assert!(
        fetch(&format!("{query}getZsQueryResult&zsnum=1"))
            .await
            .text()
            .contains("没有查到您所要的证书信息")
    );
    let record = lab
        .truth()
        .fakes
        .into_iter()
        .find(|fake| fake.kind == "result_page")
        .unwrap();
    assert!(fetch(&record.url).await.text().contains("该证书真实有效"));
    assert!(
        !fetch(&format!("{}9", &record.url[..record.url.len() - 1]))
            .await
            .text()
            .contains("真实有效")
    );
    for missing in [
        "http://cx.anquan.gov.test/site.toml",
        "http://cx.anquan.gov.test/none",
        "http://nobody.example/",
    ] {
        assert_eq!(fetch(missing).await.status, 404, "{missing}");
    }
    assert!(
        fetch("http://blog.tingyu.example/robots.txt")
            .await
            .text()
            .contains("Disallow: /")
    );
    let portal =
        fetch("https://zscx.anquan.gov.test/prod-api/zssearch/zsInfo/netQuery?name=x").await;
    assert!(portal.text().contains("没有查询到相关证件信息"));
    assert_eq!(lab.hits()[&record.url], 1);
}

#[tokio::test]
async fn the_seller_s_sample_carries_a_code_to_the_fake_record() {
    let lab = Lab::start().await.unwrap();
    let code = get(
        lab.addresses(),
        lab.authority_pem(),
        "http://diangongzheng.daibanwang.example/img/yangben-erweima.svg",
    )
    .await;
    assert_eq!(code.header("content-type"), Some("image/svg+xml"));
    let truth = lab.truth();
    let record = truth
        .fakes
        .iter()
        .find(|fake| fake.kind == "result_page")
        .unwrap();
    let expected = qrcode::QrCode::new(&record.url).unwrap();
    let drawn = expected
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(180, 180)
        .dark_color(qrcode::render::svg::Color("#000000"))
        .light_color(qrcode::render::svg::Color("#ffffff"))
        .build();
    assert!(code.text() == drawn, "the code does not say {}", record.url);
}

#[tokio::test]
async fn charsets_lie_as_the_sheets_say() {
    let lab = Lab::start().await.unwrap();
    let gbk = get(
        lab.addresses(),
        lab.authority_pem(),
        "http://www.qsyjj-zs.example/",
    )
    .await;
    assert_eq!(gbk.header("content-type"), Some("text/html"));
    assert!(std::str::from_utf8(&gbk.body).is_err());
    let (text, _, broken) = encoding_rs::GBK.decode(&gbk.body);
    assert!(!broken && text.contains("charset=gb2312") && text.contains("青山市应急管理局"));
    let lie = get(
        lab.addresses(),
        lab.authority_pem(),
        "http://tiku.tezhongks.example/",
    )
    .await;
    assert!(lie.text().contains("charset=gb2312"));
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_ask() {
    let lab = Lab::start().await.unwrap();
    let url = lab
        .truth()
        .innocents
        .into_iter()
        .find(|site| site.kind == "news")
        .unwrap()
        .url;
    let plain = get(lab.addresses(), lab.authority_pem(), &url).await;
    assert_eq!(plain.header("content-encoding"), None);
    let small = get_with(
        lab.addresses(),
        lab.authority_pem(),
        &url,
        "Accept-Encoding: gzip\r\n",
    )
    .await
    .unwrap();
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(&small.body[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert!(unpacked == plain.body && small.body.len() < plain.body.len());
}

#[tokio::test]
async fn a_fake_hides_behind_three_kinds_of_redirect() {
    let lab = Lab::start().await.unwrap();
    let fetch = async |url: &str| get(lab.addresses(), lab.authority_pem(), url).await;
    let first = fetch("http://www.lhyjglj-chaxun.example/").await;
    assert_eq!(
        (first.status, first.header("location")),
        (302, Some("/in.html"))
    );
    let second = fetch("http://www.lhyjglj-chaxun.example/in.html")
        .await
        .text();
    assert!(
        second.contains("http-equiv=\"refresh\"")
            && second.contains("http://t.tiaodao.example/j.html")
    );
    let third = fetch("http://t.tiaodao.example/j.html").await.text();
    assert!(third.contains("window.location.href = \"http://cx.lhsaqks.example/\""));
    assert!(
        fetch("http://cx.lhsaqks.example/")
            .await
            .text()
            .contains("绿河市应急管理局")
    );
}

#[tokio::test]
async fn certificates_are_the_authority_s_or_a_site_s_own() {
    let lab = Lab::start().await.unwrap();
    let fetch = async |url: &str| get_with(lab.addresses(), lab.authority_pem(), url, "").await;
    assert_eq!(
        fetch("https://zscx.anquan.gov.test/").await.unwrap().status,
        200
    );
    let own = fetch("https://www.aqscks-lj.example/").await.unwrap_err();
    assert!(
        own.to_string().contains("invalid peer certificate"),
        "{own}"
    );
}

#[tokio::test]
async fn the_tar_pit_drips_without_saying_how_much() {
    let lab = Lab::start().await.unwrap();
    let mut stream = TcpStream::connect(lab.addresses().http).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: man.nijiang.example\r\n\r\n")
        .await
        .unwrap();
    let mut got = Vec::new();
    while !got.ends_with(b"<\r\n") {
        got.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(got).unwrap();
    assert!(head.contains("transfer-encoding: chunked") && !head.contains("content-length"));
}

#[tokio::test]
async fn the_bomb_is_small_on_the_wire() {
    let lab = Lab::start().await.unwrap();
    let bomb = get(
        lab.addresses(),
        lab.authority_pem(),
        "http://da.yasuobao.example/",
    )
    .await;
    assert_eq!(bomb.header("content-encoding"), Some("gzip"));
    assert!(bomb.body.len() < 1 << 20, "{}", bomb.body.len());
    let size = std::io::copy(&mut GzDecoder::new(&bomb.body[..]), &mut std::io::sink()).unwrap();
    assert_eq!(size, 96 << 20);
}

#[tokio::test]
async fn the_loop_comes_back_to_its_start() {
    let lab = Lab::start().await.unwrap();
    let mut url = "http://raoquan.huizhuan.example/".to_owned();
    let start = url.clone();
    for _ in 0..3 {
        let answer = get(lab.addresses(), lab.authority_pem(), &url).await;
        let to = answer.header("location").unwrap();
        url = if to.starts_with('/') {
            start.trim_end_matches('/').to_owned() + to
        } else {
            to.to_owned()
        };
    }
    assert_eq!(url, start);
}

#[tokio::test]
async fn the_canary_tells_of_a_visitor_who_has_already_left() {
    let lab = Lab::start().await.unwrap();
    assert!(!lab.canary_touched());
    drop(TcpStream::connect(lab.addresses().canary).await.unwrap());
    assert!(lab.canary_touched() && lab.canary_touched());
    let other = std::net::SocketAddr::from(([127, 0, 0, 2], lab.addresses().https.port()));
    assert!(TcpStream::connect(other).await.is_ok());
}
