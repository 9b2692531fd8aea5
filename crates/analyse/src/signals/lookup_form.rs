//! Lookup form: fields for a name and an identity or certificate number, with a button that looks them up.

use crate::lexicon::{Find, Kind};
use crate::page::{Input, Position, Quote};
use crate::reading::{Reading, Sighting};

/// Signs of a field for a person's name, in names of fields.
const NAME_SIGNS: &[&str] = &["xm", "name", "realname", "truename", "stu_name", "xingming"];
/// Signs of a field for a number, in names of fields.
const NUMBER_SIGNS: &[&str] = &[
    "sfz",
    "sfzh",
    "sfzhm",
    "idcard",
    "idno",
    "id_no",
    "cardno",
    "card_no",
    "idnum",
    "cardid",
    "zjhm",
    "zjh",
    "zsbh",
    "zsh",
    "cert",
    "shenfenzheng",
    "zhengshu",
];
/// Most folded characters of a button's words.
const BUTTON_CHARS: u32 = 10;

/// The most telling form of the page.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let inputs = &reading.page.inputs;
    // Registration and login forms ask for the same fields; a password or telephone field gives them away.
    let best = inputs
        .iter()
        .filter(|input| is_number(input))
        .map(|number| (score(reading, number), number))
        .max_by(|left, right| left.0.total_cmp(&right.0))?;
    let (value, number) = best;
    let quote = button(reading, number.text).unwrap_or_else(|| {
        let name = number.names.split(' ').next().unwrap_or_default();
        reading.page.find(name)
    });
    Sighting::new(
        value,
        "页面设有填写姓名、证件号码或者证书编号的查询表单，而本站并非官方查询网站",
        quote,
    )
}

fn score(reading: &Reading, number: &Input) -> f64 {
    let together: Vec<&Input> = reading
        .page
        .inputs
        .iter()
        .filter(|input| input.form == number.form)
        .collect();
    if together.iter().any(|input| is_account(input)) {
        return 0.0;
    }
    let has_name = together.iter().any(|input| is_name(input));
    let has_button = button(reading, number.text).is_some();
    match (has_name, has_button) {
        (true, true) => 1.0,
        (false, true) => 0.7,
        (true, false) => 0.4,
        (false, false) => 0.0,
    }
}

/// A button or short link after the field that looks something up.
fn button(reading: &Reading, after: u32) -> Option<Quote> {
    reading
        .finds_of(Kind::Query)
        .find(|find| is_button(reading, find, after))
        .map(|find| reading.quote(find))
}

fn is_button(reading: &Reading, find: &Find, after: u32) -> bool {
    let (Some(node), Some(block)) = (reading.page.node_of(find.range.0), reading.block_of(find))
    else {
        return false;
    };
    let words = reading
        .page
        .folded
        .range_of_origin(node.text.0, node.text.1);
    let is_clicked = block.position == Position::Button || node.link.is_some();
    is_clicked && node.text.0 >= after && words.1 - words.0 <= BUTTON_CHARS
}

fn is_name(input: &Input) -> bool {
    input.label.contains("姓名")
        || has_sign(input, NAME_SIGNS) && !has_sign(input, &["username", "user_name", "loginname"])
}

fn is_number(input: &Input) -> bool {
    const LABELS: &[&str] = &["身份证", "证件号", "证书编号", "证书号", "证号", "档案编号"];
    LABELS.iter().any(|label| input.label.contains(label)) || has_sign(input, NUMBER_SIGNS)
}

fn is_account(input: &Input) -> bool {
    input.kind == "password"
        || ["密码", "手机", "电话", "报名"]
            .iter()
            .any(|word| input.label.contains(word))
}

/// Whether a part of the field's names is one of the signs or ends with it.
fn has_sign(input: &Input, signs: &[&str]) -> bool {
    input.names.split(' ').any(|name| {
        signs.iter().any(|sign| {
            name == *sign
                || (sign.len() >= 4 && name.contains(sign))
                || name.split(['_', '-', '.', '[']).any(|part| part == *sign)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn name_number_and_query_make_a_lookup() {
        assert!(value("姓名<input name=a>身份证号<input name=b><button>查询</button>") >= 1.0);
        assert!(
            value("<form><input name=xm><input name=sfzh><input type=submit value='查 询'></form>")
                >= 1.0
        );
        assert!(value("<input placeholder=请输入证书编号><a href='#'>立即查询</a>") >= 0.7);
    }

    #[test]
    fn other_forms_do_not() {
        for html in [
            "姓名<input name=xm>手机号<input name=tel>身份证号<input name=sfz><button>立即报名</button>",
            "身份证号<input name=sfz>密码<input type=password name=p><button>查询</button>",
            "<input name=q placeholder=请输入关键词><button>查询</button>",
            "姓名<input name=name>留言<textarea name=t></textarea><button>提交</button>",
        ] {
            assert!(value(html) < 0.5, "{html}");
        }
    }
}
