"""Training speed beside stable-baselines3: the same network, rollout, batch and epochs, in turn, on one core and one thread.

    cargo build --release -p onetape-benches --features rl --bin learning_speed
    taskset -c 0 python benches/peers/learning.py TARGET/release/learning_speed

needs stable-baselines3 2.9 (see learning/python/requirements.txt). Its environment here is the least that could be called
trading: an array of returns, a position, a fee; ours is the whole engine. Prints one line a round and the medians.
"""

import json
import os
import statistics
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import gymnasium
import numpy
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

WINDOW, MEMBERS, STEPS, BATCH, EPOCHS = 32, 8, 512, 256, 10


class Market(gymnasium.Env):
    """Short, flat or long of one asset; the reward is the position's return less a fee on what was traded."""

    def __init__(self, seed):
        self.returns = numpy.random.default_rng(seed).normal(0.0, 0.003, 100_000).astype(numpy.float32)
        self.observation_space = gymnasium.spaces.Box(-10.0, 10.0, (WINDOW + 1,), numpy.float32)
        self.action_space = gymnasium.spaces.Discrete(3)
        self.random = numpy.random.default_rng(seed)

    def reset(self, *, seed=None, options=None):
        self.at = int(self.random.integers(WINDOW, len(self.returns) - 1_001))
        self.end = self.at + 1_000
        self.position = 0.0
        return self.observe(), {}

    def observe(self):
        return numpy.append(self.returns[self.at - WINDOW : self.at] * 300.0, numpy.float32(self.position))

    def step(self, action):
        wanted = float(action) - 1.0
        reward = wanted * float(self.returns[self.at]) - abs(wanted - self.position) * 0.0005
        self.position = wanted
        self.at += 1
        return self.observe(), reward * 100.0, False, self.at == self.end, {}


class Clock(BaseCallback):
    """Notes when each rollout begins."""

    def __init__(self):
        super().__init__()
        self.starts = []

    def _on_rollout_start(self):
        self.starts.append(time.perf_counter())

    def _on_step(self):
        return True


def theirs(iterations):
    torch.set_num_threads(1)
    fleet = DummyVecEnv([lambda seed=seed: Market(seed) for seed in range(MEMBERS)])
    model = PPO("MlpPolicy", fleet, n_steps=STEPS, batch_size=BATCH, n_epochs=EPOCHS, seed=1, device="cpu",
                policy_kwargs={"net_arch": [64, 64]})
    clock = Clock()
    model.learn((iterations + 2) * MEMBERS * STEPS, callback=clock)
    spans = [b - a for a, b in zip(clock.starts[1:], clock.starts[2:])]
    return MEMBERS * STEPS / statistics.median(spans)


def ours(program, iterations):
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return json.loads(subprocess.run([program, str(iterations)], check=True, capture_output=True, env=environment).stdout)


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    ratios, decisions = [], []
    for number in range(rounds):
        own, other = ours(program, 12), theirs(8)
        ratios.append(own["training_steps_per_s"] / other)
        decisions.append(own)
        print(f"round {number + 1}: onetape {own['training_steps_per_s']:,.0f} steps/s, stable-baselines3 {other:,.0f}, "
              f"ratio {ratios[-1]:.1f}; a decision {own['decision_torch_us']} us by libtorch, "
              f"{own['decision_portable_us']} us portable", flush=True)
    print(f"median ratio {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
