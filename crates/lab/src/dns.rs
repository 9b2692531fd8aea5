//! The name server: answers for the lab's names over UDP and for no others.

use std::net::Ipv4Addr;
use std::sync::Arc;

use hickory_proto::op::{Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, rdata};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::site::Resolves;
use crate::world::{FORBIDDEN, LOOPBACK, World};

/// How long an answer may be kept, in seconds.
const TTL: u32 = 60;

/// Answers queries on `socket` until the handle is aborted.
pub(crate) fn spawn(socket: UdpSocket, world: Arc<World>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut packet = vec![0; 4096];
        loop {
            // A send to a closed port comes back as an error of the next receive.
            let Ok((length, peer)) = socket.recv_from(&mut packet).await else {
                continue;
            };
            let answer = reply(&packet[..length], &world);
            if let Some(answer) = answer
                && let Err(error) = socket.send_to(&answer, peer).await
            {
                tracing::debug!(%error, "a name server's answer was not sent");
            }
        }
    })
}

/// The answer to a packet; `None` where the lab says nothing.
fn reply(packet: &[u8], world: &World) -> Option<Vec<u8>> {
    let question = Message::from_vec(packet).ok()?;
    let query = question.queries.first()?.clone();
    let name = query.name().to_ascii().to_ascii_lowercase();
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.edns = question.edns.clone();
    answer.metadata.response_code = if question.metadata.op_code == OpCode::Query {
        match world.resolves(&name) {
            Some(Resolves::Silent) => return None,
            Some(Resolves::Fails) => ResponseCode::ServFail,
            Some(Resolves::Loopback) => fill(&mut answer, &query, LOOPBACK),
            Some(Resolves::Forbidden) => fill(&mut answer, &query, FORBIDDEN),
            None => {
                answer.add_authority(authority());
                ResponseCode::NXDomain
            }
        }
    } else {
        ResponseCode::NotImp
    };
    answer.add_query(query);
    answer.to_vec().ok()
}

fn fill(answer: &mut Message, query: &Query, address: Ipv4Addr) -> ResponseCode {
    let wants_address = matches!(query.query_type(), RecordType::A | RecordType::ANY);
    if wants_address && query.query_class() == DNSClass::IN {
        let record = Record::from_rdata(query.name().clone(), TTL, RData::A(rdata::A(address)));
        answer.add_answer(record);
    } else {
        answer.add_authority(authority());
    }
    ResponseCode::NoError
}

/// The record that says how long "no" may be remembered.
fn authority() -> Record {
    let name = |text: &str| Name::from_ascii(text).unwrap_or_default();
    let soa = rdata::SOA::new(
        name("ns.lab.test."),
        name("hostmaster.lab.test."),
        1,
        3600,
        600,
        86400,
        TTL,
    );
    Record::from_rdata(Name::root(), TTL, RData::SOA(soa))
}
