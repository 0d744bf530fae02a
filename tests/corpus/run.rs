//! Runs rows in helpers, as the program does, on as many threads as there are processors.

use super::{checks, manifest::Row};
use inlaid::{
    engine::{Decoded, EngineError, Limits, Source, Warning, decode::DecodeOptions},
    helper::{ARGUMENT, Allowance, Decoders, Program, Transport},
};
use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What became of a row.
#[derive(Clone)]
pub(crate) enum Outcome {
    Holds,
    Fails(String),
}

/// A helper may take twice as much: 1.5 GB.
const MEMORY_MB: u32 = 750;

static DECODERS: LazyLock<Decoders> = LazyLock::new(|| {
    let transport = Transport::Native;
    let arguments = vec![ARGUMENT.into(), transport.id().into()];
    let program = Program { path: env!("CARGO_BIN_EXE_inlaid").into(), arguments, transport };
    Decoders::contained_in(program, &Limits::default()).unwrap()
});

/// Decodes in a helper, which gets ten seconds for a small file.
pub(crate) fn decode(source: &Source, options: DecodeOptions) -> Result<Decoded, EngineError> {
    use inlaid::engine::{Cancel, Tools, decode::Decoder as _, decode::Fonts};
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let decoder = DECODERS.within(Allowance { memory_mb: MEMORY_MB, ..Allowance::default() });
    let decoded = decoder.decode(source, &options, Tools::new(&limits, &fonts, &cancel));
    match &decoded {
        // Never right, whatever the row says.
        Err(why) if why.is_out_of_budget() || matches!(why, EngineError::DecoderCrashed) => {
            panic!("{}: {why}", source.name())
        }
        Ok(it) if it.facts.warnings.iter().any(|it| matches!(it, Warning::NotContained { .. })) => {
            panic!("{}: no helper could be started", source.name());
        }
        _ => decoded,
    }
}

/// Runs all rows; what became of each, in their order.
pub(crate) fn run_all(rows: &[Row]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut outcomes = vec![];
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(row) = rows.get(index)
        {
            let result = panic::catch_unwind(AssertUnwindSafe(|| checks::check(row)));
            let told = |why: Box<dyn Any + Send>| why.downcast_ref::<String>().cloned().unwrap_or_default();
            let result = result.unwrap_or_else(|why| Err(format!("panicked: {}", told(why))));
            outcomes.push((index, result.map_or_else(Outcome::Fails, |()| Outcome::Holds)));
        }
        outcomes
    };
    let mut outcomes = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|it| it.join().unwrap()).collect::<Vec<_>>()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
