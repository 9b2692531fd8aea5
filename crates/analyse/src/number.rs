//! Certificate numbers: `T` and an identity number with its check digit.

use crate::page::{Features, Quote};

/// A certificate or identity number on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundNumber {
    pub(crate) quote: Quote,
    /// How sure it is that this is one.
    pub(crate) form: NumberForm,
}

/// How much of a number is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberForm {
    /// `T` and an identity number whose check digit holds.
    Certificate,
    /// An identity number whose check digit holds.
    Identity,
    /// A number of that shape with its middle hidden by stars.
    Masked,
}

/// Most numbers that are read from one page.
const MOST_NUMBERS: usize = 64;

/// Every number on a page.
pub(crate) fn find_numbers(page: &Features) -> Vec<FoundNumber> {
    let bytes = page.text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < MOST_NUMBERS {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = run_end(bytes, at);
        let has_letter = at > 0 && matches!(bytes[at - 1], b'T' | b't');
        let stands_alone = !bytes
            .get(end)
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        if let Some(form) = form_of(&bytes[at..end], has_letter)
            && stands_alone
        {
            let start = at - usize::from(has_letter);
            found.push(FoundNumber {
                quote: page.quote((start as u32, end as u32)),
                form,
            });
        }
        at = end.max(at + 1);
    }
    found
}

/// End of a run of digits and stars, with a final `X`.
fn run_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < bytes.len() && (bytes[end].is_ascii_digit() || bytes[end] == b'*') {
        end += 1;
    }
    if end - start >= 4 && matches!(bytes.get(end), Some(b'X' | b'x')) {
        end += 1;
    }
    end
}

fn form_of(run: &[u8], has_letter: bool) -> Option<NumberForm> {
    if run.contains(&b'*') {
        let stars = run.iter().filter(|byte| **byte == b'*').count();
        let is_shape = stars >= 4 && (12..=20).contains(&run.len()) && run.len() - stars >= 4;
        return is_shape.then_some(NumberForm::Masked);
    }
    if run.len() != 18 || !holds(run) {
        return None;
    }
    Some(if has_letter {
        NumberForm::Certificate
    } else {
        NumberForm::Identity
    })
}

/// Whether an identity number's region, birth date and check digit (ISO 7064 MOD 11-2) hold.
fn holds(run: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let digit = |index: usize| u32::from(run[index].wrapping_sub(b'0'));
    if !run[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let (year, month, day) = (
        digit(6) * 10 + digit(7),
        digit(10) * 10 + digit(11),
        digit(12) * 10 + digit(13),
    );
    let sum: u32 = (0..17).map(|index| digit(index) * WEIGHTS[index]).sum();
    matches!(run[0], b'1'..=b'8')
        && matches!(year, 19 | 20)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && CHECKS[(sum % 11) as usize] == run[17].to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<NumberForm> {
        find_numbers(&Features::read(text))
            .into_iter()
            .map(|number| number.form)
            .collect()
    }

    #[test]
    fn numbers_are_told_by_check_digit_and_shape() {
        // Built for the test: region 99 does not exist, so nobody bears this number.
        assert_eq!(
            forms("证号 T110101190001010017"),
            [NumberForm::Certificate; 0]
        );
        assert_eq!(
            forms("证号：T42010119000101001X"),
            certificate_if_valid("42010119000101001X")
        );
        assert_eq!(forms("T4201**********1234"), [NumberForm::Masked]);
        assert_eq!(forms("订单号 123456789012345678 电话 13800000000"), []);
    }

    fn certificate_if_valid(number: &str) -> Vec<NumberForm> {
        if holds(number.as_bytes()) {
            vec![NumberForm::Certificate]
        } else {
            vec![]
        }
    }
}
