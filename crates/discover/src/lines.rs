//! The lines of a file, plain or gzip, read one at a time within a bound.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// Bytes of the longest line that is read; the rest of a longer one is passed over.
pub(crate) const LINE_BYTES: usize = 64 << 10;
/// What every gzip file begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// Without its line end; bytes that are no UTF-8 are replaced. `None` when it is longer than [`LINE_BYTES`].
    pub(crate) text: Option<String>,
}

/// Reads line by line; ends after the first error.
pub(crate) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    ended: bool,
}

impl Lines {
    /// Opens a file, decompressing it when it begins like gzip, whatever its name.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut raw = BufReader::with_capacity(64 << 10, File::open(path)?);
        // A folder opens on some systems and only fails when read.
        let gzip = raw.fill_buf()?.starts_with(&GZIP);
        let reader: Box<dyn BufRead + Send> = if gzip {
            Box::new(BufReader::with_capacity(64 << 10, MultiGzDecoder::new(raw)))
        } else {
            Box::new(raw)
        };
        Ok(Self {
            reader,
            number: 0,
            ended: false,
        })
    }

    /// The next line, or why the file breaks off; `None` after its end or that error.
    pub(crate) fn next_line(&mut self) -> Option<io::Result<Line>> {
        if self.ended {
            return None;
        }
        let mut bytes = Vec::new();
        let read = match self.read_within_bound(&mut bytes) {
            Ok(read) => read,
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        if read == 0 {
            self.ended = true;
            return None;
        }
        self.number += 1;
        let content = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        if content.len() > LINE_BYTES {
            return Some(match self.pass_over_rest(&bytes) {
                Ok(()) => Ok(Line {
                    number: self.number,
                    text: None,
                }),
                Err(error) => {
                    self.ended = true;
                    Err(error)
                }
            });
        }
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let marked = self.number == 1;
        let content = content
            .strip_prefix(BYTE_ORDER_MARK)
            .filter(|_| marked)
            .unwrap_or(content);
        let text = Some(String::from_utf8_lossy(content).into_owned());
        Some(Ok(Line {
            number: self.number,
            text,
        }))
    }

    /// The number of the last line that was read whole.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    fn read_within_bound(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let bound = u64::try_from(LINE_BYTES + 2).unwrap_or(u64::MAX);
        (&mut self.reader).take(bound).read_until(b'\n', bytes)
    }

    fn pass_over_rest(&mut self, begun: &[u8]) -> io::Result<()> {
        if begun.ends_with(b"\n") {
            return Ok(());
        }
        self.reader.skip_until(b'\n').map(|_| ())
    }
}
