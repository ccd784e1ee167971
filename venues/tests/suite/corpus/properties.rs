//! The same as what is kept, from any seed, and bytes that come from nowhere.
use super::{Target, generate, replay};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_recorded_message_with_changes_does_harm(target in prop::sample::select(&Target::ALL[..]), seed in any::<u64>()) {
        let case = generate::of_seed(target, seed);
        replay::replay(target, usize::try_from(seed % 8).expect("small"), &case);
    }

    #[test]
    fn no_bytes_do_harm(target in prop::sample::select(&Target::ALL[..]), bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        replay::replay(target, bytes.len(), &bytes);
    }
}
