//! The console over a memory store full of invented cases, for looking at its pages: `cargo run -p jianwei-console --example console_demo`.

#[path = "../tests/world/mod.rs"]
mod world;

use jianwei_console::{ConsoleState, Settings, hash_password, serve};
use jianwei_model::Class;
use tokio::net::TcpListener;
use world::{PASSWORD, Site, Stage, World};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = World::open(&hash_password(PASSWORD)?).await;
    let picture = |name: &str| {
        std::env::var("CONSOLE_DEMO_PICTURES")
            .ok()
            .and_then(|dir| std::fs::read(format!("{dir}/{name}.png")).ok())
    };
    if let Some(bytes) = picture("official") {
        world.add_reference(Some(&bytes)).await;
    }
    for (place, mut site) in sites().into_iter().enumerate() {
        if place % 2 == 0 {
            site.screenshot = picture("suspect");
        }
        world.add(&site, place as i64 * 47).await;
    }
    let listener = TcpListener::bind("127.0.0.1:8730").await?;
    let state = ConsoleState::new(world.store, Settings::default());
    serve(listener, state, std::future::pending()).await?;
    Ok(())
}

fn sites() -> Vec<Site> {
    use Class::{
        Both, CertificateSale, CompromisedHost, FakeGovernmentSite, IllegalPromise, QuotesFakes,
    };
    use Stage::{
        Acknowledged, Approved, Confirmed, Dismissed, Disposed, Sent, Suspected, Unsealed,
    };
    let mut sites: Vec<Site> = [
        ("cx-yjgl-gov.test", FakeGovernmentSite, 0.982, Suspected),
        (
            "www.cx.yjgl.gov.cx-zs.test",
            FakeGovernmentSite,
            0.971,
            Suspected,
        ),
        ("yjglcx.test", FakeGovernmentSite, 0.964, Confirmed),
        ("aqzs-chaxun.example", Both, 0.993, Suspected),
        ("tzzy-cx.example", FakeGovernmentSite, 0.941, Confirmed),
        ("hangong-zheng.example", CertificateSale, 0.913, Suspected),
        ("diangong-daiban.test", CertificateSale, 0.902, Sent),
        (
            "zhengshu-kuaiban.example",
            CertificateSale,
            0.874,
            Acknowledged,
        ),
        ("cx.mem-gov.example", FakeGovernmentSite, 0.958, Disposed),
        (
            "xn--fiq06l2rdsvs.example",
            FakeGovernmentSite,
            0.846,
            Suspected,
        ),
        ("gaokong-zuoye.test", CertificateSale, 0.823, Confirmed),
        ("jiazheng-wang.example", CertificateSale, 0.811, Approved),
        (
            "anquanyuan-c-zheng.example",
            CertificateSale,
            0.764,
            Suspected,
        ),
        ("rencai-fuwu-wang.test", Both, 0.932, Sent),
        (
            "zyzg-chaxun-pingtai.example",
            FakeGovernmentSite,
            0.887,
            Disposed,
        ),
        ("peixun-xuexiao.example", IllegalPromise, 0.521, Suspected),
        ("news-anquan.example", QuotesFakes, 0.412, Dismissed),
        ("shop-wujin.example", CompromisedHost, 0.683, Suspected),
        ("m.yjgl-query.test", FakeGovernmentSite, 0.774, Suspected),
        ("qr-verify.test", FakeGovernmentSite, 0.735, Suspected),
        ("teshu-zuoye.example", CertificateSale, 0.612, Suspected),
        ("jianzhu-zheng.example", CertificateSale, 0.593, Dismissed),
        ("card-print.test", CertificateSale, 0.842, Confirmed),
        (
            "cx.yjgl.gov.test.portal-login-verification-service.example",
            FakeGovernmentSite,
            0.925,
            Suspected,
        ),
        ("zs-check.example", FakeGovernmentSite, 0.447, Suspected),
        ("guoluzheng.test", CertificateSale, 0.563, Suspected),
        ("kaoshi-baoguo.example", IllegalPromise, 0.384, Dismissed),
        ("yjt-query.example", FakeGovernmentSite, 0.868, Acknowledged),
        ("wangshang-kecha.test", CertificateSale, 0.706, Unsealed),
        ("dianhan-zheng.example", CertificateSale, 0.655, Suspected),
    ]
    .into_iter()
    .map(|(host, class, score, stage)| Site::new(host, class, score, stage))
    .collect();
    let mut hostile = Site::new("gov\u{202e}nc.test", CertificateSale, 0.834, Suspected);
    hostile.host = "xn--80ak6aa92e.test".into();
    hostile.title = "<script>alert(1)</script>\u{202e}证书\u{200b}办理".into();
    hostile.query = "A".repeat(300);
    hostile.excerpt = format!(
        "\"><img src=x onerror=alert(1)> {}",
        "无空格长串".repeat(60)
    );
    sites.push(hostile);
    sites
}
