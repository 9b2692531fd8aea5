//! Many plain hosts.

use jianwei_lab::{Farm, FarmSettings};

use crate::client::get;

#[tokio::test]
async fn every_so_many_hosts_one_is_guilty() {
    let settings = FarmSettings {
        hosts: 40,
        pages: 3,
        every: 10,
        ..FarmSettings::default()
    };
    let farm = Farm::start(settings).await.unwrap();
    let truth = farm.truth();
    let hosts: Vec<&str> = truth.guilty().map(|site| site.host.as_str()).collect();
    assert_eq!(
        hosts,
        [
            "h00010.farm.test",
            "h00030.farm.test",
            "h00020.farm.test",
            "h00040.farm.test"
        ]
    );
    assert_eq!(truth.innocents.len(), 36);
    assert_eq!(farm.domain_list().lines().count(), 40);
    let fetch = async |url: &str| get(farm.addresses(), farm.lab().authority_pem(), url).await;
    assert!(
        fetch("http://h00010.farm.test/")
            .await
            .text()
            .contains("临江省特种作业操作证查询平台")
    );
    let sellers = [
        fetch("http://h00020.farm.test/").await.text(),
        fetch("http://h00040.farm.test/").await.text(),
    ];
    assert!(sellers[0].contains("13900000020") && sellers[1].contains("13900000040"));
}

#[tokio::test]
async fn innocent_pages_are_large_and_the_same_each_time() {
    let settings = FarmSettings {
        hosts: 2,
        pages: 2,
        every: 0,
        ..FarmSettings::default()
    };
    let farm = Farm::start(settings).await.unwrap();
    let fetch = async |url: &str| get(farm.addresses(), farm.lab().authority_pem(), url).await;
    let page = fetch("http://h00001.farm.test/").await.text();
    assert!(page.len() > 60_000 && page.len() < 64_000, "{}", page.len());
    assert!(page.contains("<a href=\"/p/1.html\">"));
    assert_eq!(page, fetch("http://h00001.farm.test/").await.text());
    assert_ne!(page, fetch("http://h00002.farm.test/").await.text());
    assert_ne!(page, fetch("http://h00001.farm.test/p/1.html").await.text());
    for absent in [
        "http://h00001.farm.test/p/2.html",
        "http://h00003.farm.test/",
        "http://h1.farm.test/",
    ] {
        assert_eq!(fetch(absent).await.status, 404, "{absent}");
    }
    assert_eq!(farm.lab().hits()["http://h00001.farm.test/"], 2);
    farm.shutdown().await;
}
