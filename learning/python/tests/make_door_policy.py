"""Trains a small policy through the Python door, exports it, and writes what it answers.

    python3 make_door_policy.py FOLDER

FOLDER then holds what make_sb3_fixture.py writes; observations and their scale are the engine's own.
"""

import pathlib
import sys

import numpy as np
import torch
from stable_baselines3 import PPO

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from export_sb3 import export
from make_sb3_fixture import ANSWERS, answers, write_tensors
from onetape.sb3 import VecEnv

RUN = pathlib.Path(__file__).resolve().parent / "door.toml"


class Scale:
    """The door's normaliser with the arithmetic of VecNormalize."""

    def __init__(self, normaliser):
        self.mean, self.var = normaliser.obs_rms.mean, normaliser.obs_rms.var
        self.epsilon, self.clip = normaliser.epsilon, normaliser.clip_obs

    def normalize_obs(self, rows):
        scaled = (rows - self.mean) / np.sqrt(self.var + self.epsilon)
        return np.clip(scaled, -self.clip, self.clip).astype(np.float32)


def raw(env, model):
    """Raw observations of the policy's own way through the market, one in ten of them stretched until the clip cuts it."""
    statistics, rng, rows = env.normaliser.obs_rms, np.random.default_rng(1), []
    seen = env.reset()
    while sum(map(len, rows)) < ANSWERS:
        rows.append((seen * np.sqrt(statistics.var) + statistics.mean).astype(np.float32))
        chosen, _ = model.predict(seen)
        seen, _, _, _ = env.step(chosen)
    rows = np.concatenate(rows)[:ANSWERS]
    rows[::10] *= rng.uniform(1.0, 30.0, (len(rows[::10]), 1)).astype(np.float32)
    return rows


def main(folder):
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    env = VecEnv(RUN)
    model = PPO("MlpPolicy", env, n_steps=128, batch_size=1_024, n_epochs=4, seed=1, device="cpu").learn(32_768)
    facts = env.vector.facts
    source = {f"{name}_blake3": facts.ranges[name]["digest"] for name in facts.ranges}
    export(model, env.normaliser, folder / "policy", features=facts.features, levels=facts.levels, source=source)
    rows = raw(env, model)
    outputs, chosen = answers(model, Scale(env.normaliser), rows)
    tensors = {"observations": rows.astype("<f4"), "outputs": outputs.astype("<f4"), "actions": chosen.astype("<i8")}
    write_tensors(folder / "answers.safetensors", tensors)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
