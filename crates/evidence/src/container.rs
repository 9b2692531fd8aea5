//! The zip form of bag and WACZ: stored entries, fixed times, one layout, so that bytes and parts determine each other.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::Crc;

use crate::Error;

const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
/// Names are UTF-8 (bit 11); nothing else is set.
const FLAGS: u16 = 0x0800;
/// Version 2.0, the least that readers ask for.
const VERSION: u16 = 20;
/// Made on Unix, so that the file mode counts.
const MADE_BY: u16 = 3 << 8 | VERSION;
/// 1980-01-01, the first day the format knows; times are in the records, not in the container.
const DATE: u16 = 1 << 5 | 1;
/// A regular file, readable by all.
const MODE: u32 = 0o100_644 << 16;
/// Files of a packet are a few dozen; more is an attack on readers.
const MAXIMUM_ENTRIES: usize = 10_000;

/// Writes entries one after the other.
pub(crate) struct ZipWriter<W: Write> {
    out: W,
    offset: u64,
    central: Vec<u8>,
    count: u64,
}

/// What stands in a zip file.
pub(crate) struct Reading<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
    /// In what the file is not as [`ZipWriter`] would have written these entries.
    pub(crate) faults: Vec<String>,
}

/// One file inside a zip file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) name: String,
    pub(crate) data: &'a [u8],
}

impl<W: Write> ZipWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            offset: 0,
            central: Vec::new(),
            count: 0,
        }
    }

    pub(crate) fn add(&mut self, name: &str, data: &[u8]) -> Result<(), Error> {
        let size = within(name, data.len() as u64, u64::from(u32::MAX) - 1)?;
        let offset = within("the zip file", self.offset, u64::from(u32::MAX) - 1)?;
        let name_length = u16::try_from(name.len()).map_err(|_| Error::TooLarge {
            what: format!("the entry name `{name:.40}`"),
            size: name.len() as u64,
            limit: u64::from(u16::MAX),
        })?;
        let mut crc = Crc::new();
        crc.update(data);
        let mut shared = Vec::with_capacity(26);
        for short in [VERSION, FLAGS, 0, 0, DATE] {
            shared.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), size, size] {
            shared.extend(long.to_le_bytes());
        }
        shared.extend(name_length.to_le_bytes());
        shared.extend([0; 2]);

        self.put(&LOCAL_SIGNATURE)?;
        self.put(&shared)?;
        self.put(name.as_bytes())?;
        self.put(data)?;

        self.central.extend(CENTRAL_SIGNATURE);
        self.central.extend(MADE_BY.to_le_bytes());
        self.central.extend(shared);
        self.central.extend([0; 6]);
        self.central.extend(MODE.to_le_bytes());
        self.central.extend(offset.to_le_bytes());
        self.central.extend(name.as_bytes());
        self.count += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<W, Error> {
        let start = within("the zip file", self.offset, u64::from(u32::MAX) - 1)?;
        let size = within(
            "the zip directory",
            self.central.len() as u64,
            u64::from(u32::MAX) - 1,
        )?;
        within("the number of files", self.count, MAXIMUM_ENTRIES as u64)?;
        let count = u16::try_from(self.count).unwrap_or(u16::MAX);
        let mut end = self.central.split_off(0);
        end.extend(END_SIGNATURE);
        end.extend([0; 4]);
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(size.to_le_bytes());
        end.extend(start.to_le_bytes());
        end.extend([0; 2]);
        self.put(&end)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out
            .write_all(bytes)
            .map_err(Error::write("the zip file"))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

fn within(what: &str, size: u64, limit: u64) -> Result<u32, Error> {
    let too_large = || Error::TooLarge {
        what: what.to_owned(),
        size,
        limit,
    };
    if size > limit {
        return Err(too_large());
    }
    u32::try_from(size).map_err(|_| too_large())
}

/// Reads a zip file's entries and names every way in which it is not of our own making.
///
/// `Err` when so little is in order that no entries can be named.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading<'_>, String> {
    let (directory, count) = directory(bytes)?;
    let mut faults = Vec::new();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut rest = directory;
    let mut total = 0_usize;
    for number in 1..=count {
        let (entry, left) = central_entry(bytes, rest, number, &mut faults)?;
        total = total.saturating_add(entry.data.len());
        if total > bytes.len() {
            return Err("entries overlap: together they are longer than the file".to_owned());
        }
        entries.push(entry);
        rest = left;
    }
    if !rest.is_empty() {
        faults.push(format!(
            "{} bytes follow the last directory entry",
            rest.len()
        ));
    }
    name_faults(&entries, &mut faults);
    rebuild_faults(bytes, &entries, &mut faults);
    Ok(Reading { entries, faults })
}

fn directory(bytes: &[u8]) -> Result<(&[u8], usize), String> {
    let end_at = bytes
        .len()
        .checked_sub(END_BYTES)
        .ok_or("the file is too short to be a zip file")?;
    let end = &bytes[end_at..];
    if end[..4] != END_SIGNATURE {
        return Err("the file does not end with a zip end record".to_owned());
    }
    let count = usize::from(short(end, 10));
    let size = long(end, 12) as usize;
    let start = long(end, 16) as usize;
    if count > MAXIMUM_ENTRIES {
        return Err(format!("{count} entries, more than {MAXIMUM_ENTRIES}"));
    }
    if start.checked_add(size) != Some(end_at) {
        return Err("the directory does not stand right before the end record".to_owned());
    }
    Ok((&bytes[start..end_at], count))
}

fn central_entry<'a>(
    bytes: &'a [u8],
    directory: &'a [u8],
    number: usize,
    faults: &mut Vec<String>,
) -> Result<(Entry<'a>, &'a [u8]), String> {
    let place = || format!("directory entry {number}");
    if directory.len() < CENTRAL_BYTES || directory[..4] != CENTRAL_SIGNATURE {
        return Err(format!("{} is cut off or not one", place()));
    }
    let flags = short(directory, 8);
    let method = short(directory, 10);
    let crc = long(directory, 16);
    let size = long(directory, 20) as usize;
    let name_end = CENTRAL_BYTES + usize::from(short(directory, 28));
    let end = name_end + usize::from(short(directory, 30)) + usize::from(short(directory, 32));
    if directory.len() < end {
        return Err(format!("{} is cut off", place()));
    }
    let name = std::str::from_utf8(&directory[CENTRAL_BYTES..name_end])
        .map_err(|_| format!("{} has a name that is not UTF-8", place()))?
        .to_owned();
    let data = local_data(bytes, long(directory, 42) as usize, size, &name, faults)?;
    if method != 0 {
        faults.push(format!(
            "`{}` is compressed, not stored",
            name.escape_debug()
        ));
    }
    if flags & 1 != 0 {
        faults.push(format!("`{}` is encrypted", name.escape_debug()));
    }
    let mut sum = Crc::new();
    sum.update(data);
    if sum.sum() != crc {
        faults.push(format!(
            "`{}` does not have its check sum",
            name.escape_debug()
        ));
    }
    Ok((Entry { name, data }, &directory[end..]))
}

fn local_data<'a>(
    bytes: &'a [u8],
    offset: usize,
    size: usize,
    name: &str,
    faults: &mut Vec<String>,
) -> Result<&'a [u8], String> {
    let place = || {
        format!(
            "the local header of `{}` at byte {offset}",
            name.escape_debug()
        )
    };
    let header = bytes
        .get(offset..)
        .filter(|rest| rest.len() >= LOCAL_BYTES && rest[..4] == LOCAL_SIGNATURE)
        .ok_or_else(|| format!("{} is not there", place()))?;
    let name_end = LOCAL_BYTES + usize::from(short(header, 26));
    let start = name_end + usize::from(short(header, 28));
    let data = start
        .checked_add(size)
        .and_then(|end| header.get(start..end))
        .ok_or_else(|| {
            format!(
                "the data of `{}` run past the end of the file",
                name.escape_debug()
            )
        })?;
    if header[LOCAL_BYTES..name_end] != *name.as_bytes() {
        faults.push(format!("{} bears another name", place()));
    }
    Ok(data)
}

fn name_faults(entries: &[Entry<'_>], faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        let name = &entry.name;
        if let Some(reason) = odd_name(name) {
            faults.push(format!("the name `{}` {reason}", name.escape_debug()));
        }
        // Names that differ in case only overwrite each other on some systems.
        if !seen.insert(name.to_lowercase()) {
            faults.push(format!(
                "`{}` stands in the file twice",
                name.escape_debug()
            ));
        }
    }
}

fn odd_name(name: &str) -> Option<&'static str> {
    if name.starts_with('/') || name.contains(':') {
        return Some("is absolute");
    }
    if name.contains('\\') {
        return Some("holds a backslash");
    }
    if name.chars().any(char::is_control) {
        return Some("holds a control character");
    }
    name.split('/')
        .any(|part| matches!(part, "" | "." | ".."))
        .then_some("has an empty, `.` or `..` part")
}

fn rebuild_faults(bytes: &[u8], entries: &[Entry<'_>], faults: &mut Vec<String>) {
    let mut writer = ZipWriter::new(Vec::with_capacity(bytes.len()));
    let rebuilt = entries
        .iter()
        .try_for_each(|entry| writer.add(&entry.name, entry.data))
        .and_then(|()| writer.finish());
    match rebuilt {
        Ok(rebuilt) if rebuilt == bytes => {}
        Ok(rebuilt) => {
            let at = rebuilt
                .iter()
                .zip(bytes)
                .position(|(ours, theirs)| ours != theirs)
                .unwrap_or(rebuilt.len().min(bytes.len()));
            faults.push(format!(
                "byte {at} is not what the entries give: the zip structure was altered, or something stands before, between or after them"
            ));
        }
        Err(error) => faults.push(error.to_string()),
    }
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Vec::new());
        for (name, data) in entries {
            writer.add(name, data).unwrap();
        }
        writer.finish().unwrap()
    }

    fn fault_of(bytes: &[u8]) -> String {
        match read(bytes) {
            Ok(reading) => reading.faults.join("; "),
            Err(reason) => reason,
        }
    }

    #[test]
    fn another_implementation_reads_what_we_write() {
        let bytes = zipped(&[("a/b.txt", b"hello"), ("data/固定清单.csv", b"")]);
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(archive.len(), 2);
        let mut text = String::new();
        archive
            .by_name("a/b.txt")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "hello");
        assert!(archive.by_name("data/固定清单.csv").is_ok());
        assert_eq!(fault_of(&bytes), "");
    }

    #[test]
    fn what_another_implementation_writes_is_not_ours() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("a.txt", options).unwrap();
        writer.write_all(&[b'x'; 500]).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        assert!(fault_of(&bytes).contains("compressed"));
    }

    #[test]
    fn every_single_byte_counts() {
        let bytes = zipped(&[("a.txt", b"hello"), ("b/c.txt", b"world")]);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert_ne!(fault_of(&flipped), "", "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn odd_names_and_second_copies_are_named() {
        for (name, word) in [
            ("../a", "`..`"),
            ("/a", "absolute"),
            ("C:a", "absolute"),
            ("a\\b", "backslash"),
            ("a\0b", "control"),
            ("a//b", "empty"),
            ("a/", "empty"),
        ] {
            let fault = fault_of(&zipped(&[(name, b"")]));
            assert!(fault.contains(word), "{name:?}: {fault}");
        }
        assert!(fault_of(&zipped(&[("a", b"1"), ("a", b"2")])).contains("twice"));
        assert!(fault_of(&zipped(&[("a", b"1"), ("A", b"2")])).contains("twice"));
    }

    #[test]
    fn bytes_around_the_entries_are_found() {
        let bytes = zipped(&[("a.txt", b"hello")]);
        assert_ne!(fault_of(&[b"x".as_slice(), &bytes].concat()), "");
        assert_ne!(fault_of(&[bytes.as_slice(), b"x"].concat()), "");
        assert_ne!(fault_of(&bytes[..bytes.len() - 1]), "");
        assert_ne!(fault_of(b""), "");
    }
}
