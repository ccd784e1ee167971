"""What the environments of a run file share: its facts, its spaces, and what may be asked of them."""

import os

import numpy as np
from gymnasium import spaces


class Facts:
    """What is known of every episode of a run file.

    `features` is what an observation shows, in order; `mean`, `scale` and `clip` are the normaliser that observations have already been
    brought to scale with; `levels` is the exposure of each action, or `bounds` low, high and step of an amount, in millionths of the
    size; `ranges` names the candles of training and validation, with a digest of each; `episode_candles` is an episode's decisions.
    """

    def __init__(self, facts):
        self.features = facts["features"]
        self.mean, self.scale, self.clip = facts["mean"], facts["scale"], facts["clip"]
        self.levels, self.bounds = facts.get("levels"), facts.get("bounds")
        self.ranges = facts["ranges"]
        self.episode_candles = facts["episode_candles"]
        self.run_seed = facts["seed"]
        self.observation_space = spaces.Box(-self.clip, self.clip, (facts["width"],), np.float32)
        if self.levels is not None:
            self.action_space = spaces.Discrete(len(self.levels))
        else:
            self.action_space = spaces.Box(*facts["amounts"], (1,), np.float32)


def path_of(run_file):
    """A path as text; a number or None is no path."""
    return os.fspath(run_file)


def seed_of(seed):
    """A seed, or None for the next episode."""
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**64):
        raise ValueError(f"a seed is one whole number from 0 to 2**64 - 1, and not {seed!r}: every episode's own follows from it")
    return None if seed is None else int(seed)


def without(options):
    """Episodes take no options: all that there is to say stands in the run file."""
    if options:
        raise ValueError(f"there are no options to a reset, and {sorted(options)} were given: say it in the run file or in `overrides`")


def chosen(actions, space):
    """Actions as the engine takes them. What would have to be rounded is refused."""
    if isinstance(space, spaces.Box):
        return np.asarray(actions, dtype=np.float32)
    actions = np.asarray(actions)
    if actions.dtype.kind not in "iu":
        raise TypeError(f"actions are whole numbers, and not {actions.dtype}")
    return actions.astype(np.int64, copy=False)
