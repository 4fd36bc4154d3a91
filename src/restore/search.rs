//! Finds the words that an observed one may stand for: a walk over a trie of all syllables, priced by the channel.
//!
//! Each node of the trie carries the row of an edit-distance table (the price of having read the first `j` observed
//! characters as the letters on the way to the node); a child's row follows from its parent's, and from its grandparent's
//! where two letters were read as one. A subtree whose row holds nothing under the bound is not entered. Reads a list of
//! words and a [`Lens`]; produces words with prices, cheapest first. Never weighs one word against its neighbours.

use super::channel::{Cost, LONGEST, Lens, NEVER, capital, letter_number};

/// Longer observations are not searched for.
pub const LONGEST_WORD: usize = 12;

/// Price of having read each number of characters; longer by as much as one letter may be read as. Only the cells of
/// `alive` may lead anywhere: most rows have two or three.
#[derive(Clone)]
struct Row {
    cost: [Cost; LONGEST_WORD + 1 + LONGEST],
    alive: (u8, u8),
}

/// A trie of lower-case words. The edges of all nodes lie in one list, those of one node side by side, in order of letter.
#[derive(Debug, Default)]
pub struct Trie {
    nodes: Vec<Node>,
    edges: Vec<(u8, u32)>,
}

#[derive(Debug, Default)]
struct Node {
    word: Option<u16>,
    /// Its edges.
    from: u32,
    to: u32,
}

/// How the letters of a candidate are cased in print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dress {
    /// `kế`
    Lower,
    /// `Kế`
    Title,
    /// `KẾ`
    Upper,
}

/// A word an observation may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its number in the dictionary.
    pub word: u16,
    /// The case in which it was printed, if this is what it was.
    pub dress: Dress,
    /// -ln P(observation | word in this case), milli-nats.
    pub cost: Cost,
}

impl Trie {
    /// A trie of the words given with their numbers; words of other than Latin letters are left out.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, u16)>) -> Trie {
        let spelled = |(word, number): (&str, u16)| {
            Some((word.chars().map(letter_number).collect::<Option<Vec<u8>>>()?, number))
        };
        let mut words: Vec<(Vec<u8>, u16)> = words.into_iter().filter_map(spelled).collect();
        words.sort_unstable();
        let mut trie = Trie { nodes: vec![Node::default()], edges: Vec::new() };
        trie.grow(0, 0, &words);
        trie
    }

    /// Grows what hangs on a node: `words`, in order of their letters, all of which share their first `depth` letters.
    fn grow(&mut self, node: usize, depth: usize, words: &[(Vec<u8>, u16)]) {
        let ending = words.partition_point(|(letters, _)| letters.len() <= depth);
        let (ending, longer) = words.split_at(ending);
        let branches = || longer.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth));
        let (from, first) = (self.edges.len(), self.nodes.len());
        for (branch, child) in branches().zip(first..) {
            self.edges
                .extend(branch.first().and_then(|w| w.0.get(depth)).map(|&letter| (letter, child as u32)));
            self.nodes.push(Node::default());
        }
        let word = ending.last().map(|&(_, number)| number);
        self.nodes[node] = Node { word, from: from as u32, to: self.edges.len() as u32 };
        for (branch, child) in branches().zip(first..) {
            self.grow(child, depth + 1, branch);
        }
    }

    /// The words an observation may stand for under `bound`, cheapest first, at most `most` of them.
    pub fn search(&self, lens: &Lens<'_>, dresses: &[(Dress, Cost)], bound: Cost, most: usize) -> Vec<Found> {
        if lens.len() > LONGEST_WORD {
            return Vec::new();
        }
        let ahead = [false, true].map(|capitals| lens.least(capitals));
        let onward = [&ahead[0], &ahead[1]].map(|ahead| lens.onward(ahead));
        let table = lens.table();
        let specks: Vec<Cost> = (0..lens.len()).map(|at| lens.speck(at)).collect();
        let mut walk = Walk {
            trie: self,
            lens,
            table: &table,
            specks: &specks,
            ahead: &ahead[0],
            onward: &onward[0],
            bound,
            most,
            found: Vec::new(),
        };
        for &(dress, cost) in dresses {
            let capitals = usize::from(dress == Dress::Upper);
            (walk.ahead, walk.onward) = (&ahead[capitals], &onward[capitals]);
            let mut row = Row { cost: [NEVER; LONGEST_WORD + 1 + LONGEST], alive: (0, 0) };
            row.cost[0] = cost;
            walk.finish(&mut row, 0, lens.len());
            // What is ahead is priced as the letters after the first, which may be a capital: here nothing is ruled out.
            row.alive = (0, lens.len() as u8 + 1);
            walk.children(0, dress, &row, None);
        }
        let mut found = walk.found;
        found.sort_by_key(|f| (f.cost, f.word, f.dress));
        found.truncate(most);
        found
    }
}

/// A search under way.
struct Walk<'a> {
    trie: &'a Trie,
    lens: &'a Lens<'a>,
    /// See [`Lens::table`].
    table: &'a [[Cost; LONGEST]],
    /// See [`Lens::speck`].
    specks: &'a [Cost],
    /// See [`Lens::least`]: what the rest costs at the least, after the first letter.
    ahead: &'a [Cost],
    /// See [`Lens::onward`].
    onward: &'a [Vec<Cost>],
    bound: Cost,
    most: usize,
    found: Vec<Found>,
}

impl Walk<'_> {
    /// Enters every child of a node. `before` is the row of the node's own parent, with the letter between them.
    fn children(&mut self, node: usize, dress: Dress, row: &Row, before: Option<(&Row, u8)>) {
        let trie = self.trie;
        let Some(here) = trie.nodes.get(node) else { return };
        for &(letter, child) in trie.edges.get(here.from as usize..here.to as usize).unwrap_or_default() {
            let printed = match (dress, before) {
                (Dress::Upper, _) | (Dress::Title, None) => capital(letter),
                _ => letter,
            };
            if !self.may_follow(printed, row, before) {
                continue;
            }
            let next = self.row(printed, row, before);
            // A letter that leads nowhere by itself may have been read as one with the next.
            if next.alive.0 < next.alive.1 || self.may_pair(printed, row) {
                self.arrive(child as usize, dress, &next);
                self.children(child as usize, dress, &next, Some((row, printed)));
            }
        }
    }

    /// Whether the row of a child may have anything under the bound: four children in five are ruled out so, at a tenth of the
    /// work that their rows would be.
    #[inline]
    fn may_follow(&self, letter: u8, row: &Row, before: Option<(&Row, u8)>) -> bool {
        let cells = usize::from(row.alive.0)..usize::from(row.alive.1);
        let alone = |at: usize| {
            let onward = self.onward.get(at).and_then(|prices| prices.get(usize::from(letter)));
            onward.is_some_and(|onward| row.cost[at] + onward <= self.bound)
        };
        if cells.into_iter().any(alone) {
            return true;
        }
        let Some((grand, other)) = before else { return false };
        let together = |at: usize| {
            let price = self.lens.price_of_two(other, letter, at);
            price.is_some_and(|price| grand.cost[at] + price + self.ahead[at + 1] <= self.bound)
        };
        (usize::from(grand.alive.0)..usize::from(grand.alive.1).min(self.lens.len())).any(together)
    }

    /// Whether a letter and any other may have been read as one character.
    fn may_pair(&self, letter: u8, row: &Row) -> bool {
        (usize::from(row.alive.0)..usize::from(row.alive.1).min(self.lens.len())).any(|at| {
            let price = self.lens.price_of_pair(letter, at);
            price.is_some_and(|price| row.cost[at] + price + self.ahead[at + 1] <= self.bound)
        })
    }

    /// The row of a child reached by `letter`.
    #[inline]
    fn row(&self, letter: u8, row: &Row, before: Option<(&Row, u8)>) -> Row {
        let mut next = Row { cost: [NEVER; LONGEST_WORD + 1 + LONGEST], alive: (0, 0) };
        let from = usize::from(letter) * self.lens.len();
        let prices = self.table.get(from..from + self.lens.len()).unwrap_or_default();
        let lost = self.lens.price(letter, 0, 0);
        let (mut first, mut last) = (row.alive.0, usize::from(row.alive.1) + LONGEST);
        for at in usize::from(row.alive.0)..usize::from(row.alive.1) {
            let cost = row.cost[at];
            next.cost[at] = next.cost[at].min(cost + lost);
            if let Some(&[one, two, three]) = prices.get(at) {
                next.cost[at + 1] = next.cost[at + 1].min(cost + one);
                next.cost[at + 2] = next.cost[at + 2].min(cost + two);
                next.cost[at + 3] = next.cost[at + 3].min(cost + three);
            }
        }
        if let Some((grand, other)) = before {
            (first, last) = (first.min(grand.alive.0), last.max(usize::from(grand.alive.1)));
            let least = usize::from(grand.alive.1).min(self.lens.len());
            for at in usize::from(grand.alive.0)..least {
                if let Some(price) = self.lens.price_of_two(other, letter, at) {
                    next.cost[at + 1] = next.cost[at + 1].min(grand.cost[at] + price);
                }
            }
        }
        self.finish(&mut next, usize::from(first), last);
        next
    }

    /// Adds characters read where nothing was printed, and finds the cells that may still lead to a word. Those from
    /// `first` to `last` are priced already.
    #[inline]
    fn finish(&self, row: &mut Row, first: usize, last: usize) {
        let (mut from, mut to) = (u8::MAX, 0);
        for at in first..=self.lens.len() {
            if at > first {
                row.cost[at] = row.cost[at].min(row.cost[at - 1] + self.specks[at - 1]);
            }
            if row.cost[at] + self.ahead[at] <= self.bound {
                (from, to) = (from.min(at as u8), at as u8 + 1);
            } else if at >= last {
                // Beyond this nothing was read, and specks alone only make it dearer.
                break;
            }
        }
        row.alive = (from, to);
    }

    #[inline]
    fn arrive(&mut self, node: usize, dress: Dress, row: &Row) {
        let (Some(node), Some(&cost)) = (self.trie.nodes.get(node), row.cost.get(self.lens.len())) else {
            return;
        };
        if let (Some(word), true) = (node.word, cost <= self.bound) {
            self.found.push(Found { word, dress, cost });
            self.tighten();
        }
    }

    /// Once there are twice as many words as are asked for, the bound comes down to the price of the last that is.
    fn tighten(&mut self) {
        if self.found.len() >= self.most * 2 {
            self.found.sort_by_key(|f| (f.cost, f.word, f.dress));
            self.found.truncate(self.most);
            self.bound = self.found.last().map_or(self.bound, |f| f.cost.min(self.bound));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::channel::{Channel, Damage};
    use super::*;

    const WORDS: [&str; 12] =
        ["số", "sổ", "sở", "đại", "xã", "nghiệp", "nghệ", "tổ", "chức", "người", "ngoài", "hà"];

    fn best(read: &str) -> (&'static str, Dress) {
        let trie = Trie::new(WORDS.iter().enumerate().map(|(n, &w)| (w, n as u16)));
        let observed: Vec<char> = read.chars().collect();
        let lens = Channel::learned(Damage::English).over(&observed);
        let found = trie.search(&lens, &[(Dress::Lower, 0), (Dress::Title, 0), (Dress::Upper, 0)], 14_000, 8);
        (WORDS[usize::from(found[0].word)], found[0].dress)
    }

    #[test]
    fn misread_words_are_found() {
        assert_eq!(best("Pai"), ("đại", Dress::Title));
        assert_eq!(best("nghi¢p"), ("nghiệp", Dress::Lower));
        assert_eq!(best("x4"), ("xã", Dress::Lower));
        assert_eq!(best("CHU'C"), ("chức", Dress::Upper));
        assert_eq!(best("nguoi"), ("người", Dress::Lower));
    }

    #[test]
    fn the_cheapest_of_many_survive_a_narrow_list() {
        let trie = Trie::new(WORDS.iter().enumerate().map(|(n, &w)| (w, n as u16)));
        let observed: Vec<char> = "s6".chars().collect();
        let lens = Channel::learned(Damage::English).over(&observed);
        let all = trie.search(&lens, &[(Dress::Lower, 0)], 30_000, 100);
        let two = trie.search(&lens, &[(Dress::Lower, 0)], 30_000, 2);
        assert_eq!(all[..2], two[..]);
    }
}
