//! Policies whose network is a TorchScript module of its own, through libtorch on one thread.
//!
//! Nothing is learned here. A module is a program: what it may do to files and to memory is not bounded by this.
use crate::policy::{Body, Policy, PolicyError};
use crate::runtime::Runtime;
use tch::{CModule, Device, Kind, TchError, Tensor};

/// The network of a policy with [`Body::Module`]: from observations, 32-bit, `[1, inputs]`, to outputs `[1, outputs]`.
#[derive(Debug)]
pub struct Scripted {
    module: CModule,
    outputs: usize,
    size: [i64; 2],
    /// The observation as libtorch reads it.
    bytes: Vec<u8>,
}

impl Scripted {
    /// Loads the module of a policy, and has it answer an observation of zeros.
    ///
    /// It is asked more than once: a module that draws random numbers, or that keeps something between calls, cannot be replayed.
    ///
    /// # Errors
    /// When the policy's network is no module, when the archive does not load, or when what it answers is not of the
    /// architecture's shape, is not 32-bit, is no finite number, or is not the same each time.
    pub fn new(policy: &Policy) -> Result<Self, PolicyError> {
        let architecture = &policy.manifest.architecture;
        if architecture.body != Body::Module {
            return Err(PolicyError::field(
                "architecture.body",
                "no module",
                "`module`: its network is a TorchScript module",
            ));
        }
        architecture.check()?;
        tch::set_num_threads(1);
        // The optimiser looks at the first calls and rewrites the module after them: the same observation might get other bits.
        tch::jit::set_graph_executor_optimize(false);
        let loaded = CModule::load_data_on_device(&mut policy.module.as_slice(), Device::Cpu);
        let mut module = loaded.map_err(|error| wrong(&error, "a TorchScript archive that libtorch 2.13 loads"))?;
        module.f_set_eval().map_err(|error| wrong(&error, "a module that can be set to answer"))?;
        let (inputs, outputs) = (architecture.inputs, architecture.outputs);
        let mut made = Self { module, outputs, size: [1, inputs as i64], bytes: Vec::with_capacity(4 * inputs) };
        made.try_out(inputs)?;
        Ok(made)
    }

    fn try_out(&mut self, inputs: usize) -> Result<(), PolicyError> {
        let expected = || format!("one that answers 32-bit observations [1, {inputs}] with [1, {}]", self.outputs);
        let (zeros, expected) = (vec![0.0_f32; inputs], expected());
        let mut first: Option<Vec<f32>> = None;
        for _ in 0..3 {
            let answer = self.forward(&zeros).map_err(|error| wrong(&error, &expected))?;
            let (shape, kind) = (answer.size(), answer.kind());
            if shape != [1, self.outputs as i64] || kind != Kind::Float {
                let found = format!("one that answers {kind:?} {shape:?} to an observation of {inputs} numbers");
                return Err(PolicyError::field("module", found, expected));
            }
            let mut outputs = vec![0.0_f32; self.outputs];
            answer.f_copy_data(&mut outputs, self.outputs).map_err(|error| wrong(&error, &expected))?;
            if outputs.iter().any(|output| !output.is_finite()) {
                let found = format!("one that answers {outputs:?} to zeros");
                return Err(PolicyError::field("module", found, "finite numbers"));
            }
            let bits = |outputs: &[f32]| outputs.iter().map(|output| output.to_bits()).collect::<Vec<_>>();
            if first.as_ref().is_some_and(|first| bits(first) != bits(&outputs)) {
                let found = "one that answers the same observation otherwise each time";
                return Err(PolicyError::field(
                    "module",
                    found,
                    "one that draws nothing and keeps nothing between calls",
                ));
            }
            first = Some(outputs);
        }
        Ok(())
    }

    fn forward(&mut self, observation: &[f32]) -> Result<Tensor, TchError> {
        self.bytes.clear();
        self.bytes.extend(observation.iter().flat_map(|number| number.to_ne_bytes()));
        let observation = Tensor::f_from_data_size(&self.bytes, &self.size, Kind::Float)?;
        tch::no_grad(|| self.module.forward_ts(&[observation]))
    }
}

impl Runtime for Scripted {
    /// Where the module fails on this observation, or answers it with another shape, every output is not a number: there is no
    /// answer, and nothing to act on.
    fn answer(&mut self, observation: &[f32], memory: &mut [f32], outputs: &mut [f32]) {
        assert_eq!(observation.len() as i64, self.size[1], "an observation is as long as the architecture says");
        assert_eq!(memory.len(), 0, "a module has no memory");
        assert_eq!(outputs.len(), self.outputs, "outputs are as many as the architecture says");
        let answer = self.forward(observation).ok().filter(|answer| answer.size() == [1, self.outputs as i64]);
        let copied = answer.and_then(|answer| answer.f_copy_data(outputs, self.outputs).ok());
        if copied.is_none() {
            outputs.fill(f32::NAN);
        }
    }
}

/// What libtorch said, without the trace of its own calls, which follows after the first line.
fn wrong(error: &TchError, expected: &str) -> PolicyError {
    let text = error.to_string();
    let said = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("refused");
    PolicyError::field("module", format!("not taken by libtorch: {said}"), expected)
}
