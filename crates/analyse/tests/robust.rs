//! What holds of every page, however hostile: no panic, excerpts in place, contributions that sum to the scores.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod world;

use jianwei_analyse::{Analyser, Lexicon, Page, Weights};
use jianwei_model::{Assessment, Decision};
use proptest::prelude::*;

fn assess(analyser: &Analyser, html: &str) -> Assessment {
    let assessment = analyser.assess(&Page {
        url: "http://cx.yunze.gov.test.any.example/x",
        html,
        day: world::day(),
    });
    world::hold_true(&assessment, html);
    assessment
}

/// An offer that must be found wherever it stands.
const OFFER: &str = "<p>代办电工证 免考直出 先出证后付款 微信jw_fake_001</p>";

#[test]
fn hostile_pages_are_read_to_their_end() {
    let analyser = world::analyser();
    let fillers = [
        ("deep nesting", "<div>".repeat(100_000)),
        ("deep lists", "<ul><li>".repeat(50_000)),
        ("formatting elements", "<b><i><a>".repeat(30_000)),
        ("a line of one megabyte", "文".repeat(350_000)),
        (
            "an attribute bomb",
            format!("<p {}>", "a=1 ".repeat(100_000)),
        ),
        ("open quotes", "<p title=\"".repeat(1_000) + "\">"),
        ("lone angle brackets", "<".repeat(200_000)),
        ("character references", "&#21150;&amp;".repeat(50_000)),
        ("digits", "1".repeat(300_000)),
        ("at signs", "@".repeat(300_000)),
        ("pairs without end", "办证代办电工证".repeat(20_000)),
    ];
    for (name, filler) in fillers {
        let html = format!("<body>{filler}{OFFER}");
        let assessment = assess(&analyser, &html);
        assert!(
            assessment
                .contacts
                .iter()
                .any(|contact| contact.value == "jw_fake_001"),
            "{name} hid the offer: {:?}",
            assessment.decision
        );
    }
}

#[test]
fn what_is_no_page_asks_for_nothing() {
    let analyser = world::analyser();
    let png = String::from_utf8_lossy(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0<svg\xff\xfe\0IDAT")
        .repeat(1000);
    for html in ["", " ", "\0", "<", "<!--", "<script>", png.as_str()] {
        let assessment = analyser.assess(&Page {
            url: "not a url",
            html,
            day: world::day(),
        });
        world::hold_true(&assessment, html);
        assert_eq!(assessment.decision, Decision::None);
    }
}

#[test]
fn the_model_version_follows_words_and_weights() {
    let version = |lexicon: Lexicon, weights: Weights| {
        let matcher =
            jianwei_lookalike::Matcher::new(&[], &jianwei_lookalike::Vocabulary::default());
        Analyser::new(Vec::new(), matcher, lexicon, weights)
            .unwrap()
            .model_version()
    };
    let shipped = version(world::lexicon(), world::weights());
    assert_eq!(shipped, version(world::lexicon(), world::weights()));
    assert_ne!(
        shipped,
        version(Lexicon::parse(&[]).unwrap(), world::weights())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_assessment_explains_itself(cuts in proptest::collection::vec((0_usize..3000, 0_usize..200), 0..12), seed in 0_usize..4) {
        thread_local! {
            static ANALYSER: Analyser = world::analyser();
        }
        let pages = [
            world::official("lookup"),
            world::official("bureau-yunze"),
            format!("<title>专·业·办·证</title>{OFFER}<p>加薇♥ ①③⓪００００&#48;００３ 姓名 证号 T110101190001010014 作业类别 有效期限 签发机关</p>"),
            String::from("<!-- saved from url=(0030)https://cx.yunze.gov.test/ --><form>姓名<input name=xm>身份证号<input name=sfz><button>查询</button></form>湘公网安备 43990202000001号"),
        ];
        let mut html: Vec<char> = pages[seed].chars().collect();
        for (from, length) in cuts {
            let from = from.min(html.len());
            let to = (from + length).min(html.len());
            html.drain(from..to);
        }
        let html: String = html.into_iter().collect();
        ANALYSER.with(|analyser| assess(analyser, &html));
    }
}

#[test]
fn an_analyser_serves_many_threads() {
    fn check<T: Send + Sync>(_: &T) {}
    check(&world::analyser());
}
