"""Onetape's training environment for Gymnasium: an episode runs through the engine that backtests and trades.

`Env` is one episode at a time (gymnasium.Env), `VecEnv` many side by side (gymnasium.vector.VectorEnv). For stable-baselines3 there is
`onetape.sb3.VecEnv`. What is seen and done, the ranges, rewards and costs come from the run file; docs/learning.md says how.
"""

from onetape.env import Env
from onetape.vector import VecEnv

__all__ = ["Env", "VecEnv"]
