//! Pages a second: the whole assessment beside the bare parse of the same pages.
//!
//! `cargo bench -p jianwei-analyse --bench assess -- FOLDER` reads every HTML file below the folder; without one it
//! makes pages of its own. Each figure is the median of several rounds on one core.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::time::Instant;

use jianwei_analyse::Page;
use scraper::Html;

const ROUNDS: usize = 7;

fn main() {
    let folder = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let pages = folder.map_or_else(synthetic, |folder| load(Path::new(&folder)));
    let bytes: usize = pages.iter().map(String::len).sum();
    let analyser = world::analyser();
    let parse = median(|| {
        for page in &pages {
            std::hint::black_box(Html::parse_document(page));
        }
    });
    let assess = median(|| {
        for html in &pages {
            let page = Page {
                url: "https://bench.example/",
                html,
                day: world::day(),
            };
            std::hint::black_box(analyser.assess(&page));
        }
    });
    let count = pages.len() as f64;
    println!(
        "{} pages, {:.1} KB each",
        pages.len(),
        bytes as f64 / count / 1000.0
    );
    println!("bare scraper parse  {:>9.1} pages/s", count / parse);
    println!("whole assessment    {:>9.1} pages/s", count / assess);
    println!("ratio of times      {:>9.2}", assess / parse);
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Pages of a news portal's make: menus, a long article, a footer.
fn synthetic() -> Vec<String> {
    (0..40)
        .map(|number| {
            let menu: String = (0..120)
                .map(|item| format!("<li class=\"nav-item\"><a href=\"/c{item}/list_{number}.html\" title=\"栏目{item}\">栏目名称之{item}</a></li>"))
                .collect();
            let article = "<p>昨日，本市召开全市安全生产工作会议，部署冬季火灾防控和特种作业人员持证上岗检查。</p>".repeat(200);
            format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>第{number}号新闻</title><script src=\"/js/a.js\"></script></head><body><ul>{menu}</ul><h1>标题</h1>{article}<div class=\"footer\">版权所有</div></body></html>")
        })
        .collect()
}

fn load(folder: &Path) -> Vec<String> {
    let mut pages = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                pages.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
            }
        }
    }
    pages
}
