//! Finds the words that an observed one may stand for: a walk over a trie of all syllables, priced by the channel.
//!
//! Each node of the trie carries the row of an edit-distance table (the price of having read the first `j` observed
//! characters as the letters on the way to the node); a child's row follows from its parent's, and from its grandparent's
//! where two letters were read as one. A subtree whose row holds nothing under the bound is not entered, and the bound is the
//! lower the rarer the commonest word of the subtree is: of the rare words only near ones are worth finding. Reads a list of
//! words and a [`Lens`]; produces words with prices, likeliest first. Never weighs one word against its neighbours.

use std::cell::LazyCell;

use super::channel::{
    CELLS, Cells, Cost, FAR, LONGEST, Lens, Letter, capital, least, letter_number, narrow, sum,
};

/// Longer observations are not searched for.
pub const LONGEST_WORD: usize = 12;

/// A trie of lower-case words. The edges of all nodes lie in one list, those of one node side by side, in order of letter.
#[derive(Debug, Default)]
pub struct Trie {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// A way from a node to the next.
#[derive(Debug, Clone, Copy)]
struct Edge {
    letter: u8,
    /// Rarity of the commonest word that ends there or below.
    commonest: i16,
    to: u32,
}

#[derive(Debug)]
struct Node {
    /// The word that ends here, and its rarity.
    word: Option<(u16, Cost)>,
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
    /// The same, its rarity added.
    pub worth: Cost,
}

/// What a search looks for, all prices in milli-nats.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most an observation may cost.
    pub cost: Cost,
    /// The same with the rarity of the word.
    pub worth: Cost,
    /// How far a word may be from the likeliest one, rarity counted in.
    pub spread: Cost,
    /// How many words.
    pub most: usize,
}

impl Trie {
    /// A trie of the words given with their numbers and rarity (-ln P, milli-nats); words of other than Latin letters are left
    /// out.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, u16, Cost)>) -> Trie {
        let spelled = |(word, number, rarity): (&str, u16, Cost)| {
            Some((word.chars().map(letter_number).collect::<Option<Vec<u8>>>()?, (number, rarity)))
        };
        let mut words: Vec<Spelled> = words.into_iter().filter_map(spelled).collect();
        words.sort_unstable();
        let mut trie = Trie { nodes: vec![EMPTY], edges: Vec::new() };
        trie.grow(0, 0, &words);
        trie
    }

    /// Grows what hangs on a node: `words`, in order of their letters, all of which share their first `depth` letters.
    fn grow(&mut self, node: usize, depth: usize, words: &[Spelled]) {
        let ending = words.partition_point(|(letters, _)| letters.len() <= depth);
        let (ending, longer) = words.split_at(ending);
        let branches = || longer.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth));
        let (from, first) = (self.edges.len(), self.nodes.len());
        for (branch, child) in branches().zip(first..) {
            let commonest = branch.iter().map(|&(_, (_, rarity))| narrow(rarity)).min().unwrap_or(FAR);
            let letter = branch.first().and_then(|word| word.0.get(depth));
            self.edges.extend(letter.map(|&letter| Edge { letter, commonest, to: child as u32 }));
            self.nodes.push(EMPTY);
        }
        let word = ending.last().map(|&(_, word)| word);
        self.nodes[node] = Node { word, from: from as u32, to: self.edges.len() as u32 };
        for (branch, child) in branches().zip(first..) {
            self.grow(child, depth + 1, branch);
        }
    }

    /// The words an observation may stand for, likeliest first.
    pub fn search(&self, lens: &Lens<'_>, dresses: &[(Dress, Cost)], limits: Limits) -> Vec<Found> {
        if lens.len() > LONGEST_WORD {
            return Vec::new();
        }
        let letters = lens.letters();
        let (small, capitals) =
            (Hopes::new(lens, &letters, false), LazyCell::new(|| Hopes::new(lens, &letters, true)));
        let mut walk = Walk {
            trie: self,
            lens,
            letters: &letters,
            specks: lens.specks(),
            hopes: &small,
            limits,
            found: Vec::new(),
        };
        let mut dresses = dresses.to_vec();
        dresses.sort_by_key(|&(_, cost)| cost);
        for (dress, cost) in dresses {
            walk.hopes = if dress == Dress::Upper { &capitals } else { &small };
            walk.start(dress, cost);
        }
        walk.sort();
        walk.found
    }
}

/// The letters of a word, its number and rarity.
type Spelled = (Vec<u8>, (u16, Cost));

/// A node before anything hangs on it.
const EMPTY: Node = Node { word: None, from: 0, to: 0 };

/// Prices below which what is still to come cannot be, after the first letter small or all capitals.
struct Hopes {
    /// See [`Lens::least`].
    ahead: Cells,
    /// See [`Lens::onward`].
    onward: Vec<Cells>,
}

impl Hopes {
    fn new(lens: &Lens<'_>, letters: &[Letter], capitals: bool) -> Hopes {
        let ahead = lens.least(capitals);
        Hopes { onward: lens.onward(letters, &ahead), ahead }
    }
}

/// A search under way. A row holds the price of having read each number of characters.
struct Walk<'a> {
    trie: &'a Trie,
    lens: &'a Lens<'a>,
    /// See [`Lens::letters`].
    letters: &'a [Letter],
    /// See [`Lens::specks`].
    specks: Cells,
    hopes: &'a Hopes,
    limits: Limits,
    found: Vec<Found>,
}

impl Walk<'_> {
    /// Looks through the whole trie for words in one case, which costs so much.
    fn start(&mut self, dress: Dress, cost: Cost) {
        let mut row = [FAR; CELLS];
        row[0] = narrow(cost);
        self.children(0, dress, &row, None);
    }

    /// Takes the word that ends at a node, and enters every child. `before` is the row of the node's own parent, with the letter between them.
    fn children(&mut self, node: usize, dress: Dress, row: &Cells, before: Option<(&Cells, u8)>) {
        let trie = self.trie;
        let Some(here) = trie.nodes.get(node) else { return };
        let edges = trie.edges.get(here.from as usize..here.to as usize).unwrap_or_default();
        // What the word and all children share is done once: a character more where nothing was printed, the row moved on.
        let row = &self.with_speck(row);
        self.arrive(here, dress, row);
        let rows = [*row, behind::<1>(row), behind::<2>(row), behind::<3>(row)];
        let ordered;
        let edges = match before {
            Some(_) => edges,
            None => {
                ordered = self.ordered(edges, dress, row);
                &ordered
            }
        };
        for edge in edges {
            let printed = match (dress, before) {
                (Dress::Upper, _) | (Dress::Title, None) => capital(edge.letter),
                _ => edge.letter,
            };
            let bound = narrow(self.limits.cost.min(self.limits.worth - Cost::from(edge.commonest)));
            if !self.may_follow(printed, row, before, bound) {
                continue;
            }
            let next = self.row(printed, &rows, before);
            // A letter that leads nowhere by itself may have been read as one with the next.
            if any_within(&next, &self.hopes.ahead, bound) || self.may_pair(printed, row, bound) {
                self.children(edge.to as usize, dress, &next, Some((row, printed)));
            }
        }
    }

    /// The first letters, likeliest first, so that the limit comes down early.
    fn ordered(&self, edges: &[Edge], dress: Dress, row: &Cells) -> Vec<Edge> {
        let likely = |edge: &Edge| {
            let printed = if dress == Dress::Lower { edge.letter } else { capital(edge.letter) };
            sum(row, self.hopes.onward.get(usize::from(printed))?).into_iter().min()
        };
        let mut ordered = edges.to_vec();
        ordered.sort_by_cached_key(likely);
        ordered
    }

    /// Whether the row of a child may have anything under the bound: four children in five are ruled out so, at a small part
    /// of the work that their rows would be.
    #[inline]
    fn may_follow(&self, letter: u8, row: &Cells, before: Option<(&Cells, u8)>, bound: i16) -> bool {
        let Some(onward) = self.hopes.onward.get(usize::from(letter)) else { return false };
        if any_within(row, onward, bound) {
            return true;
        }
        let Some((grand, other)) = before.filter(|_| self.lens.may_be_second(letter)) else { return false };
        (0..self.lens.len()).any(|at| {
            let price = self.lens.price_of_two(other, letter, at);
            price.is_some_and(|price| reached(grand[at], price, self.hopes.ahead[at + 1]) <= bound)
        })
    }

    /// Whether a letter and any other may have been read as one character.
    fn may_pair(&self, letter: u8, row: &Cells, bound: i16) -> bool {
        (0..self.lens.len()).any(|at| {
            let price = self.lens.price_of_pair(letter, at);
            price.is_some_and(|price| reached(row[at], price, self.hopes.ahead[at + 1]) <= bound)
        })
    }

    /// The row of a child reached by `letter`.
    #[inline]
    fn row(&self, letter: u8, rows: &[Cells; LONGEST + 1], before: Option<(&Cells, u8)>) -> Cells {
        let Some(prices) = self.letters.get(usize::from(letter)) else { return [FAR; CELLS] };
        let mut next = rows[0].map(|cost| cost.saturating_add(prices.lost));
        for (row, read) in rows.iter().skip(1).zip(&prices.read) {
            next = least(&next, &sum(row, read));
        }
        if let Some((grand, other)) = before.filter(|_| self.lens.may_be_second(letter)) {
            for at in 0..self.lens.len() {
                if let Some(price) = self.lens.price_of_two(other, letter, at) {
                    next[at + 1] = next[at + 1].min(reached(grand[at], price, 0));
                }
            }
        }
        next
    }

    /// The row with one character more, read where nothing was printed. Two at one place are dearer than any bound.
    #[inline]
    fn with_speck(&self, row: &Cells) -> Cells {
        least(row, &behind::<1>(&sum(row, &self.specks)))
    }

    #[inline]
    fn arrive(&mut self, node: &Node, dress: Dress, row: &Cells) {
        let (Some((word, rarity)), Some(&cost)) = (node.word, row.get(self.lens.len())) else { return };
        let cost = Cost::from(cost);
        let worth = cost + rarity;
        if cost <= self.limits.cost && worth <= self.limits.worth {
            self.found.push(Found { word, dress, cost, worth });
            self.tighten(worth);
        }
    }

    /// The limit comes down with the likeliest word; once there are twice as many words as are asked for, to the last that is.
    fn tighten(&mut self, worth: Cost) {
        self.limits.worth = self.limits.worth.min(worth + self.limits.spread);
        if self.found.len() >= self.limits.most * 2 {
            self.sort();
            self.limits.worth =
                self.found.last().map_or(self.limits.worth, |f| f.worth.min(self.limits.worth));
        }
    }

    /// Puts the likeliest first, and leaves the rest.
    fn sort(&mut self) {
        self.found.sort_by_key(|f| (f.worth, f.word, f.dress));
        self.found.truncate(self.limits.most);
        let limit = self.limits.worth;
        self.found.retain(|f| f.worth <= limit);
    }
}

/// Whether anywhere two prices together are no more than `bound`.
#[inline]
fn any_within(row: &Cells, more: &Cells, bound: i16) -> bool {
    sum(row, more).into_iter().fold(false, |any, cost| any | (cost <= bound))
}

/// What was read up to each place, `K` characters further on.
#[inline]
fn behind<const K: usize>(costs: &Cells) -> Cells {
    let mut moved = [FAR; CELLS];
    moved[K..].copy_from_slice(&costs[..CELLS - K]);
    moved
}

/// A price, and two more.
#[inline]
fn reached(cost: i16, price: Cost, ahead: i16) -> i16 {
    cost.saturating_add(narrow(price)).saturating_add(ahead)
}

#[cfg(test)]
mod tests {
    use super::super::channel::{Channel, Damage};
    use super::*;

    const WORDS: [&str; 12] =
        ["số", "sổ", "sở", "đại", "xã", "nghiệp", "nghệ", "tổ", "chức", "người", "ngoài", "hà"];

    fn trie() -> Trie {
        Trie::new(WORDS.iter().enumerate().map(|(n, &w)| (w, n as u16, 100 * n as Cost)))
    }

    fn limits(most: usize) -> Limits {
        Limits { cost: 30_000, worth: 30_000, spread: 30_000, most }
    }

    fn best(read: &str) -> (&'static str, Dress) {
        let observed: Vec<char> = read.chars().collect();
        let lens = Channel::learned(Damage::English).over(&observed);
        let found =
            trie().search(&lens, &[(Dress::Lower, 0), (Dress::Title, 0), (Dress::Upper, 0)], limits(8));
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
        let observed: Vec<char> = "s6".chars().collect();
        let lens = Channel::learned(Damage::English).over(&observed);
        let all = trie().search(&lens, &[(Dress::Lower, 0)], limits(100));
        let two = trie().search(&lens, &[(Dress::Lower, 0)], limits(2));
        assert_eq!(all[..2], two[..]);
        let near = trie().search(&lens, &[(Dress::Lower, 0)], Limits { spread: 3_000, ..limits(100) });
        assert!(near.len() < all.len() && near[..] == all[..near.len()]);
    }

    #[test]
    fn two_letters_read_as_one_are_found_under_any_limit() {
        let words = [("tường", 0, 8_000), ("tung", 1, 10_000)];
        let observed: Vec<char> = "tung".chars().collect();
        let lens = Channel::learned(Damage::English).over(&observed);
        for cost in [4_500, 9_000, 13_000] {
            let found = Trie::new(words).search(&lens, &[(Dress::Lower, 0)], Limits { cost, ..limits(8) });
            assert!(found.iter().any(|found| found.word == 0), "{cost}");
        }
    }
}
