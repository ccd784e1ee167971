//! Modules that cannot be a policy's network are refused when they are loaded, each traced here from a few operations.
use super::samples;
use learning::Runtime;
use learning::policy::{Activation, Body, Policy};
use learning::torch::Scripted;
use tch::{CModule, Kind, Tensor};

/// A policy that sees two numbers and answers with three, by the module that this function is of them and of three sums of them.
fn traced(function: fn(&Tensor, Tensor) -> Tensor) -> Policy {
    let zeros = Tensor::zeros([1, 2], (Kind::Float, tch::Device::Cpu));
    // Numbers that are made while the function is traced would be traced as memory that nobody wrote.
    let weights = Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]).view([2, 3]);
    let mut closure = |inputs: &[Tensor]| vec![function(&inputs[0], inputs[0].matmul(&weights))];
    let module = CModule::create_by_tracing("traced", "forward", &[zeros], &mut closure).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traced.pt");
    module.save(&path).unwrap();
    samples::module(&std::fs::read(path).unwrap())
}

#[test]
fn a_module_answers_one_observation_at_a_time_and_the_same_each_time() {
    let mut runtime = Scripted::new(&traced(|_, three| three)).unwrap();
    let mut outputs = [0.0; 3];
    for _ in 0..100 {
        runtime.answer(&[1.0, -2.0], &mut [], &mut outputs);
        assert_eq!(outputs.map(f32::to_bits), [-7.0_f32, -8.0, -9.0].map(f32::to_bits));
    }
}

#[test]
fn a_module_of_another_shape_kind_or_temper_is_refused_when_it_is_loaded() {
    let check = |function: fn(&Tensor, Tensor) -> Tensor, expected: &str| {
        let error = Scripted::new(&traced(function)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(|x, _| x + 1.0, "one that answers Float [1, 2] to an observation of 2 numbers");
    check(|_, three| three.view([-1]), "one that answers Float [3] to an observation");
    check(|_, three| three.to_kind(Kind::Double), "one that answers Double [1, 3]");
    check(|_, three| three / 0.0, "to zeros; expected finite numbers");
    check(|_, three| three.rand_like(), "one that draws nothing and keeps nothing between calls");
    let other = samples::mlp(2, &[], 3, Activation::Tanh);
    let error = Scripted::new(&other).unwrap_err().to_string();
    assert!(error.contains("`architecture.body` is no module"), "{error}");
    let mut wide = traced(|_, three| three);
    wide.manifest.architecture.inputs = 4;
    let error = Scripted::new(&wide).unwrap_err().to_string();
    assert!(error.contains("`module` is not taken by libtorch: "), "{error}");
    assert!(error.contains("answers 32-bit observations [1, 4] with [1, 3]"), "{error}");
    for body in [Body::Mlp { hidden: vec![] }, Body::Gru { width: 3 }] {
        let mut other = traced(|_, three| three);
        other.manifest.architecture.body = body;
        assert!(Scripted::new(&other).is_err());
    }
}

#[test]
fn where_a_module_fails_its_outputs_are_not_numbers() {
    // Of an observation with something above zero fewer numbers are left, which are no three.
    let some = traced(|_, three| three.masked_select(&three.le(0.0)).view([1, -1]));
    let mut runtime = Scripted::new(&some).unwrap();
    let mut outputs = [0.0; 3];
    runtime.answer(&[1.0, 1.0], &mut [], &mut outputs);
    assert!(outputs.iter().all(|output| output.is_nan()), "{outputs:?}");
    runtime.answer(&[-1.0, 0.0], &mut [], &mut outputs);
    assert_eq!(outputs.map(f32::to_bits), [-1.0_f32, -2.0, -3.0].map(f32::to_bits));
}

#[test]
fn no_changed_byte_of_a_module_is_a_panic() {
    let policy = traced(|_, three| three);
    for at in (0..policy.module.len()).step_by(37) {
        let mut changed = policy.clone();
        changed.module[at] ^= 0xff;
        if let Ok(mut runtime) = Scripted::new(&changed) {
            runtime.answer(&[1.0, -2.0], &mut [], &mut [0.0; 3]);
        }
        changed.module.truncate(at);
        assert!(Scripted::new(&changed).is_err());
    }
}
