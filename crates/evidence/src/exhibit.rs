//! Exhibits: the files of a WACZ, and the list of them (固定清单) as JSON and as CSV.

use jianwei_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hash::Hashes;

/// One file on its way into the WACZ.
#[derive(Debug, Clone)]
pub(crate) struct Exhibit {
    /// Folder and name, ASCII, one folder deep.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    /// What it is, for people.
    pub(crate) category: &'static str,
    /// Format and version.
    pub(crate) format: &'static str,
    /// The URL it was taken from, or what it was derived from.
    pub(crate) source: String,
    /// How it was obtained.
    pub(crate) method: &'static str,
    /// When it was obtained.
    pub(crate) at: Timestamp,
}

/// One line of the list: the columns that 法发〔2016〕22号 §14 asks for, with three digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListLine {
    pub(crate) no: u32,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) format: String,
    pub(crate) bytes: u64,
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) sm3: String,
    pub(crate) source: String,
    pub(crate) method: String,
    pub(crate) at: Timestamp,
}

/// The columns of the CSV.
const COLUMNS: [&str; 11] = [
    "序号",
    "文件名",
    "类别",
    "格式",
    "字节数",
    "MD5",
    "SHA-256",
    "SM3",
    "来源",
    "提取方法",
    "提取时间",
];

pub(crate) fn list(exhibits: &[Exhibit]) -> Vec<ListLine> {
    (1..)
        .zip(exhibits)
        .map(|(no, exhibit)| {
            let hashes = Hashes::of(&exhibit.bytes);
            ListLine {
                no,
                name: exhibit.path.clone(),
                category: exhibit.category.to_owned(),
                format: exhibit.format.to_owned(),
                bytes: exhibit.bytes.len() as u64,
                md5: hashes.md5,
                sha256: hashes.sha256,
                sm3: hashes.sm3,
                source: exhibit.source.clone(),
                method: exhibit.method.to_owned(),
                at: exhibit.at,
            }
        })
        .collect()
}

/// The list as CSV (RFC 4180, UTF-8 with byte order mark), with cells that a spreadsheet would compute made harmless.
pub(crate) fn list_csv(lines: &[ListLine]) -> String {
    let mut out = String::from("\u{feff}");
    push_row(&mut out, &COLUMNS.map(str::to_owned));
    for line in lines {
        let row = [
            line.no.to_string(),
            line.name.clone(),
            line.category.clone(),
            line.format.clone(),
            line.bytes.to_string(),
            line.md5.clone(),
            line.sha256.clone(),
            line.sm3.clone(),
            line.source.clone(),
            line.method.clone(),
            line.at.to_string(),
        ];
        push_row(&mut out, &row);
    }
    out
}

fn push_row(out: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell_text(cell)).collect();
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

fn cell_text(value: &str) -> String {
    let plain: String = value.chars().filter(|c| !c.is_control()).collect();
    // OWASP: such a first character makes a formula; quoting alone does not help. The full-width forms work in some locales.
    let formula = plain.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let harmless = if formula { format!("'{plain}") } else { plain };
    if harmless.contains(['"', ',']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_cells_are_neither_computed_nor_ragged() {
        assert_eq!(
            cell_text("=HYPERLINK(\"http://x.test\",1)"),
            "\"'=HYPERLINK(\"\"http://x.test\"\",1)\""
        );
        assert_eq!(cell_text("\t@SUM\r\n(A1)"), "'@SUM(A1)");
        assert_eq!(cell_text("－1"), "'－1");
        assert_eq!(cell_text("https://a.example/"), "https://a.example/");
    }

    #[test]
    fn the_list_carries_every_exhibit_with_its_digests() {
        let exhibit = Exhibit {
            path: "evidence/a.txt".into(),
            bytes: b"abc".to_vec(),
            category: "页面文本",
            format: "text/plain",
            source: "https://a.example/?a=1,2".into(),
            method: "网络在线提取",
            at: Timestamp::from_millis(0),
        };
        let lines = list(&[exhibit]);
        assert_eq!(lines[0].md5, "900150983cd24fb0d6963f7d28e17f72");
        let csv = list_csv(&lines);
        assert!(csv.starts_with("\u{feff}序号,文件名"));
        assert!(csv.contains("\"https://a.example/?a=1,2\""));
        assert_eq!(csv.matches("\r\n").count(), 2);
    }
}
