//! What the search engine finds.

use std::collections::BTreeSet;

use jianwei_lab::Lab;
use serde_json::Value;

use crate::client::get;

/// Queries as an analyst's seeds would make them: official names, and certificate x verb x region.
const QUERIES: &[&str] = &[
    "特种作业操作证查询 官网",
    "临江省特种作业操作证查询平台",
    "临江省应急管理厅 证书查询",
    "青山市应急管理局 证书查询",
    "绿河市应急管理局 证书查询",
    "职业资格证书 查询 官网",
    "特种作业操作证 查询结果 真实有效",
    "电工证 代办 青山",
    "焊工证 免考 绿河",
    "登高证 官网可查 白石",
    "电工证 可查 多少钱",
    "焊工证 上网可查",
    "特种作业操作证 办证 加微信",
    "叉车证 包过 青山市",
];

async fn search(lab: &Lab, query: &str, page: u32) -> Value {
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let mut addresses = lab.addresses().clone();
    addresses.http = addresses.search_url["http://".len()..]
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let url = format!("http://search.test/search?q={encoded}&format=json&pageno={page}");
    let answer = get(&addresses, lab.authority_pem(), &url).await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

fn urls(answer: &Value) -> Vec<String> {
    let results = answer["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["url"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn typical_queries_and_the_list_lead_to_every_fake_and_seller() {
    let lab = Lab::start().await.unwrap();
    let mut found = BTreeSet::new();
    for query in QUERIES {
        for page in 1..=3 {
            found.extend(urls(&search(&lab, query, page).await));
        }
    }
    let list = lab.domain_list();
    let listed = |host: &str| {
        list.lines()
            .any(|line| line.split_whitespace().next() == Some(host))
    };
    for site in lab.truth().guilty() {
        let searched = site.indexed.iter().any(|url| found.contains(url));
        let named = listed(&site.host) || site.entrances.iter().any(|host| listed(host));
        assert!(searched || named, "nothing leads to {}", site.host);
        assert!(
            site.indexed.is_empty() || searched || named,
            "no query finds {}",
            site.host
        );
        assert_eq!(site.listed, listed(&site.host));
    }
    let innocents = lab.truth().innocents;
    let innocent = innocents
        .iter()
        .filter(|site| site.indexed.iter().any(|url| found.contains(url)));
    assert!(
        innocent.count() >= 10,
        "the results should be full of innocents"
    );
}

#[tokio::test]
async fn answers_have_the_shape_of_searxng_and_pages_of_ten() {
    let lab = Lab::start().await.unwrap();
    let first = search(&lab, "证书 查询", 1).await;
    assert_eq!(first["query"], "证书 查询");
    assert_eq!(first["results"].as_array().unwrap().len(), 10);
    let result = &first["results"][0];
    for key in [
        "url",
        "title",
        "content",
        "engine",
        "engines",
        "score",
        "positions",
        "category",
    ] {
        assert!(!result[key].is_null(), "{key}");
    }
    let second = urls(&search(&lab, "证书 查询", 2).await);
    assert!(!second.is_empty() && urls(&first).iter().all(|url| !second.contains(url)));
    assert!(urls(&search(&lab, "证书 查询", 99).await).is_empty());
    assert!(urls(&search(&lab, "quantum chromodynamics", 1).await).is_empty());
}

#[tokio::test]
async fn different_queries_give_different_results() {
    let lab = Lab::start().await.unwrap();
    let official = urls(&search(&lab, "临江省安全生产证书统一查询服务平台", 1).await);
    assert_eq!(official[0], "https://zscx.anquan.gov.test/");
    let sale = urls(&search(&lab, "电工证 代办 免考 官网可查", 1).await);
    assert!(
        sale[0].contains("ljkuaizheng") || sale[0].contains("daibanwang"),
        "{sale:?}"
    );
    assert_ne!(official, sale);
}

#[tokio::test]
async fn other_formats_and_empty_queries_are_refused() {
    let lab = Lab::start().await.unwrap();
    let mut addresses = lab.addresses().clone();
    addresses.http = addresses.search_url["http://".len()..]
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let ask = async |query: &str| {
        get(
            &addresses,
            lab.authority_pem(),
            &format!("http://search.test/search?{query}"),
        )
        .await
        .status
    };
    assert_eq!(ask("q=a").await, 403);
    assert_eq!(ask("q=&format=json").await, 400);
}
