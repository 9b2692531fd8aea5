//! The house rules that no compiler knows: layout, imports, budgets, lists that must agree.

use anyhow::bail;

mod budgets;
mod graph;
mod lists;
mod manifests;
mod sources;

/// Checks every rule and prints each breach with its place.
pub(crate) fn run() -> anyhow::Result<()> {
    let (breaches, warnings) = check()?;
    for warning in &warnings {
        eprintln!("tidy: note: {warning}");
    }
    for breach in &breaches {
        eprintln!("tidy: {breach}");
    }
    if !breaches.is_empty() {
        bail!("{} rules are broken", breaches.len());
    }
    eprintln!("tidy: all rules hold");
    Ok(())
}

fn check() -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let sources = sources::read()?;
    let mut breaches = Vec::new();
    let mut warnings = Vec::new();
    budgets::check(&sources, &mut breaches, &mut warnings);
    manifests::check(&mut breaches)?;
    graph::check(&mut breaches)?;
    lists::check(&mut breaches)?;
    Ok((breaches, warnings))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let (breaches, _) = super::check().unwrap();
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }
}
