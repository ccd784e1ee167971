"""Many episodes side by side."""

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from onetape import run
from onetape.onetape_door import Fleet


class VecEnv(gymnasium.vector.VectorEnv):
    """The markets of a run file as a `gymnasium.vector.VectorEnv`: the fleet that Onetape's own training steps.

    As `Env`, with `episodes` side by side on `threads`; the threads change no number. An episode that ends begins anew in the same step
    (`AutoresetMode.SAME_STEP`): the observation is the next one's first, and `info` has `final_obs`, the last observation of those that
    ended, and `final_info`, their account, with `_final_obs` and `_final_info` saying which. Else `info` is empty; `standing()` tells where
    every episode stands. Every array is the caller's own. `reset(seed=...)` takes one seed for all.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(self, run_file, overrides=(), *, episodes=64, seed=None, range="training", threads=1):
        self._door = Fleet(run.path_of(run_file), list(overrides), range, run.seed_of(seed), episodes, threads)
        self.facts = run.Facts(self._door.facts())
        self.num_envs = episodes
        self.single_observation_space, self.single_action_space = self.facts.observation_space, self.facts.action_space
        self.observation_space = batch_space(self.single_observation_space, episodes)
        self.action_space = batch_space(self.single_action_space, episodes)

    def reset(self, *, seed=None, options=None):
        run.without(options)
        seed = run.seed_of(seed)
        super().reset(seed=seed)
        return self._door.reset(seed), {}

    def step(self, actions):
        actions = run.chosen(actions, self.single_action_space)
        observations, rewards, terminated, truncated, ended = self._door.step(actions)
        return observations, rewards, terminated, truncated, {} if ended is None else self._final(*ended)

    def standing(self):
        """The account of every episode, an array for each name of an `Env`'s `info`."""
        return self._door.info()

    def _final(self, places, observations, accounts):
        """What ended, as Gymnasium hands it on."""
        mask = np.zeros(self.num_envs, dtype=np.bool_)
        mask[places] = True
        final_obs = np.full(self.num_envs, None, dtype=object)
        for place, observation in zip(places, observations):
            final_obs[place] = observation
        final_info = {}
        for name, values in accounts.items():
            final_info[name] = np.zeros(self.num_envs)
            final_info[name][places] = values
            final_info[f"_{name}"] = mask.copy()
        return {"final_obs": final_obs, "_final_obs": mask, "final_info": final_info, "_final_info": mask.copy()}
