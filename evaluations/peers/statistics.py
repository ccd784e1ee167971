"""Writes what arch and skfolio answer to questions that `evaluations::statistics` answers too, as JSON.

    python evaluations/peers/statistics.py OUT.json [--seed N] [--large]

The file holds questions and answers, so that a test needs nothing of Python. `--large` asks more and longer ones.
arch (Kevin Sheppard, licence NCSA): block lengths, White's reality check and Hansen's test; the rows of its resamples are
written down, so that p-values are compared exactly and not within the noise of a bootstrap. arch studentises only the
threshold of the consistent p-value, so the studentised p-values are computed here, by numpy, from its resamples and its
variances. skfolio (BSD-3-Clause): splits and paths of combinatorial purged cross-validation.
"""

import argparse
import importlib.metadata
import json
import pathlib

import numpy as np
from arch.bootstrap import SPA, optimal_block_length
from skfolio.model_selection import CombinatorialPurgedCV


def process(rng, count, rho):
    """Values that follow each other, of few digits so that the file stays short."""
    values = np.zeros(count)
    for place, draw in enumerate(rng.standard_normal(count)):
        values[place] = rho * values[place - 1] + draw
    return np.round(values, 4)


def block_lengths(rng, large):
    for count in [40, 120, 250] + ([1_000, 4_000] if large else []):
        for rho in [-0.4, 0.0, 0.3, 0.8]:
            values = process(rng, count, rho)
            found = optimal_block_length(values).iloc[0]
            yield {
                "values": values.tolist(),
                "stationary": float(found["stationary"]),
                "circular": float(found["circular"]),
            }


def superior(rng, rows, strategies, mean_length, resamples):
    means = np.linspace(-0.5, 2 / np.sqrt(rows), strategies)
    excess = np.round(np.stack([process(rng, rows, 0.2) + mean for mean in means], axis=1), 4)
    test = SPA(np.zeros(rows), -excess, block_size=mean_length, reps=resamples, seed=int(rng.integers(2**31)))
    drawn, draw = [], test.bootstrap.update_indices

    def remembered():
        drawn.append(draw().copy())
        return drawn[-1]

    test.bootstrap.update_indices = remembered
    test.compute()
    drawn = np.array(drawn[-resamples:])
    error = np.sqrt(test._loss_diff_var)
    mean = excess.mean(axis=0)
    centres = [np.maximum(mean, 0.0), np.where(test._valid_columns, mean, 0.0), mean]
    resampled = np.stack([excess[rows_of_one].mean(axis=0) for rows_of_one in drawn])
    statistic = max(np.max(mean / error), 0.0)
    maxima = [np.maximum(np.max((resampled - centre) / error, axis=1), 0.0) for centre in centres]
    return {
        "excess": excess.T.tolist(),
        "mean_length": mean_length,
        "variances": test._loss_diff_var.tolist(),
        "valid": test._valid_columns.tolist(),
        "rows_drawn": drawn.tolist(),
        "plain": [float(test.pvalues[kind]) for kind in ("lower", "consistent", "upper")],
        "studentised": [float((of_one >= statistic).mean()) for of_one in maxima],
    }


def superiors(rng, large):
    yield superior(rng, 40, 6, 3, 60)
    yield superior(rng, 60, 4, 8, 60)
    if large:
        for rows, strategies, mean_length in [(250, 40, 5), (500, 10, 20), (1_000, 100, 2)]:
            yield superior(rng, rows, strategies, mean_length, 400)


def pieces(rows):
    """Rows as ranges: first row and the one behind the last."""
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    return [[int(piece[0]), int(piece[-1]) + 1] for piece in np.split(rows, breaks) if len(piece)]


def splits(rows, folds, tested, purge, embargo):
    combinatorial = CombinatorialPurgedCV(
        n_folds=folds, n_test_folds=tested, purged_size=purge, embargo_size=embargo
    )
    found = list(combinatorial.split(np.zeros((rows, 1))))
    return {
        "question": [rows, folds, tested, purge, embargo],
        "train": [pieces(train) for train, _ in found],
        "test": [[pieces(fold)[0] for fold in test] for _, test in found],
        "path_ids": combinatorial.get_path_ids().tolist(),
        "paths": int(combinatorial.n_test_paths),
    }


def all_splits(rng, large):
    for question in [(12, 3, 2, 0, 0), (12, 3, 2, 1, 0), (12, 3, 2, 0, 1), (61, 5, 3, 2, 3), (100, 6, 2, 4, 1)]:
        yield splits(*question)
    if large:
        yield splits(2_500, 10, 5, 10, 25)
        for _ in range(40):
            folds = int(rng.integers(3, 9))
            length = int(rng.integers(8, 60))
            rows = folds * length + int(rng.integers(folds))
            purge, embargo = (int(n) for n in rng.integers(0, (length - 2) // 2, size=2))
            yield splits(rows, folds, int(rng.integers(2, folds)), purge, embargo)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    draws = np.random.default_rng(arguments.seed)
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("arch", "skfolio", "numpy")]
    content = {
        "made_with": versions,
        "block_lengths": list(block_lengths(draws, arguments.large)),
        "superior": list(superiors(draws, arguments.large)),
        "splits": list(all_splits(draws, arguments.large)),
    }
    text = json.dumps(content, separators=(",", ":"))
    for start in ('{"values"', '{"excess"', '{"question"', '"rows_drawn"'):
        text = text.replace(start, "\n" + start)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text + "\n")
