"""Trains a small policy with stable-baselines3, exports it, and writes what it answers.

    python3 make_sb3_fixture.py FOLDER [--algorithm ppo] [--seed 7] [--steps 20480]

FOLDER then holds `policy.pt` and `policy.json`, as export_sb3.py writes them, and `answers.safetensors`: 10,000 observations as the
environment made them (`observations`, float32), what Python answers after VecNormalize (`outputs`, float32: logits, values or means), and
the action of each (`actions`, int64; not with `--algorithm ppo-amount`, whose action is an amount). The environment is a market of one asset
whose returns tend to come back, with costs; it is nobody's market.
"""

import argparse
import json
import pathlib
import struct

import gymnasium
import numpy as np
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from export_sb3 import export

WINDOW = 14
ANSWERS = 10_000
COST = 0.0002
WHOLE = 1_000_000


class Market(gymnasium.Env):
    """Logarithmic returns that tend to come back; an exposure of -1, 0 or 1 is paid the next one, and pays for each change.

    An observation is what `returns 14` and `position` declare: the last returns, the newest last; the exposure chosen last, and what is
    held over equity, which moves with the price until the next choice.
    """

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (WINDOW + 2,), np.float32)
    action_space = gymnasium.spaces.Discrete(3)
    length = 256

    def exposure_of(self, action):
        return int(action) - 1

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.returns = self.np_random.normal(0.0, 0.01, WINDOW + self.length)
        for at in range(1, self.returns.size):
            self.returns[at] -= 0.4 * self.returns[at - 1]
        self.at, self.exposure, self.held = WINDOW, 0.0, 0.0
        return self.seen(), {}

    def step(self, action):
        self.exposure = self.exposure_of(action)
        change = abs(self.exposure - self.held)
        growth = np.expm1(self.returns[self.at])
        self.held = self.exposure * (1.0 + growth) / (1.0 + self.exposure * growth)
        self.at += 1
        reward = np.log1p(self.exposure * growth) - change * COST
        return self.seen(), float(reward), False, self.at == self.returns.size, {}

    def seen(self):
        window = self.returns[self.at - WINDOW : self.at]
        return np.append(window, [self.exposure, self.held]).astype(np.float32)


class MarketOfAmounts(Market):
    """The same with an amount from -1 to 1 as action."""

    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)

    def exposure_of(self, action):
        return float(np.clip(action[0], -1.0, 1.0))


def trained(algorithm, seed, steps):
    market = MarketOfAmounts if algorithm == "ppo-amount" else Market
    envs = VecNormalize(DummyVecEnv([market] * 8))
    envs.seed(seed)
    if algorithm == "a2c":
        model = A2C("MlpPolicy", envs, seed=seed, device="cpu")
    elif algorithm == "dqn":
        model = DQN("MlpPolicy", envs, learning_starts=1_000, buffer_size=20_000, seed=seed, device="cpu")
    else:
        model = PPO("MlpPolicy", envs, n_steps=128, batch_size=256, n_epochs=10, seed=seed, device="cpu")
    model.learn(steps)
    envs.training = False
    return model, envs


def observations(model, envs, seed):
    """Observations of the trained policy's own way through the market, one in ten of them stretched until the clip cuts it."""
    rng = np.random.default_rng(seed)
    envs.seed(seed + 1)
    envs.reset()
    rows = []
    while sum(map(len, rows)) < ANSWERS:
        rows.append(envs.get_original_obs().copy())
        choices, _ = model.predict(envs.normalize_obs(rows[-1]))
        for at in np.flatnonzero(rng.random(len(choices)) < 0.1):
            choices[at] = rng.integers(0, 3) if choices.ndim == 1 else rng.uniform(-1.0, 1.0)
        envs.step(choices)
    rows = np.concatenate(rows)[:ANSWERS]
    rows[::10] *= rng.uniform(1.0, 30.0, (len(rows[::10]), 1)).astype(np.float32)
    return rows


def answers(model, envs, rows):
    """What the policy answers, by the library's own way and not by what was exported."""
    normalised = torch.as_tensor(envs.normalize_obs(rows))
    actions, _ = model.predict(envs.normalize_obs(rows), deterministic=True)
    with torch.no_grad():
        if isinstance(model, DQN):
            return model.policy.q_net(normalised).numpy(), actions
        distribution = model.policy.get_distribution(normalised).distribution
    if isinstance(distribution, torch.distributions.Normal):
        return distribution.mean.numpy(), None
    logits = raw_logits(model, normalised)
    moved = logits - distribution.logits.numpy()
    # The distribution holds logarithms of probabilities: logits that are moved by what they have in common.
    assert np.abs(moved - moved.mean(axis=1, keepdims=True)).max() < 1e-5, "the logits are not those of the distribution"
    return logits, actions


def raw_logits(model, normalised):
    with torch.no_grad():
        policy = model.policy
        latent = policy.mlp_extractor.forward_actor(policy.extract_features(normalised, policy.pi_features_extractor))
        return policy.action_net(latent).numpy()


def write_tensors(path, tensors):
    """A file of tensors; its format is that of huggingface.co/docs/safetensors."""
    names = {np.dtype("<f4"): "F32", np.dtype("<i8"): "I64"}
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": names[values.dtype], "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--algorithm", choices=["ppo", "ppo-amount", "a2c", "dqn"], default="ppo")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20_480)
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.folder.mkdir(parents=True, exist_ok=True)
    model, envs = trained(given.algorithm, given.seed, given.steps)
    actions = {"bounds": (-WHOLE, WHOLE, 50_000)} if given.algorithm == "ppo-amount" else {"levels": [-WHOLE, 0, WHOLE]}
    export(model, envs, given.folder / "policy", features=[f"returns {WINDOW}", "position"], **actions)
    rows = observations(model, envs, given.seed)
    outputs, chosen = answers(model, envs, rows)
    tensors = {"observations": rows.astype("<f4"), "outputs": outputs.astype("<f4")}
    if chosen is not None:
        tensors["actions"] = chosen.astype("<i8")
    write_tensors(given.folder / "answers.safetensors", tensors)


if __name__ == "__main__":
    main()
