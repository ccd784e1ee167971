"""The Python door, from Python: what it hands on is what the engine gives, and Gymnasium and stable-baselines3 take it.

    python3 prove_door.py [--quick]

`tests/suite/door.rs` takes the same steps in Rust; both compare with steps.txt. Lines that begin with `figure: ` go to the log of proofs;
`--quick` leaves out those that take time.
"""

import hashlib
import multiprocessing
import pathlib
import sys
import time
import warnings

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AsyncVectorEnv, AutoresetMode

import onetape

HERE = pathlib.Path(__file__).resolve().parent
RUN = HERE / "door.toml"
EPISODES, STEPS = 64, 2_000
SPACES = {"discrete": [], "continuous": ["learning.exposure_step=0.05", "learning.exposure_min=-1"]}


class Draws:
    """Knuth's linear congruential generator MMIX (The Art of Computer Programming, volume 2, 3.3.4)."""

    def __init__(self):
        self.state = 1

    def next(self):
        self.state = (self.state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return self.state

    def actions(self, env):
        """One action for each episode."""
        space, count = env.single_action_space, env.num_envs
        if isinstance(space, gymnasium.spaces.Discrete):
            return np.array([(self.next() >> 33) % int(space.n) for _ in range(count)])
        return np.array([[(self.next() >> 40) / 8_388_608 - 1] for _ in range(count)], np.float32)


def digest(env):
    """Hashes all that a caller sees of the steps: first observations; then observations, rewards, flags, and last observations."""
    draws, seen = Draws(), hashlib.sha256()
    observations, _ = env.reset()
    seen.update(observations.tobytes())
    for _ in range(STEPS):
        observations, rewards, terminated, truncated, info = env.step(draws.actions(env))
        for array in (observations, rewards, terminated, truncated):
            seen.update(array.tobytes())
        if info:
            for final in info["final_obs"][info["_final_obs"]]:
                seen.update(final.tobytes())
    return seen.hexdigest()


def steps_are_those_of_the_engine():
    pinned = dict(line.split() for line in (HERE / "steps.txt").read_text().splitlines())
    for name, overrides in SPACES.items():
        for threads in (1, 2):
            found = digest(onetape.VecEnv(RUN, overrides, episodes=EPISODES, threads=threads))
            assert found == pinned[name], f"{name} on {threads} threads: {found} is not {pinned[name]}"
    figure(f"{STEPS} steps of {EPISODES} episodes are those of Rust, bit for bit, in both spaces, on one thread and two")


def gymnasium_finds_nothing_to_say():
    for overrides in SPACES.values():
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            check_env(onetape.Env(RUN, overrides), skip_render_check=True)
        said = [str(warning.message) for warning in said]
        # Without a name in Gymnasium's registry there is no `spec`.
        said = [text for text in said if "spec" not in text]
        assert not said, said


def one_episode_at_a_time_is_a_fleet_of_one():
    env, fleet = onetape.Env(RUN, seed=3), onetape.VecEnv(RUN, episodes=1, seed=3)
    (one, _), (many, _) = env.reset(), fleet.reset()
    draws = Draws()
    for _ in range(300):
        assert np.array_equal(one, many[0])
        actions = draws.actions(fleet)
        one, reward, terminated, truncated, account = env.step(actions[0])
        many, rewards, ended, timed_out, info = fleet.step(actions)
        assert (reward, terminated, truncated) == (rewards[0], ended[0], timed_out[0])
        if terminated or truncated:
            assert np.array_equal(one, info["final_obs"][0])
            assert account == {name: values[0] for name, values in info["final_info"].items() if not name.startswith("_")}
            one, _ = env.reset()
        else:
            assert account == {name: values[0] for name, values in fleet.standing().items()} and not info


def a_seed_begins_the_same_episodes_and_the_next_ones_follow():
    fleet = onetape.VecEnv(RUN, episodes=4)
    first, second = fleet.reset(seed=5)[0], fleet.reset()[0]
    assert not np.array_equal(first, second) and len({row.tobytes() for row in first}) == 4
    assert np.array_equal(first, fleet.reset(seed=5)[0]) and np.array_equal(second, fleet.reset()[0])
    assert fleet.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP


def arrays_belong_to_the_caller():
    fleet = onetape.VecEnv(RUN, episodes=4)
    first = fleet.reset()[0]
    kept = first.copy()
    after = fleet.step(np.zeros(4, int))[0]
    assert np.array_equal(first, kept) and first.dtype == np.float32 and first.flags.writeable
    again = after.copy()
    after[:] = np.nan
    assert not np.isnan(fleet.step(np.zeros(4, int))[0]).any() and not np.isnan(again).any()


def validation_is_one_pass_from_its_start_to_its_end():
    env = onetape.Env(RUN, range="validation")
    observation, _ = env.reset(seed=1)
    assert np.array_equal(observation, env.reset(seed=2)[0])
    count, over = 0, False
    while not over:
        _, _, terminated, truncated, _ = env.step(1)
        count, over = count + 1, terminated or truncated
    validation, training = env.facts.ranges["validation"], env.facts.ranges["training"]
    # The last candle is the one that the last decision is followed by.
    assert truncated and count == validation["candles"] - 1 and training["last"] < validation["first"]


def misuse_is_an_exception_in_words():
    def refuse(kind, text, work):
        try:
            work()
        except kind as error:
            assert text in str(error), f"`{text}` is not in: {error}"
        else:
            raise AssertionError(f"nothing was said where `{text}` was expected")

    def fleet(overrides=(), **arguments):
        env = onetape.VecEnv(RUN, overrides, **{"episodes": 2} | arguments)
        env.reset()
        return env

    amounts = SPACES["continuous"]
    refuse(ValueError, "run.toml", lambda: onetape.Env(HERE / "no-run.toml"))
    refuse(ValueError, "no section [learning]", lambda: onetape.Env(HERE / "../../../examples/btc-ema-cross.toml"))
    refuse(ValueError, "`episode_candles`: 1 is too few", lambda: onetape.Env(RUN, ["learning.episode_candles=1"]))
    refuse(ValueError, "there is no range `test`", lambda: onetape.Env(RUN, range="test"))
    refuse(ValueError, "`episodes` is 0", lambda: onetape.VecEnv(RUN, episodes=0))
    refuse(ValueError, "`threads` is 0", lambda: onetape.VecEnv(RUN, threads=0))
    refuse(ValueError, "a seed is one whole number", lambda: fleet().reset(seed=[1, 2]))
    refuse(ValueError, "a seed is one whole number", lambda: onetape.Env(RUN, seed=-1))
    refuse(ValueError, "there are no options", lambda: fleet().reset(options={"start": 3}))
    refuse(RuntimeError, "`reset` begins", lambda: onetape.VecEnv(RUN, episodes=2).step(np.zeros(2, int)))
    refuse(RuntimeError, "`reset` begins", lambda: onetape.VecEnv(RUN, episodes=2).standing())
    refuse(RuntimeError, "`reset` begins", lambda: onetape.Env(RUN).step(0))
    refuse(ValueError, "3 actions for 2 episodes", lambda: fleet().step(np.zeros(3, int)))
    refuse(ValueError, "of shape (2,)", lambda: fleet().step(np.zeros((2, 1), int)))
    refuse(ValueError, "action 3 of episode 1 is none: expected 0 to 2", lambda: fleet().step([0, 3]))
    refuse(ValueError, "action -1 of episode 0", lambda: fleet().step([-1, 0]))
    refuse(TypeError, "whole numbers", lambda: fleet().step([0.5, np.nan]))
    refuse(ValueError, "of shape (2, 1)", lambda: fleet(amounts).step(np.zeros(2)))
    refuse(ValueError, "shape (3, 1)", lambda: fleet(amounts).step(np.zeros((3, 1))))
    refuse(ValueError, "action NaN of episode 1 is no amount", lambda: fleet(amounts).step([[0.0], [np.nan]]))
    refuse(ValueError, "action inf of episode 0", lambda: fleet(amounts).step([[np.inf], [0.0]]))
    env = onetape.Env(RUN)
    env.reset()
    refuse(ValueError, "an action has the shape ()", lambda: env.step([1]))
    while not any(env.step(0)[2:4]):
        pass
    refuse(RuntimeError, "the episode is over", lambda: env.step(0))


def processes_that_were_forked_step_too():
    fleet = onetape.VecEnv(RUN, episodes=64, threads=2)
    here = fleet.reset(seed=9)[0]
    fleet.step(np.zeros(64, int))
    with warnings.catch_warnings():
        # Newer Pythons warn of every fork beside threads; that this one is safe is what is shown here.
        warnings.simplefilter("ignore", DeprecationWarning)
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=reset_and_tell, args=(fleet, theirs))
        process.start()
        assert ours.poll(60), "the other process waits for threads that it does not have"
        there = ours.recv()
        process.join()
        envs = AsyncVectorEnv([lambda: onetape.Env(RUN)] * 2, context="fork")
        envs.reset(seed=1)
        envs.step(np.zeros(2, int))
        envs.close()
    assert np.array_equal(here, there)


def reset_and_tell(fleet, pipe):
    pipe.send(fleet.reset(seed=9)[0])


def stable_baselines3_trains_through_it():
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import VecMonitor

    from onetape.sb3 import VecEnv

    torch.set_num_threads(1)
    arguments = {"n_steps": 128, "batch_size": 1_024, "n_epochs": 4, "seed": 1, "device": "cpu"}
    for overrides in SPACES.values():
        model = PPO("MlpPolicy", VecMonitor(VecEnv(RUN, overrides)), **arguments)
        before = [parameter.clone() for parameter in model.policy.parameters()]
        start = time.perf_counter()
        model.learn(32_768)
        took = time.perf_counter() - start
        assert any(not torch.equal(a, b) for a, b in zip(before, model.policy.parameters()))
        assert len(model.ep_info_buffer) == 100 and model.num_timesteps == 32_768
        figure(f"stable-baselines3 PPO on {model.action_space}: {model.num_timesteps / took:,.0f} steps a second with training")


def what_a_step_costs():
    for threads in (1, 2):
        fleet = onetape.VecEnv(RUN, ["learning.episode_candles=512"], episodes=64, threads=threads)
        for name, stays in {"holds": 100, "changes sometimes": 90, "changes at random": 0}.items():
            random = np.random.default_rng(2)
            choices = np.zeros((2_048, 64), np.int64)
            for at in range(1, len(choices)):
                new = random.integers(100, size=64) >= stays
                choices[at] = np.where(new, random.integers(3, size=64), choices[at - 1])
            fleet.reset()
            best = min(stepping(fleet, choices) for _ in range(5))
            figure(f"64 episodes on {threads} threads, {name}: {choices.size / best:,.0f} steps a second")


def stepping(fleet, choices):
    start = time.perf_counter()
    for actions in choices:
        fleet.step(actions)
    return time.perf_counter() - start


def figure(text):
    print(f"figure: {text}", file=sys.stderr)


PROOFS = [
    steps_are_those_of_the_engine,
    gymnasium_finds_nothing_to_say,
    one_episode_at_a_time_is_a_fleet_of_one,
    a_seed_begins_the_same_episodes_and_the_next_ones_follow,
    arrays_belong_to_the_caller,
    validation_is_one_pass_from_its_start_to_its_end,
    misuse_is_an_exception_in_words,
    processes_that_were_forked_step_too,
]
LONG = [stable_baselines3_trains_through_it, what_a_step_costs]

if __name__ == "__main__":
    for proof in PROOFS if sys.argv[1:] == ["--quick"] else PROOFS + LONG:
        start = time.perf_counter()
        proof()
        print(f"{proof.__name__.replace('_', ' ')}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
