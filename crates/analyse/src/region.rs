//! Regions: what their codes and letters are (GB/T 2260; letters of ICP and police records).

/// A province-level region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    /// First two digits of its code.
    pub(crate) code: &'static str,
    /// Name without 省, 市 or 自治区.
    pub(crate) name: &'static str,
    /// Letter of its ICP records.
    pub(crate) icp: char,
    /// Letter of its police records.
    pub(crate) police: char,
}

const fn region(code: &'static str, name: &'static str, icp: char, police: char) -> Region {
    Region {
        code,
        name,
        icp,
        police,
    }
}

/// All regions that register sites.
pub(crate) const REGIONS: &[Region] = &[
    region("11", "北京", '京', '京'),
    region("12", "天津", '津', '津'),
    region("13", "河北", '冀', '冀'),
    region("14", "山西", '晋', '晋'),
    region("15", "内蒙古", '蒙', '蒙'),
    region("21", "辽宁", '辽', '辽'),
    region("22", "吉林", '吉', '吉'),
    region("23", "黑龙江", '黑', '黑'),
    region("31", "上海", '沪', '沪'),
    region("32", "江苏", '苏', '苏'),
    region("33", "浙江", '浙', '浙'),
    region("34", "安徽", '皖', '皖'),
    region("35", "福建", '闽', '闽'),
    region("36", "江西", '赣', '赣'),
    region("37", "山东", '鲁', '鲁'),
    region("41", "河南", '豫', '豫'),
    region("42", "湖北", '鄂', '鄂'),
    region("43", "湖南", '湘', '湘'),
    region("44", "广东", '粤', '粤'),
    region("45", "广西", '桂', '桂'),
    region("46", "海南", '琼', '琼'),
    region("50", "重庆", '渝', '渝'),
    region("51", "四川", '蜀', '川'),
    region("52", "贵州", '黔', '贵'),
    region("53", "云南", '滇', '云'),
    region("54", "西藏", '藏', '藏'),
    region("61", "陕西", '陕', '陕'),
    region("62", "甘肃", '陇', '甘'),
    region("63", "青海", '青', '青'),
    region("64", "宁夏", '宁', '宁'),
    region("65", "新疆", '新', '新'),
    region("66", "新疆生产建设兵团", '新', '新'),
];

/// The region whose code begins these digits.
pub(crate) fn by_code(digits: &str) -> Option<&'static Region> {
    REGIONS
        .iter()
        .find(|region| digits.starts_with(region.code))
}

/// Whether a letter stands for the region of these digits in police records.
///
/// 云南 is seen with both its letters, and 四川, 贵州 and 甘肃 with those of their ICP records.
pub(crate) fn is_police_letter(letter: char, digits: &str) -> bool {
    by_code(digits).is_some_and(|region| region.police == letter || region.icp == letter)
}

/// Whether a character is the letter of a region in ICP or police records.
pub(crate) fn is_letter(c: char) -> bool {
    REGIONS
        .iter()
        .any(|region| region.icp == c || region.police == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_follow_codes() {
        assert!(
            is_police_letter('川', "51010702001234") && is_police_letter('京', "11010202008000")
        );
        assert!(!is_police_letter('陕', "34060002010001"));
        assert!(by_code("99").is_none() && is_letter('蜀') && !is_letter('好'));
    }
}
