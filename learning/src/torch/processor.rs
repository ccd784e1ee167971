//! Which libtorch this is, and which of the processor's instructions it uses.
//!
//! Only libtorch knows its choice, which `ATEN_CPU_CAPABILITY` may change. tch has no call for it, but TorchScript has:
//! `processor.pt` is the scripted module with `forward(self) -> str: return torch.ops.aten._get_cpu_capability()`.
use crate::platform::Platform;
use std::sync::OnceLock;
use tch::{CModule, IValue};

const MODULE: &[u8] = include_bytes!("processor.pt");

/// The version whose headers this was built with.
const VERSION: &str = env!("ONETAPE_LIBTORCH");

/// This libtorch on this processor.
#[must_use]
pub fn platform() -> Platform {
    static CPU: OnceLock<String> = OnceLock::new();
    let cpu = CPU.get_or_init(|| match maker() {
        Some(maker) => format!("{}, {maker}", instructions()),
        None => instructions(),
    });
    Platform { libtorch: VERSION.into(), cpu: cpu.clone() }
}

/// The instructions that libtorch uses.
fn instructions() -> String {
    let mut module = MODULE;
    let loaded = CModule::load_data(&mut module).and_then(|module| module.method_is::<IValue>("forward", &[]));
    match loaded {
        Ok(IValue::String(name)) => name,
        // Another libtorch may not know the call: then no other platform is taken for this one.
        _ => "unknown".into(),
    }
}

/// The maker and family of the processor, where the system tells.
fn maker() -> Option<String> {
    let told = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let fact = |name: &str| told.lines().find_map(|line| Some(line.strip_prefix(name)?.split(':').nth(1)?.trim()));
    Some(format!("{} {}", fact("vendor_id")?, fact("cpu family")?))
}
