"""Many episodes side by side, as stable-baselines3 takes them."""

from types import SimpleNamespace

import numpy as np
from stable_baselines3.common.vec_env import VecEnv as Interface

import onetape


class VecEnv(Interface):
    """`onetape.VecEnv` as a `stable_baselines3.common.vec_env.VecEnv`; the arguments are the same.

    Observations are at scale already: no VecNormalize is needed around it. Put VecMonitor around it for returns and lengths of episodes.
    A policy that was trained here sees raw observations through `normaliser` when it is exported: learning/python/export_sb3.py takes it
    where it takes a VecNormalize.
    """

    def __init__(self, run_file, overrides=(), **arguments):
        self.vector = onetape.VecEnv(run_file, overrides, **arguments)
        self.render_mode = None
        super().__init__(self.vector.num_envs, self.vector.single_observation_space, self.vector.single_action_space)
        self._actions = self._seed = None

    @property
    def normaliser(self):
        """What brought observations to scale, by the names of a VecNormalize."""
        facts = self.vector.facts
        statistics = SimpleNamespace(mean=facts.mean.astype(np.float64), var=facts.scale.astype(np.float64) ** 2)
        # An epsilon that no deviation notices: there is none here, and no VecNormalize is without.
        return SimpleNamespace(norm_obs=True, obs_rms=statistics, epsilon=1e-300, clip_obs=facts.clip)

    def reset(self):
        # A seed that was set holds for one reset, as in stable-baselines3's own.
        seed, self._seed = self._seed, None
        observations, _ = self.vector.reset(seed=seed)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        return observations

    def seed(self, seed=None):
        self._seed = seed
        return [seed] * self.num_envs

    def step_async(self, actions):
        self._actions = actions

    def step_wait(self):
        observations, rewards, terminated, truncated, info = self.vector.step(self._actions)
        infos = [{} for _ in range(self.num_envs)]
        if info:
            accounts = {name: values for name, values in info["final_info"].items() if not name.startswith("_")}
            for place in np.flatnonzero(info["_final_obs"]):
                infos[place] = {name: float(values[place]) for name, values in accounts.items()}
                infos[place]["terminal_observation"] = info["final_obs"][place]
                infos[place]["TimeLimit.truncated"] = bool(truncated[place] and not terminated[place])
        return observations, rewards, terminated | truncated, infos

    def close(self):
        self.vector.close()

    def get_attr(self, attr_name, indices=None):
        return [getattr(self.vector, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name, value, indices=None):
        raise AttributeError(f"`{attr_name}` cannot be set: episodes are as the run file says")

    def env_method(self, method_name, *method_args, indices=None, **method_kwargs):
        raise AttributeError(f"episodes have no method `{method_name}` of their own: ask `vector`")

    def env_is_wrapped(self, wrapper_class, indices=None):
        return [False for _ in self._get_indices(indices)]
