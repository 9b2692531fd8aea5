//! A job as it lies in sled, and the keys under which its place orders it.

use jianwei_model::{Priority, Timestamp};

/// Version of the layout, the first byte of every job.
const LAYOUT: u8 = 1;

/// Where a job is; the number is its place among the queue's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Leasable, ordered by priority and push.
    Ready = 0,
    /// Waiting for its moment, ordered by it.
    Delayed = 1,
    /// Under a lease, ordered by its end.
    Leased = 2,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) place: Place,
    pub(super) priority: Priority,
    /// Number of its push.
    pub(super) sequence: u64,
    /// From when on it may be leased: its delay, or the end of its lease.
    pub(super) due: Timestamp,
    /// Its latest lease, 0 when there is none.
    pub(super) fence: u64,
    pub(super) item: Vec<u8>,
}

impl Job {
    pub(super) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    pub(super) fn leased(self, fence: u64, until: Timestamp) -> Self {
        Self {
            place: Place::Leased,
            fence,
            due: until,
            ..self
        }
    }

    /// A job without a lease, in its place at `now`.
    pub(super) fn placed(self, now: Option<Timestamp>) -> Self {
        let ready = now.is_some_and(|now| self.due <= now);
        self.at(if ready { Place::Ready } else { Place::Delayed })
    }

    /// Where it belongs while its moment has not come.
    pub(super) fn waiting_place(&self) -> Place {
        if self.fence == 0 {
            Place::Delayed
        } else {
            Place::Leased
        }
    }

    /// Its key in the order of its place.
    pub(super) fn order_key(&self) -> Vec<u8> {
        let mut key = match self.place {
            Place::Ready => vec![self.priority.0],
            Place::Delayed | Place::Leased => order_of(self.due).to_be_bytes().to_vec(),
        };
        key.extend_from_slice(&self.sequence.to_be_bytes());
        key
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![LAYOUT, self.place as u8, self.priority.0];
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&order_of(self.due).to_be_bytes());
        bytes.extend_from_slice(&self.fence.to_be_bytes());
        bytes.extend_from_slice(&self.item);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[LAYOUT, place, priority], rest) = bytes.split_first_chunk()? else {
            return None;
        };
        let place = match place {
            0 => Place::Ready,
            1 => Place::Delayed,
            2 => Place::Leased,
            _ => return None,
        };
        let (sequence, rest) = rest.split_first_chunk()?;
        let (due, rest) = rest.split_first_chunk()?;
        let (fence, item) = rest.split_first_chunk()?;
        Some(Self {
            place,
            priority: Priority(priority),
            sequence: u64::from_be_bytes(*sequence),
            due: moment_of(u64::from_be_bytes(*due)),
            fence: u64::from_be_bytes(*fence),
            item: item.to_vec(),
        })
    }
}

/// The greatest key that a job due at `moment` can have in an order by moment.
pub(super) fn moment_end(moment: Timestamp) -> Vec<u8> {
    let mut key = order_of(moment).to_be_bytes().to_vec();
    key.extend_from_slice(&u64::MAX.to_be_bytes());
    key
}

/// The moment in a key of an order by moment.
pub(super) fn moment(key: &[u8]) -> Option<Timestamp> {
    let order = key.first_chunk()?;
    Some(moment_of(u64::from_be_bytes(*order)))
}

/// Milliseconds as a number whose big-endian bytes sort like the moments.
fn order_of(moment: Timestamp) -> u64 {
    moment.millis().cast_unsigned() ^ (1 << 63)
}

fn moment_of(order: u64) -> Timestamp {
    Timestamp::from_millis((order ^ (1 << 63)).cast_signed())
}
