//! What the name server says.

use std::net::Ipv4Addr;
use std::str::FromStr as _;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use jianwei_lab::Lab;
use tokio::net::UdpSocket;

fn question(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_str(name).unwrap(), kind));
    message.to_vec().unwrap()
}

async fn ask(lab: &Lab, name: &str, kind: RecordType) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket
        .send_to(&question(name, kind), lab.addresses().dns)
        .await
        .unwrap();
    let mut packet = [0; 4096];
    let length = socket.recv(&mut packet).await.unwrap();
    Message::from_vec(&packet[..length]).unwrap()
}

fn addresses(message: &Message) -> Vec<Ipv4Addr> {
    let of = |data: &RData| {
        if let RData::A(address) = data {
            Some(address.0)
        } else {
            None
        }
    };
    message
        .answers
        .iter()
        .filter_map(|record| of(&record.data))
        .collect()
}

#[tokio::test]
async fn names_of_the_lab_point_to_loopback_and_others_do_not_exist() {
    let lab = Lab::start().await.unwrap();
    let known = ask(&lab, "CX.anquan.GOV.test.", RecordType::A).await;
    assert_eq!(known.metadata.response_code, ResponseCode::NoError);
    assert_eq!(addresses(&known), [Ipv4Addr::LOCALHOST]);
    let six = ask(&lab, "cx.anquan.gov.test.", RecordType::AAAA).await;
    assert_eq!(six.metadata.response_code, ResponseCode::NoError);
    assert!(six.answers.is_empty());
    let below = ask(
        &lab,
        "www.zscx.anquan.gov.test.zs-chaxun.example.",
        RecordType::A,
    )
    .await;
    assert_eq!(addresses(&below), [Ipv4Addr::LOCALHOST]);
    for absent in [
        "nobody.example.",
        "www.cx.anquan.gov.test.",
        "gov.test.",
        "example.",
    ] {
        let answer = ask(&lab, absent, RecordType::A).await;
        assert_eq!(
            answer.metadata.response_code,
            ResponseCode::NXDomain,
            "{absent}"
        );
    }
}

#[tokio::test]
async fn one_name_points_to_the_canary_and_one_fails() {
    let lab = Lab::start().await.unwrap();
    let forbidden = ask(&lab, "neiwang.jinqu.example.", RecordType::A).await;
    assert_eq!(addresses(&forbidden), [Ipv4Addr::new(127, 0, 0, 2)]);
    assert_eq!(lab.addresses().canary.ip(), Ipv4Addr::new(127, 0, 0, 2));
    let failing = ask(&lab, "servfail.lab.test.", RecordType::A).await;
    assert_eq!(failing.metadata.response_code, ResponseCode::ServFail);
}

#[tokio::test]
async fn one_name_is_never_answered() {
    let lab = Lab::start().await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = lab.addresses().dns;
    socket
        .send_to(&question("silent.lab.test.", RecordType::A), server)
        .await
        .unwrap();
    let after = question("yjj.lvhe.gov.test.", RecordType::A);
    socket.send_to(&after, server).await.unwrap();
    // The server answers in order, so the first answer shows that the silent name got none.
    let mut packet = [0; 4096];
    let length = socket.recv(&mut packet).await.unwrap();
    let answer = Message::from_vec(&packet[..length]).unwrap();
    assert_eq!(answer.queries[0].name().to_ascii(), "yjj.lvhe.gov.test.");
}
