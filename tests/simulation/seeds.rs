//! Seeds of the simulation: a fixed set of them, and a few that nobody ran before.

use xunfang_tests::simulation::{Run, Safeguards, Size, Weather, run};

const SMALL: Size = Size { phones: 12, steps: 600 };

fn holds(run: &Run) {
    assert!(run.holds(), "{}", run.failure());
}

#[test]
fn on_a_good_line_everything_arrives() {
    for seed in 0..2 {
        let run = run(seed, SMALL, Weather::Fair, Safeguards::Whole);
        holds(&run);
        println!("{} saved, {:?}", run.saved, run.counts);
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let size = Size { phones: 6, steps: 200 };
    assert_eq!(
        run(7, size, Weather::Foul, Safeguards::Whole).trace,
        run(7, size, Weather::Foul, Safeguards::Whole).trace
    );
    assert_ne!(
        run(7, size, Weather::Foul, Safeguards::Whole).trace,
        run(8, size, Weather::Foul, Safeguards::Whole).trace
    );
}
