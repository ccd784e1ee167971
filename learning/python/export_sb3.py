"""Exports a policy of stable-baselines3 for `onetape policy import`.

    python3 export_sb3.py MODEL.zip --algorithm ppo --normaliser VECNORMALIZE.pkl \
        --features "returns 15" "position" --levels -1000000 0 1000000 --out POLICY

writes POLICY.pt, a TorchScript module from observations (float32, [n, inputs], on the scale that the policy was trained on) to logits,
values or means ([n, outputs]), and POLICY.json, which says what the policy sees, its scale and what its actions mean. Then

    onetape policy import POLICY.pt --description POLICY.json --out POLICY.policy

`--algorithm` is ppo, a2c or dqn, with an MlpPolicy: an observation is one row of numbers. `--features` names what stands in a row, as the
run file does. `--levels` gives the exposure of each action in millionths of the size; a policy with a continuous action takes `--bounds LOW
HIGH STEP` in its place. A policy that was trained without VecNormalize takes `--no-normaliser`, so that it is never left out by mistake.

MODEL.zip and VECNORMALIZE.pkl hold pickles, which run code when they are read: export what you made yourself. What is written holds none.
From Python, call `export(model, vec_normalize, path, features=..., levels=...)`.
"""

import argparse
import hashlib
import json
import pathlib
import sys
import warnings
import zipfile

import numpy as np
import stable_baselines3
import torch
from gymnasium import spaces

VERSION = 1
ALGORITHMS = {"ppo": stable_baselines3.PPO, "a2c": stable_baselines3.A2C, "dqn": stable_baselines3.DQN}


class Actor(torch.nn.Module):
    """What chooses, of an actor-critic policy: logits of the actions, or the mean of one amount."""

    def __init__(self, policy):
        super().__init__()
        self.features = policy.pi_features_extractor
        self.body = policy.mlp_extractor.policy_net
        self.head = policy.action_net

    def forward(self, observation):
        return self.head(self.body(self.features(observation)))


class Values(torch.nn.Module):
    """The value of each action, of a Q network."""

    def __init__(self, policy):
        super().__init__()
        self.features = policy.q_net.features_extractor
        self.body = policy.q_net.q_net

    def forward(self, observation):
        return self.body(self.features(observation))


def export(model, normaliser, path, *, features, levels=None, bounds=None, threshold=0.0, source=None):
    """Writes `path`.pt and `path`.json.

    `normaliser` is the VecNormalize that the model was trained in, or None where there was none. `features` names what stands in an
    observation, in order. `levels` is the exposure of each discrete action, `bounds` low, high and step of a continuous one, both in
    millionths of the size. `source` adds facts to what the policy says of where it comes from.
    """
    inputs, outputs = sizes(model)
    head, actions = meaning(model, outputs, levels, bounds)
    module = (Values if head == "values" else Actor)(model.policy).to("cpu", torch.float32).eval()
    path = pathlib.Path(path)
    archive = path.with_name(path.name + ".pt")
    with torch.no_grad(), warnings.catch_warnings():
        # Python would rather have another format, which libtorch does not read without a compiler.
        warnings.simplefilter("ignore", DeprecationWarning)
        # Two rows, so that nothing of the trace depends on there being one.
        traced = torch.jit.freeze(torch.jit.trace(module, torch.zeros(2, inputs)))
        answer = traced(torch.zeros(3, inputs))
        if tuple(answer.shape) != (3, outputs):
            raise ValueError(f"three observations are answered with {tuple(answer.shape)}, and not with (3, {outputs})")
        traced.save(str(archive))
    without_traces(archive)
    description = {
        "version": VERSION,
        "module_sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "inputs": inputs,
        "outputs": outputs,
        "head": head,
        "features": list(features),
        "normaliser": statistics(normaliser, inputs),
        "actions": actions,
        "decision_threshold_ppm": round(threshold * 1_000_000),
        "source": origin(model) | (source or {}),
    }
    text = json.dumps(description, indent=1, allow_nan=False) + "\n"
    path.with_name(path.name + ".json").write_text(text, encoding="utf-8")
    return description


def without_traces(archive):
    """Takes out of a module's archive where its code came from: paths of this machine, which are nobody's business."""
    with zipfile.ZipFile(archive) as old:
        files = [(name, old.read(name)) for name in old.namelist() if not name.endswith(".debug_pkl")]
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in files:
            new.writestr(zipfile.ZipInfo(name), content)


def sizes(model):
    """Numbers in an observation, and numbers that the policy answers with."""
    seen, chosen = model.observation_space, model.action_space
    if not isinstance(seen, spaces.Box) or len(seen.shape) != 1:
        raise ValueError(f"an observation has to be one row of numbers (a Box of one dimension), and is {seen}")
    if isinstance(chosen, spaces.Discrete) and chosen.start == 0:
        return seen.shape[0], int(chosen.n)
    if isinstance(chosen, spaces.Box) and chosen.shape == (1,):
        return seen.shape[0], 1
    raise ValueError(f"actions have to be a Discrete that begins at 0 or a Box of one number, and are {chosen}")


def meaning(model, outputs, levels, bounds):
    """What the outputs are, and what an action means for a position."""
    if isinstance(model.action_space, spaces.Box):
        if getattr(model.policy, "squash_output", False):
            raise ValueError("a squashed policy (use_sde with squash_output) is not exported: its output is no mean")
        if bounds is None or levels is not None:
            raise ValueError("a continuous action takes bounds (low, high and step in millionths of the size), and no levels")
        low, high, step = (int(bound) for bound in bounds)
        return "gaussian", {"continuous": {"low": low, "high": high, "step": step}}
    if levels is None or bounds is not None:
        raise ValueError("discrete actions take levels (an exposure for each, in millionths of the size), and no bounds")
    if len(levels) != outputs:
        raise ValueError(f"there are {outputs} actions and {len(levels)} levels")
    head = "values" if isinstance(model, stable_baselines3.DQN) else "categorical"
    return head, {"levels": [int(level) for level in levels]}


def statistics(normaliser, inputs):
    """What VecNormalize does to an observation: (x - mean) / sqrt(variance + epsilon), within clip either way."""
    if normaliser is None or not normaliser.norm_obs:
        return None
    mean, variance = (np.asarray(x, dtype=np.float64) for x in (normaliser.obs_rms.mean, normaliser.obs_rms.var))
    if mean.shape != (inputs,) or variance.shape != (inputs,):
        raise ValueError(f"the normaliser is of {mean.shape}, and the policy sees {inputs} numbers")
    return {
        "mean": mean.tolist(),
        "variance": variance.tolist(),
        "epsilon": float(normaliser.epsilon),
        "clip": float(normaliser.clip_obs),
    }


def origin(model):
    """Where the policy comes from, as text."""
    kept = ["learning_rate", "n_steps", "batch_size", "n_epochs", "gamma", "gae_lambda", "ent_coef", "vf_coef", "max_grad_norm", "seed"]
    facts = {name: str(getattr(model, name)) for name in kept if isinstance(getattr(model, name, None), (int, float))}
    return facts | {
        "algorithm": type(model).__name__.lower(),
        "library": f"stable-baselines3 {stable_baselines3.__version__}",
        "steps": str(model.num_timesteps),
        "torch": torch.__version__.split("+")[0],
    }


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), required=True)
    scale = parser.add_mutually_exclusive_group(required=True)
    scale.add_argument("--normaliser", type=pathlib.Path, help="what VecNormalize.save wrote")
    scale.add_argument("--no-normaliser", action="store_true")
    parser.add_argument("--features", nargs="+", required=True)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--levels", nargs="+", type=int)
    kind.add_argument("--bounds", nargs=3, type=int, metavar=("LOW", "HIGH", "STEP"))
    parser.add_argument("--threshold", type=float, default=0.0, help="how sure a change must be, from 0 to 1")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="path of both files, without their endings")
    given = parser.parse_args(arguments)
    model = ALGORITHMS[given.algorithm].load(given.model, device="cpu")
    normaliser = None if given.no_normaliser else unpickled(given.normaliser)
    try:
        export(
            model,
            normaliser,
            given.out,
            features=given.features,
            levels=given.levels,
            bounds=given.bounds,
            threshold=given.threshold,
        )
    except ValueError as error:
        sys.exit(f"{given.model}: {error}")


def unpickled(path):
    """The VecNormalize of a file, without the environment that it was made for."""
    import pickle

    with open(path, "rb") as file:
        return pickle.load(file)


if __name__ == "__main__":
    main(sys.argv[1:])
