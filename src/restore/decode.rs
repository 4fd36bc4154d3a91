//! Finds the best way through a lattice under a trigram model, and how sure it is of each step.
//!
//! A beam search from left to right: at each place the cheapest few histories (as far as the model tells them apart) are
//! kept (see [`Breadth`]). What was kept is a small graph; going over it forwards and backwards (Baum, 1972) gives every arc its share of the total probability: its posterior. Prices are integers and ties
//! go to the arc that comes first, so the same lattice gives the same path everywhere. Work is linear in the lattice.

use std::ops::Range;
use std::sync::LazyLock;

use super::channel::Cost;
use super::lattice::{Arc, Lattice};

/// What the decoder asks of a language.
pub trait Language {
    /// A history, as far as its future prices depend on it.
    type History: Copy + Eq;

    /// Takes a word from a history: its price (-ln P in milli-nats, never negative), and the history after it.
    fn step(&mut self, history: Self::History, word: u16) -> (Cost, Self::History);
}

/// How much is kept at each place.
#[derive(Debug, Clone, Copy)]
pub struct Breadth {
    /// Histories, at most.
    pub width: usize,
    /// A history dearer than the best by this much is dropped.
    pub slack: Cost,
}

/// The best path, a step for each arc.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Place at which the arc begins.
    pub at: usize,
    /// Its number among the arcs that begin there.
    pub arc: usize,
    /// Share of the probability of all kept paths that go through this arc, 0–1.
    pub posterior: f32,
    /// The arc over the same words with the next greatest share, and that share.
    pub rival: Option<(usize, f32)>,
}

/// A history kept at one place.
#[derive(Debug, Clone, Copy)]
struct State<H> {
    history: H,
    cost: Cost,
    /// The edge by which the cheapest path arrives.
    back: usize,
    /// Summed probability of all paths to here, the cheapest path to this place taken as 1.
    share: f64,
}

/// An arc taken from one kept history to another.
#[derive(Debug, Clone, Copy)]
struct Edge {
    /// Where it begins.
    place: usize,
    /// Number of the state it comes from, and of the one it leads to.
    from: usize,
    to: usize,
    arc: usize,
    cost: Cost,
    /// Its probability, the cheapest paths to both places taken as 1.
    weight: f64,
}

/// Where an arc leads, before it is decided what is kept.
#[derive(Debug, Clone, Copy)]
struct End<H> {
    history: H,
    cost: Cost,
    edge: Edge,
}

/// The best path through the lattice, from a history on.
pub fn decode<L: Language>(
    lattice: &Lattice,
    history: L::History,
    model: &mut L,
    breadth: Breadth,
) -> Vec<Step> {
    let mut beam = Beam::new(lattice, history);
    for place in 1..=lattice.from.len() {
        beam.reach(place, model, breadth);
    }
    let shares = beam.backward();
    beam.best_path(&shares)
}

/// Kept states and edges in the order of the places at which they arrive.
struct Beam<'a, H> {
    lattice: &'a Lattice,
    states: Vec<State<H>>,
    edges: Vec<Edge>,
    /// By place: where its states begin, and its edges; one more at the end of what is done.
    state_starts: Vec<usize>,
    edge_starts: Vec<usize>,
    ends: Vec<End<H>>,
    order: Vec<(Cost, u32)>,
}

impl<'a, H: Copy + Eq> Beam<'a, H> {
    fn new(lattice: &'a Lattice, history: H) -> Self {
        Beam {
            lattice,
            states: vec![State { history, cost: 0, back: usize::MAX, share: 1.0 }],
            edges: Vec::new(),
            state_starts: vec![0, 1],
            edge_starts: vec![0, 0],
            ends: Vec::new(),
            order: Vec::new(),
        }
    }

    fn states_at(&self, place: usize) -> Range<usize> {
        span(&self.state_starts, place)
    }

    /// Price of the cheapest path to a place: its states are in order of price.
    fn least(&self, place: usize) -> Cost {
        self.states.get(self.states_at(place).start).map_or(0, |state| state.cost)
    }

    /// Extends what is kept to `place`: over arcs of one word from the place before, of two from the one before that.
    fn reach(&mut self, place: usize, model: &mut impl Language<History = H>, breadth: Breadth) {
        self.ends.clear();
        let mut limit = Cost::MAX;
        let lattice = self.lattice;
        for span in 1..=2.min(place) {
            let start = place - span;
            let Some(here) = lattice.from.get(start) else { continue };
            for (arc_number, arc) in here.arcs().filter(|(_, arc)| arc.span == span) {
                for from in self.states_at(start) {
                    let state = self.states[from];
                    if state.cost + arc.cost > limit {
                        break;
                    }
                    let (cost, history) = follow(state.history, arc, model);
                    let edge = Edge { place: start, from, to: 0, arc: arc_number, cost, weight: 0.0 };
                    let cost = state.cost + cost;
                    limit = limit.min(cost.saturating_add(breadth.slack));
                    if cost <= limit {
                        self.ends.push(End { history, cost, edge });
                    }
                }
            }
        }
        self.choose(limit, breadth.width);
        self.weigh(place);
    }

    /// Merges ends with the same history and keeps the cheapest; edges to others are dropped.
    fn choose(&mut self, limit: Cost, width: usize) {
        self.order.clear();
        let numbered = self.ends.iter().zip(0u32..).filter(|(end, _)| end.cost <= limit);
        self.order.extend(numbered.map(|(end, n)| (end.cost, n)));
        self.order.sort_unstable();
        let first = self.states.len();
        for &(cost, n) in &self.order {
            let End { history, edge, .. } = self.ends[n as usize];
            let known = self.states[first..].iter().position(|state| state.history == history);
            let to = match known {
                Some(at) => first + at,
                None if self.states.len() < first + width => {
                    self.states.push(State { history, cost, back: self.edges.len(), share: 0.0 });
                    self.states.len() - 1
                }
                None => continue,
            };
            self.edges.push(Edge { to, ..edge });
        }
        self.state_starts.push(self.states.len());
        self.edge_starts.push(self.edges.len());
    }

    /// Sums the probability of all edges into each state.
    fn weigh(&mut self, place: usize) {
        let least = self.least(place);
        for number in span(&self.edge_starts, place) {
            let Edge { place: start, from, to, cost, .. } = self.edges[number];
            let weight = probability(self.least(start) + cost - least);
            self.edges[number].weight = weight;
            self.states[to].share += self.states[from].share * weight;
        }
    }

    /// For each edge, its share of the total probability.
    fn backward(&self) -> Vec<f32> {
        let mut after = vec![0.0; self.states.len()];
        let last = self.states_at(self.lattice.from.len());
        let all: f64 = self.states[last.clone()].iter().map(|state| state.share).sum();
        after[last].fill(1.0);
        let mut shares = vec![0.0; self.edges.len()];
        for (share, edge) in shares.iter_mut().zip(&self.edges).rev() {
            let onward = edge.weight * after[edge.to];
            *share = (self.states[edge.from].share * onward / all) as f32;
            after[edge.from] += onward;
        }
        shares
    }

    /// The cheapest path from the end back, each arc with the share of all edges that take the same arc. Where an arc over
    /// the same words has the greater share, it is taken instead: more words are right so, if not more sentences.
    fn best_path(&self, shares: &[f32]) -> Vec<Step> {
        let mut path = Vec::new();
        let mut place = self.lattice.from.len();
        let mut state = self.states.get(self.states_at(place).start);
        while place > 0 {
            let Some(edge) = state.and_then(|s| self.edges.get(s.back)) else { break };
            path.push(self.step(place, edge, shares));
            place = edge.place;
            state = self.states.get(edge.from);
        }
        path.reverse();
        path
    }

    /// The likeliest arc from where an edge begins to `place`, with its rival.
    fn step(&self, place: usize, edge: &Edge, shares: &[f32]) -> Step {
        let mut arcs: Vec<(usize, f32)> = vec![(edge.arc, 0.0)];
        for number in span(&self.edge_starts, place).filter(|&n| self.edges[n].place == edge.place) {
            let arc = self.edges[number].arc;
            match arcs.iter_mut().find(|known| known.0 == arc) {
                Some(known) => known.1 += shares[number],
                None => arcs.push((arc, shares[number])),
            }
        }
        // Of equal ones the arc of the cheapest path comes first.
        arcs.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (arc, share) = arcs.first().copied().unwrap_or((edge.arc, 0.0));
        Step { at: edge.place, arc, posterior: share.min(1.0), rival: arcs.get(1).copied() }
    }
}

/// What belongs to a place.
fn span(starts: &[usize], place: usize) -> Range<usize> {
    match (starts.get(place), starts.get(place + 1)) {
        (Some(&start), Some(&end)) => start..end,
        _ => 0..0,
    }
}

/// Price of an arc's words after a history, and the history after them.
pub fn follow<L: Language>(history: L::History, arc: &Arc, model: &mut L) -> (Cost, L::History) {
    arc.words().iter().fold((arc.cost, history), |(cost, history), &word| {
        let (more, after) = model.step(history, word);
        (cost + more, after)
    })
}

/// e^(−cost / 1000), as the product of two numbers looked up.
fn probability(cost: Cost) -> f64 {
    const FAR: Cost = 1 << 16;
    static COARSE: LazyLock<Vec<f64>> =
        LazyLock::new(|| (0..512).map(|n| (f64::from(FAR - n * 256) / 1000.0).exp()).collect());
    static FINE: LazyLock<Vec<f64>> =
        LazyLock::new(|| (0..256).map(|n| (-f64::from(n) / 1000.0).exp()).collect());
    let at = (cost.clamp(-FAR, FAR - 1) + FAR) as usize;
    COARSE[at >> 8] * FINE[at & 0xFF]
}

#[cfg(test)]
mod tests {
    use super::super::lattice::Place;
    use super::*;
    use proptest::prelude::*;

    /// A language of few words in which the price depends on all three.
    struct Toy;

    impl Language for Toy {
        type History = (u16, u16);

        fn step(&mut self, (earlier, before): (u16, u16), word: u16) -> (Cost, (u16, u16)) {
            (Cost::from(earlier * 7 + before * 13 + word * 29) % 17 * 300, (before, word))
        }
    }

    fn place(arcs: Vec<Arc>) -> Place {
        let (alone, merged): (Vec<Arc>, Vec<Arc>) = arcs.into_iter().partition(|arc| arc.span == 1);
        Place { alone: alone.into(), merged, only: None }
    }

    fn lattice() -> impl Strategy<Value = Lattice> {
        let arc = (0u16..4, 0u16..4, any::<bool>(), 0..4000).prop_map(|(a, b, glued, cost)| Arc {
            words: [a, b],
            glued,
            ..Arc::as_read(a, cost)
        });
        prop::collection::vec(prop::collection::vec(arc, 1..4).prop_map(place), 1..5)
            .prop_map(|from| Lattice { from })
    }

    /// Every path with its price, the plain way.
    fn all_paths(lattice: &Lattice) -> Vec<(Cost, Vec<usize>)> {
        let mut paths = vec![(0, (0, 0), Vec::new())];
        for place in &lattice.from {
            let mut next = Vec::new();
            for (cost, history, path) in &paths {
                for (number, arc) in place.arcs() {
                    let (more, after) = follow(*history, arc, &mut Toy);
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
        fn a_wide_beam_finds_the_likeliest_words_and_true_posteriors(lattice in lattice()) {
            let steps = decode(&lattice, (0, 0), &mut Toy, Breadth { width: 1000, slack: 11_000 });
            let paths = all_paths(&lattice);
            let least = paths.iter().map(|p| p.0).min().unwrap();
            let taken: Vec<usize> = steps.iter().map(|s| s.arc).collect();
            let cost = paths.iter().find(|p| p.1 == taken).unwrap().0;
            // Words likely one by one are the likeliest together if all doubts add up to less than a half.
            let doubt: f32 = steps.iter().map(|s| 1.0 - s.posterior).sum();
            prop_assert!(cost == least || doubt > 0.49);
            let weight = |p: &&(Cost, Vec<usize>)| (-f64::from(p.0) / 1000.0).exp();
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
        let from = vec![place(vec![Arc::as_read(2, 9_000), two]), place(vec![Arc::as_read(3, 9_000)])];
        let steps = decode(&Lattice { from }, (0, 0), &mut Toy, Breadth { width: 8, slack: 11_000 });
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].at, steps[0].arc), (0, 1));
    }
}
