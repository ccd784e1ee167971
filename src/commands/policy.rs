//! `onetape policy`: policies as files.
use super::policy_show::{compare, show};
use crate::failure::Failure;
use crate::policy_arguments::{PolicyCommand, PolicyImport};
use crate::tape_header::COMPILER;
use crate::terminal;
use learning::policy::{FILE_BYTES_MAX, Policy, import};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Runs the command.
pub(super) fn execute(command: PolicyCommand, json: bool) -> Result<(), Failure> {
    match command {
        PolicyCommand::Show { file } => show(&file, json),
        PolicyCommand::Compare(arguments) => compare(&arguments, json),
        PolicyCommand::Import(arguments) => import_one(&arguments, json),
    }
}

fn import_one(arguments: &PolicyImport, json: bool) -> Result<(), Failure> {
    let out = &arguments.out;
    if out.exists() && !arguments.replace {
        let text = format!("{} is there already: name another file, or say --replace", out.display());
        return Err(Failure::Usage(text));
    }
    let module = bytes(&arguments.module)?;
    let named = |error: &dyn std::fmt::Display| {
        Failure::Failed(format!("{} with {}: {error}", arguments.module.display(), arguments.description.display()))
    };
    let description = String::from_utf8(bytes(&arguments.description)?).map_err(|error| named(&error))?;
    let code = format!("onetape {}, {COMPILER}", env!("CARGO_PKG_VERSION"));
    let policy = import(module, &description, &code).map_err(|error| named(&error))?;
    let tried = tried(&policy).map_err(|error| named(&error))?;
    policy.save(out).map_err(Failure::failed)?;
    let digest = policy.digest().map_err(Failure::failed)?;
    let (manifest, architecture) = (&policy.manifest, &policy.manifest.architecture);
    if json {
        let object = json!({
            "policy": out.display().to_string(),
            "digest": digest,
            "features": manifest.features,
            "inputs": architecture.inputs,
            "outputs": architecture.outputs,
            "tried": tried,
        });
        return terminal::print(&format!("{object:#}\n"));
    }
    if !tried {
        terminal::say(
            "the module was not asked for an answer: this build has no libtorch; one with `--features rl` has",
        );
    }
    let (inputs, outputs) = (architecture.inputs, architecture.outputs);
    let rows = [
        ("policy", out.display().to_string()),
        ("digest", digest),
        ("sees", format!("{} ({inputs} numbers)", manifest.features.join(", "))),
        ("answers", format!("{outputs} numbers")),
    ];
    terminal::print(&terminal::rows(&rows.map(|(name, text)| (name.to_string(), text))))
}

/// Whether the module was asked for an answer, where this build can.
#[cfg(feature = "rl")]
fn tried(policy: &Policy) -> Result<bool, learning::policy::PolicyError> {
    learning::torch::Scripted::new(policy).map(|_| true)
}

#[cfg(not(feature = "rl"))]
fn tried(_: &Policy) -> Result<bool, learning::policy::PolicyError> {
    Ok(false)
}

/// A file that the user named, of no more bytes than a policy may have.
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Failure::Failed(format!("{} has more than {FILE_BYTES_MAX} bytes", path.display())));
    }
    Ok(bytes)
}
