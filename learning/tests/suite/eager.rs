//! Our own networks on libtorch, beside the portable runtime.
use super::samples;
use engine::Rng;
use learning::policy::{Activation, Policy};
use learning::torch::Eager;
use learning::{Portable, Runtime, platform};

#[test]
fn libtorch_answers_what_the_portable_runtime_answers_and_always_the_same() {
    let check = |policy: &Policy| {
        let architecture = &policy.manifest.architecture;
        let (mut eager, mut again) = (Eager::new(policy), Eager::new(policy));
        let mut portable = Portable::new(policy).unwrap();
        let memory = vec![0.0; architecture.memory()];
        let mut memories = [memory.clone(), memory.clone(), memory];
        let mut answers = [(); 3].map(|()| vec![0.0; architecture.outputs]);
        let mut rng = Rng::stream(13, "observations");
        for row in 0..500 {
            let observation: Vec<f32> = (0..architecture.inputs).map(|_| (1.5 * rng.normal()) as f32).collect();
            let runtimes: [&mut dyn Runtime; 3] = [&mut eager, &mut again, &mut portable];
            for ((runtime, memory), answer) in runtimes.into_iter().zip(&mut memories).zip(&mut answers) {
                runtime.answer(&observation, memory, answer);
            }
            let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&answers[0]), bits(&answers[1]), "row {row}");
            assert_eq!(bits(&memories[0]), bits(&memories[1]), "row {row}");
            let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-5);
            assert!(near(&answers[0], &answers[2]), "row {row}: {answers:?}");
            assert!(near(&memories[0], &memories[2]), "row {row}: {memories:?}");
        }
        // A network keeps nothing between calls: the memory is the caller's.
        let observation = vec![0.5; architecture.inputs];
        let (mut empty, mut first, mut second) =
            (vec![0.0; architecture.memory()], answers[0].clone(), answers[1].clone());
        eager.answer(&observation, &mut empty.clone(), &mut first);
        eager.answer(&observation, &mut empty, &mut second);
        assert_eq!(first, second);
    };
    check(&samples::mlp(33, &[64, 64], 3, Activation::Tanh));
    check(&samples::mlp(33, &[64, 64], 3, Activation::Relu));
    check(&samples::mlp(5, &[], 3, Activation::Tanh));
    check(&samples::gru(33, 64));
}

#[test]
fn the_platform_is_known() {
    let here = platform::here().expect("a build with libtorch");
    assert!(here.libtorch.split('.').count() >= 3, "{here}");
    let instructions = here.cpu.split(',').next().unwrap();
    assert!(!instructions.is_empty() && instructions != "unknown", "{here}");
}
