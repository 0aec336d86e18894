//! Seeds of the simulation: a fixed set of them. Seeds that nobody ran before come to the tests once the larger
//! runs hold (docs/RELIABILITY.md says which don't); `cargo xtask simulate` runs them.

use xunfang_tests::simulation::{Run, Safeguards, Size, Weather, run};

const SMALL: Size = Size { phones: 12, steps: 700 };

fn holds(run: &Run) {
    assert!(run.holds(), "{}", run.failure());
}

#[test]
fn on_a_good_line_everything_arrives() {
    let run = run(0, SMALL, Weather::Fair, Safeguards::Whole);
    holds(&run);
    assert!(run.saved > 100, "enough was written to mean something: {}", run.saved);
    assert_eq!(run.excused, [].into());
}

/// Seeds that once failed are among them.
#[test]
fn whatever_goes_wrong_nothing_is_lost() {
    for seed in [2, 4, 6, 11] {
        holds(&run(seed, SMALL, Weather::Foul, Safeguards::Whole));
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let size = Size { phones: 8, steps: 300 };
    let once = run(7, size, Weather::Foul, Safeguards::Whole);
    assert_eq!(once, run(7, size, Weather::Foul, Safeguards::Whole));
    assert_ne!(once.trace, run(8, size, Weather::Foul, Safeguards::Whole).trace);
}
