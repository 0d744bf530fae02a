//! Decodes pictures that nobody here made and holds them against what others made of them.
//!
//! `INLAID_CORPUS=DIR` names a corpus: one folder a suite, each with a `MANIFEST.tsv` that
//! states what must hold. Without it the small set in `tests/corpus/small` is used.
//!
//! The rows run in helpers, as the program decodes, within their limits of memory and time.
//! `tests/corpus/misses.tsv` lists the rows that may fail, each with its reason. A listed row
//! that passes fails the test, so the list can only shrink.

#[cfg(test)]
#[path = "corpus/checks.rs"]
mod checks;
#[cfg(test)]
#[path = "corpus/manifest.rs"]
mod manifest;
#[cfg(test)]
#[path = "corpus/run.rs"]
mod run;

#[cfg(test)]
mod corpus {
    use super::{
        manifest,
        run::{self, Outcome},
    };
    use std::collections::{BTreeMap, BTreeSet};

    /// A format that may have been left out, and texts, which have a test of their own.
    const OTHER_SUITES: &[&str] = if cfg!(feature = "heic") { &["dataurl"] } else { &["heic", "dataurl"] };

    #[test]
    fn every_row_holds_but_the_listed_misses() {
        let (root, complete) = manifest::root();
        let rows = manifest::rows(&root, OTHER_SUITES);
        assert!(!rows.is_empty(), "no rows in {}", root.display());
        let outcomes = run::run_all(&rows);
        let misses = manifest::misses();
        let mut summary: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        let mut wrong = vec![];
        for (row, outcome) in rows.iter().zip(&outcomes) {
            let name = row.name();
            let counts = summary.entry(&row.suite).or_default();
            counts[1] += 1;
            match outcome {
                Outcome::Holds => {
                    counts[0] += 1;
                    if misses.contains_key(&name) {
                        wrong.push(format!("{name}: holds now; take it off the list of misses"));
                    }
                }
                Outcome::Fails(why) if !misses.contains_key(&name) => wrong.push(format!("{name}: {why}")),
                Outcome::Fails(_) => {}
            }
        }
        if complete {
            let known: BTreeSet<String> = rows.iter().map(manifest::Row::name).collect();
            wrong.extend(misses.keys().filter(|it| !known.contains(*it)).map(|it| format!("{it}: no such row")));
        }
        for (suite, [holding, all]) in &summary {
            println!("{suite}: {holding} of {all}");
        }
        assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    }
}
