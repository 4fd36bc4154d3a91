//! Finds the best way through a lattice under a trigram model, and how sure it is of each step.
//!
//! A beam search from left to right: at each place the cheapest few histories (as far as the model tells them apart) are
//! kept, at most `width` of them and none dearer than the best by [`SLACK`]. What was kept is a small graph; going over it forwards and
//! backwards (Baum, 1972) gives every arc its share of the total probability: its posterior. Prices are integers and ties
//! go to the arc that comes first, so the same lattice gives the same path everywhere. Work is linear in the lattice.

use super::channel::Cost;
use super::lattice::{Arc, Lattice};

/// What the decoder asks of a language.
pub trait Language {
    /// A history, as far as its future prices depend on it.
    type History: Copy + Eq;

    /// Takes a word from a history: its price (-ln P in milli-nats), and the history after it.
    fn step(&self, history: Self::History, word: u16) -> (Cost, Self::History);
}

/// A history dearer than the best by this much is dropped.
const SLACK: Cost = 11_000;

/// The best path, a step for each arc.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Place at which the arc begins.
    pub at: usize,
    /// Its number among the arcs that begin there.
    pub arc: usize,
    /// Share of the probability of all kept paths that go through this arc, 0–1.
    pub posterior: f32,
}

/// A history kept at one place.
#[derive(Debug, Clone, Copy)]
struct State<H> {
    history: H,
    cost: Cost,
    /// The edge by which the cheapest path arrives.
    back: usize,
    /// -ln of the summed probability of all paths to here, in nats.
    total: f64,
}

/// An arc taken from one kept history to another.
#[derive(Debug, Clone, Copy)]
struct Edge {
    place: usize,
    from: usize,
    to: usize,
    arc: usize,
    cost: Cost,
}

/// The best path through the lattice, from a history on.
pub fn decode<L: Language>(lattice: &Lattice, history: L::History, model: &L, width: usize) -> Vec<Step> {
    let mut beam = Beam::new(lattice, history);
    for place in 1..=lattice.from.len() {
        beam.reach(place, model, width);
    }
    let shares = beam.backward();
    beam.best_path(&shares)
}

/// Kept states and edges, by the place at which they arrive.
struct Beam<'a, H> {
    lattice: &'a Lattice,
    states: Vec<Vec<State<H>>>,
    edges: Vec<Vec<Edge>>,
}

impl<'a, H: Copy + Eq> Beam<'a, H> {
    fn new(lattice: &'a Lattice, history: H) -> Self {
        let start = State { history, cost: 0, back: usize::MAX, total: 0.0 };
        let places = lattice.from.len() + 1;
        let mut states = vec![Vec::new(); places];
        if let Some(first) = states.first_mut() {
            first.push(start);
        }
        Beam { lattice, states, edges: vec![Vec::new(); places] }
    }

    /// Extends what is kept to `place`: over arcs of one word from the place before, of two from the one before that.
    fn reach(&mut self, place: usize, model: &impl Language<History = H>, width: usize) {
        let mut edges = Vec::new();
        let mut ends: Vec<(H, Cost)> = Vec::new();
        for span in 1..=2.min(place) {
            let start = place - span;
            let (Some(states), Some(arcs)) = (self.states.get(start), self.lattice.from.get(start)) else {
                continue;
            };
            for (number, arc) in arcs.iter().enumerate().filter(|(_, arc)| arc.span == span) {
                for (from, state) in states.iter().enumerate() {
                    let (cost, history) = follow(state.history, arc, model);
                    ends.push((history, state.cost + cost));
                    edges.push(Edge { place: start, from, to: 0, arc: number, cost });
                }
            }
        }
        let states = choose(&mut edges, &ends, width);
        self.finish(place, states, edges);
    }

    /// Sums the probability of all edges into each state, and files both.
    fn finish(&mut self, place: usize, mut states: Vec<State<H>>, edges: Vec<Edge>) {
        for state in &mut states {
            state.total = f64::INFINITY;
        }
        for edge in &edges {
            let start =
                self.states.get(edge.place).and_then(|s| s.get(edge.from)).map_or(f64::INFINITY, |s| s.total);
            if let Some(state) = states.get_mut(edge.to) {
                state.total = add(state.total, start + nats(edge.cost));
            }
        }
        if let (Some(kept), Some(taken)) = (self.states.get_mut(place), self.edges.get_mut(place)) {
            *kept = states;
            *taken = edges;
        }
    }

    /// For each edge, its share of the total probability.
    fn backward(&self) -> Vec<Vec<f32>> {
        let mut after: Vec<Vec<f64>> = self.states.iter().map(|s| vec![f64::INFINITY; s.len()]).collect();
        if let Some(last) = after.last_mut() {
            last.fill(0.0);
        }
        let all =
            self.states.last().map_or(0.0, |s| s.iter().fold(f64::INFINITY, |sum, x| add(sum, x.total)));
        let mut shares: Vec<Vec<f32>> = self.edges.iter().map(|e| vec![0.0; e.len()]).collect();
        for place in (1..self.states.len()).rev() {
            for (number, edge) in self.edges[place].iter().enumerate() {
                let onward = after[place][edge.to] + nats(edge.cost);
                let before = self.states[edge.place][edge.from].total;
                shares[place][number] = (all - before - onward).exp().min(1.0) as f32;
                let start = &mut after[edge.place][edge.from];
                *start = add(*start, onward);
            }
        }
        shares
    }

    /// The cheapest path from the end back, each arc with the share of all edges that take the same arc.
    fn best_path(&self, shares: &[Vec<f32>]) -> Vec<Step> {
        let mut path = Vec::new();
        let mut place = self.states.len() - 1;
        let mut state = cheapest(&self.states[place]);
        while place > 0 {
            let Some(edge) = state.and_then(|s| self.edges[place].get(s.back)) else { break };
            let same = |e: &Edge| e.place == edge.place && e.arc == edge.arc;
            let share = self.edges[place]
                .iter()
                .zip(&shares[place])
                .filter(|(e, _)| same(e))
                .map(|(_, s)| s)
                .sum::<f32>();
            path.push(Step { at: edge.place, arc: edge.arc, posterior: share.min(1.0) });
            place = edge.place;
            state = self.states[place].get(edge.from);
        }
        path.reverse();
        path
    }
}

/// Price of an arc's words after a history, and the history after them.
fn follow<L: Language>(history: L::History, arc: &Arc, model: &L) -> (Cost, L::History) {
    arc.words().iter().fold((arc.cost, history), |(cost, history), &word| {
        let (more, after) = model.step(history, word);
        (cost + more, after)
    })
}

/// Merges ends with the same history and keeps the cheapest; edges to others are dropped, the rest point to their state.
fn choose<H: Copy + Eq>(edges: &mut Vec<Edge>, ends: &[(H, Cost)], width: usize) -> Vec<State<H>> {
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by_key(|&n| (ends[n].1, n));
    let limit = order.first().map_or(0, |&n| ends[n].1.saturating_add(SLACK));
    let mut states: Vec<State<H>> = Vec::with_capacity(width);
    let mut kept = Vec::new();
    for n in order {
        let (history, cost) = ends[n];
        if cost > limit {
            break;
        }
        let known = states.iter().position(|s| s.history == history);
        let to = match known {
            Some(to) => to,
            None if states.len() < width => {
                states.push(State { history, cost, back: kept.len(), total: 0.0 });
                states.len() - 1
            }
            None => continue,
        };
        kept.push(Edge { to, ..edges[n] });
    }
    *edges = kept;
    states
}

fn cheapest<H>(states: &[State<H>]) -> Option<&State<H>> {
    states.iter().min_by_key(|s| s.cost)
}

fn nats(cost: Cost) -> f64 {
    f64::from(cost) / 1000.0
}

/// -ln(e^-a + e^-b).
fn add(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if high.is_infinite() { low } else { low - (low - high).exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A language of few words in which the price depends on all three.
    struct Toy;

    impl Language for Toy {
        type History = (u16, u16);

        fn step(&self, (earlier, before): (u16, u16), word: u16) -> (Cost, (u16, u16)) {
            (Cost::from(earlier * 7 + before * 13 + word * 29) % 17 * 300, (before, word))
        }
    }

    fn lattice() -> impl Strategy<Value = Lattice> {
        let arc = (0u16..4, 0u16..4, any::<bool>(), 0..4000).prop_map(|(a, b, glued, cost)| Arc {
            words: [a, b],
            glued,
            ..Arc::as_read(a, cost)
        });
        prop::collection::vec(prop::collection::vec(arc, 1..4), 1..5).prop_map(|from| Lattice { from })
    }

    /// Every path with its price, the plain way.
    fn all_paths(lattice: &Lattice) -> Vec<(Cost, Vec<usize>)> {
        let mut paths = vec![(0, (0, 0), Vec::new())];
        for arcs in &lattice.from {
            let mut next = Vec::new();
            for (cost, history, path) in &paths {
                for (number, arc) in arcs.iter().enumerate() {
                    let (more, after) = follow(*history, arc, &Toy);
                    let longer = path.iter().copied().chain([number]).collect();
                    next.push((cost + more, after, longer));
                }
            }
            paths = next;
        }
        paths.into_iter().map(|(cost, _, path)| (cost, path)).collect()
    }

    proptest! {
        #[test]
        fn a_wide_beam_finds_the_cheapest_path_and_true_posteriors(lattice in lattice()) {
            let steps = decode(&lattice, (0, 0), &Toy, 1000);
            let paths = all_paths(&lattice);
            let least = paths.iter().map(|p| p.0).min().unwrap();
            let taken: Vec<usize> = steps.iter().map(|s| s.arc).collect();
            let cost = paths.iter().find(|p| p.1 == taken).unwrap().0;
            prop_assert_eq!(cost, least);
            let weight = |p: &&(Cost, Vec<usize>)| (-nats(p.0)).exp();
            let all: f64 = paths.iter().map(|p| weight(&p)).sum();
            for (at, step) in steps.iter().enumerate() {
                let through: f64 = paths.iter().filter(|p| p.1[at] == step.arc).map(|p| weight(&p)).sum();
                prop_assert!((f64::from(step.posterior) - through / all).abs() < 0.02);
            }
        }
    }

    #[test]
    fn a_merged_word_takes_two_places() {
        let two = Arc { span: 2, cost: 10, ..Arc::as_read(1, 0) };
        let lattice = Lattice { from: vec![vec![Arc::as_read(2, 9_000), two], vec![Arc::as_read(3, 9_000)]] };
        let steps = decode(&lattice, (0, 0), &Toy, 8);
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].at, steps[0].arc), (0, 1));
    }
}
