//! Clone: the page bears names and labels that, among all known legitimate sites, one official site alone uses.

use crate::page::{Channel, Token};
use crate::reading::{Reading, Sighting};

/// The likeness to the nearest reference of another's organisation.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let likeness = reading.likeness.as_ref()?;
    let count = |channel| {
        likeness
            .shared
            .iter()
            .filter(|token| token.channel == channel)
            .count()
    };
    // The longest label tells an analyst most; without labels the longest name does.
    let name = |token: &Token| reading.page.token_name(token);
    let best = likeness
        .shared
        .iter()
        .max_by_key(|token| (token.channel, name(token).len()))?;
    let mut examples: Vec<&str> = likeness.shared.iter().map(name).collect();
    examples.sort_by_key(|example| std::cmp::Reverse(example.len()));
    examples.truncate(6);
    let resources = (count(Channel::Resource), "个资源名");
    let labels = (count(Channel::Chrome), "处界面文字");
    let shared: Vec<String> = [resources, labels]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number}{what}"))
        .collect();
    let reason = format!(
        "与{}的网页（{}）共有{}，在已知的{}家机构中仅该机构使用，例如：{}",
        likeness.organisation,
        likeness.url,
        shared.join("和"),
        likeness.organisations,
        examples.join("、"),
    );
    Sighting::new(likeness.score, reason, reading.page.token_quote(best))
}
