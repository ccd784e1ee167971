"""One episode at a time."""

import gymnasium

from onetape import run
from onetape.onetape_door import Single


class Env(gymnasium.Env):
    """A market of a run file as a `gymnasium.Env`.

    `run_file` is the path of a run file with a section `[learning]`; `overrides` are laid over it, each `"section.key=value"`. `seed` is
    that of the first episodes, the run file's own where there is none. `range` is "training", in episodes that begin anywhere, or
    "validation", which is passed once from its start to its end.

    Observations are at scale: `facts` has the normaliser. `reset(seed=...)` begins the first episode of a seed, `reset()` the next one. An
    `info` holds the account after the step: `equity`, `held`, `exposure`, `drawdown`, `fees`, `fills`, `time_ns`.
    """

    metadata = {"render_modes": []}

    def __init__(self, run_file, overrides=(), *, seed=None, range="training"):
        self._door = Single(run.path_of(run_file), list(overrides), range, run.seed_of(seed))
        self.facts = run.Facts(self._door.facts())
        self.observation_space, self.action_space = self.facts.observation_space, self.facts.action_space

    def reset(self, *, seed=None, options=None):
        run.without(options)
        seed = run.seed_of(seed)
        super().reset(seed=seed)
        return self._door.reset(seed)

    def step(self, action):
        actions = run.chosen(action, self.action_space)
        if actions.shape != self.action_space.shape:
            raise ValueError(f"an action has the shape {self.action_space.shape}, and not {actions.shape}")
        return self._door.step(actions[None])
