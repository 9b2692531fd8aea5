//! The canary: listens where nobody may ever connect, and remembers who did.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;
use crate::world::FORBIDDEN;

/// Listeners on the forbidden address.
#[derive(Debug)]
pub(crate) struct Canary {
    listeners: Vec<TcpListener>,
    address: SocketAddr,
    touched: AtomicBool,
}

impl Canary {
    /// Listens on the web servers' ports, where a client that maps ports would end up.
    pub(crate) fn bind(ports: [u16; 2]) -> Result<Self, Error> {
        let mut listeners = Vec::new();
        let mut address = SocketAddr::from((FORBIDDEN, ports[0]));
        for (place, port) in ports.into_iter().enumerate() {
            let fault = |source| Error::Bind {
                server: "canary",
                address: SocketAddr::from((FORBIDDEN, port)),
                source,
            };
            let listener = listen(port).or_else(|_| listen(0)).map_err(fault)?;
            if place == 0 {
                address = listener.local_addr().map_err(fault)?;
            }
            listeners.push(listener);
        }
        Ok(Self {
            listeners,
            address,
            touched: AtomicBool::new(false),
        })
    }

    /// Where it listens in the stead of port 80.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether anyone ever connected. The system keeps connections waiting until this is asked, so none is missed.
    pub(crate) fn touched(&self) -> bool {
        for listener in &self.listeners {
            if listener.accept().is_ok() {
                self.touched.store(true, Ordering::Relaxed);
            }
        }
        self.touched.load(Ordering::Relaxed)
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((FORBIDDEN, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
