"""What export_sb3.py writes is what the policy answers, and what cannot be exported is refused with what to do.

    python3 learning/python/test_export_sb3.py
"""

import json
import pathlib
import tempfile
import unittest
import warnings
import zipfile

import gymnasium
import numpy as np
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

import export_sb3
from make_sb3_fixture import Market, MarketOfAmounts, raw_logits

FEATURES = ["returns 14", "position"]
LEVELS = [-1_000_000, 0, 1_000_000]


class Seen(gymnasium.Env):
    """An environment of any spaces."""

    def __init__(self, observation_space, action_space):
        self.observation_space, self.action_space = observation_space, action_space

    def reset(self, *, seed=None, options=None):
        return self.observation_space.sample(), {}

    def step(self, action):
        return self.observation_space.sample(), 0.0, False, False, {}


def box(*shape):
    return gymnasium.spaces.Box(-1.0, 1.0, shape, np.float32)


class Exports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "policy"

    def written(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            module = torch.jit.load(f"{self.path}.pt")
        return module, json.loads(pathlib.Path(f"{self.path}.json").read_text())

    def test_the_module_answers_as_the_policy_does(self):
        envs = VecNormalize(DummyVecEnv([Market]))
        model = PPO("MlpPolicy", envs, n_steps=64, batch_size=64, seed=1, device="cpu")
        model.learn(64)
        export_sb3.export(model, envs, self.path, features=FEATURES, levels=LEVELS)
        module, description = self.written()
        rows = torch.as_tensor(np.random.default_rng(1).normal(size=(100, 16)).astype(np.float32))
        self.assertTrue(np.array_equal(module(rows).detach().numpy(), raw_logits(model, rows)))
        with zipfile.ZipFile(f"{self.path}.pt") as archive:
            whole = b"".join(archive.read(name) for name in archive.namelist())
        self.assertNotIn(b"export_sb3.py", whole)
        self.assertNotIn(b"site-packages", whole)
        self.assertEqual(description["normaliser"]["mean"], envs.obs_rms.mean.tolist())
        self.assertEqual(description["normaliser"]["variance"], envs.obs_rms.var.tolist())
        self.assertEqual((description["head"], description["source"]["algorithm"]), ("categorical", "ppo"))

    def test_a_saved_model_is_exported_by_the_command(self):
        envs = VecNormalize(DummyVecEnv([Market]))
        model = DQN("MlpPolicy", envs, seed=1, device="cpu")
        model.save(f"{self.path}.zip")
        envs.save(f"{self.path}.pkl")
        words = [f"{self.path}.zip", "--algorithm", "dqn", "--normaliser", f"{self.path}.pkl", "--features", *FEATURES]
        export_sb3.main([*words, "--levels", *map(str, LEVELS), "--threshold", "0.05", "--out", str(self.path)])
        module, description = self.written()
        rows = torch.ones(5, 16)
        self.assertTrue(torch.equal(module(rows), model.policy.q_net(rows)))
        self.assertEqual((description["head"], description["decision_threshold_ppm"]), ("values", 50_000))
        with self.assertRaisesRegex(SystemExit, "3 actions and 2 levels"):
            export_sb3.main([*words, "--levels", "0", "1", "--out", str(self.path)])

    def test_a_policy_without_a_normaliser_says_so(self):
        model = PPO("MlpPolicy", DummyVecEnv([MarketOfAmounts]), n_steps=64, device="cpu")
        export_sb3.export(model, None, self.path, features=FEATURES, bounds=(-1_000_000, 1_000_000, 50_000))
        _, description = self.written()
        self.assertIsNone(description["normaliser"])
        self.assertEqual(description["head"], "gaussian")
        rewards = VecNormalize(DummyVecEnv([Market]), norm_obs=False)
        self.assertIsNone(export_sb3.statistics(rewards, 16))

    def test_what_cannot_be_exported_is_refused(self):
        discrete, spaces = gymnasium.spaces.Discrete(3), gymnasium.spaces

        def check(seen, chosen, expected, policy="MlpPolicy", **actions):
            model = PPO(policy, DummyVecEnv([lambda: Seen(seen, chosen)]), n_steps=64, device="cpu")
            with self.assertRaisesRegex(ValueError, expected):
                export_sb3.export(model, None, self.path, features=["returns 2"], **actions)

        check(box(2, 2), discrete, "one row of numbers", levels=LEVELS)
        check(spaces.Dict(a=box(2)), discrete, "one row of numbers", "MultiInputPolicy", levels=LEVELS)
        check(box(2), spaces.MultiDiscrete([2, 2]), "actions have to be", levels=LEVELS)
        check(box(2), spaces.Discrete(3, start=-1), "actions have to be", levels=LEVELS)
        check(box(2), box(2), "actions have to be", bounds=(0, 1, 1))
        check(box(2), discrete, "take levels", bounds=(0, 1, 1))
        check(box(2), discrete, "3 actions and 1 levels", levels=[0])
        check(box(2), box(1), "takes bounds", levels=LEVELS)
        other = VecNormalize(DummyVecEnv([Market]))
        with self.assertRaisesRegex(ValueError, "the policy sees 2 numbers"):
            export_sb3.statistics(other, 2)


if __name__ == "__main__":
    unittest.main()
