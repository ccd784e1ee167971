//! Measures of trials from the sums of their blocks: the fast path.
//!
//! Sums and sums of squares of every choice of blocks are laid out once, eight blocks at a time, so that a split costs an
//! addition per trial and eight blocks. Values are taken from each trial's own mean, so that squares lose no digits.
use super::{Measure, Performance};

/// Blocks whose choices share a table.
const GROUP: usize = 8;

/// What is added up over the rows of a choice of blocks.
#[derive(Clone, Debug)]
struct Table {
    /// For each choice of the group's blocks, a row with a sum for each trial.
    sums: Vec<f64>,
    squares: Vec<f64>,
}

pub(super) struct BlockSums {
    tables: Vec<Table>,
    measure: Measure,
    length: usize,
    /// The mean of each trial over all rows, from which the sums are taken.
    means: Vec<f64>,
    /// The variance of each trial that is only rounding noise.
    noises: Vec<f64>,
}

impl BlockSums {
    /// `skip` says how many rows at the head of a series do not count.
    pub(super) fn new<S: AsRef<[f64]>>(
        trials: &[S],
        skip: impl Fn(&S) -> usize,
        blocks: usize,
        measure: Measure,
    ) -> Self {
        let rows: Vec<&[f64]> = trials.iter().map(|trial| &trial.as_ref()[skip(trial)..]).collect();
        let length = rows[0].len() / blocks;
        let means: Vec<f64> = rows.iter().map(|values| values.iter().sum::<f64>() / values.len() as f64).collect();
        let noise = |values: &&[f64]| {
            let noise = values.iter().fold(0.0_f64, |most, v| most.max(v.abs())) * 1e-14;
            noise * noise
        };
        let firsts = (0..blocks).step_by(GROUP);
        let table = |first: usize| Table::new(&rows, &means, first..blocks.min(first + GROUP), length);
        Self { tables: firsts.map(table).collect(), measure, length, noises: rows.iter().map(noise).collect(), means }
    }
}

impl Table {
    /// Each choice is one with a block less, and that block.
    fn new(rows: &[&[f64]], means: &[f64], blocks: std::ops::Range<usize>, length: usize) -> Self {
        let trials = rows.len();
        let choices = 1_usize << blocks.len();
        let mut table = Self { sums: vec![0.0; choices * trials], squares: vec![0.0; choices * trials] };
        for (bit, block) in blocks.enumerate() {
            let with = 1_usize << bit;
            for (trial, values) in rows.iter().enumerate() {
                let of_block = values[block * length..][..length].iter().map(|v| v - means[trial]);
                let (sum, square) = of_block.fold((0.0, 0.0), |(sum, square), d| (sum + d, square + d * d));
                for without in 0..with {
                    let (from, to) = (without * trials + trial, (without + with) * trials + trial);
                    table.sums[to] = table.sums[from] + sum;
                    table.squares[to] = table.squares[from] + square;
                }
            }
        }
        table
    }
}

impl Performance for BlockSums {
    fn measure(&self, mask: u32, out: &mut [f64]) {
        let trials = out.len();
        let row = |values: &'_ [f64], group: usize| -> std::ops::Range<usize> {
            let choice = (mask >> (group * GROUP)) as usize & (values.len() / trials - 1);
            choice * trials..(choice + 1) * trials
        };
        let n = (self.length * mask.count_ones() as usize) as f64;
        let mut squares = vec![0.0; if self.measure == Measure::Sharpe { trials } else { 0 }];
        out.fill(0.0);
        for (group, table) in self.tables.iter().enumerate() {
            let range = row(&table.sums, group);
            out.iter_mut().zip(&table.sums[range.clone()]).for_each(|(to, sum)| *to += sum);
            squares.iter_mut().zip(&table.squares[range]).for_each(|(to, square)| *to += square);
        }
        if self.measure == Measure::Mean {
            out.iter_mut().zip(&self.means).for_each(|(value, mean)| *value = mean + *value / n);
            return;
        }
        let known = squares.iter().zip(self.means.iter().zip(&self.noises));
        for (value, (square, (mean, noise))) in out.iter_mut().zip(known) {
            let variance = (square - *value * *value / n) / (n - 1.0);
            let ratio = (mean + *value / n) / variance.sqrt();
            *value = if variance > *noise { ratio } else { 0.0 };
        }
    }
}
