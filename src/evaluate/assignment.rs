//! The cheapest way to give every row a column of its own (Hungarian method, shortest augmenting paths).

/// The column of each row at the least total cost.
///
/// `cost` is row by row, every row of the same length, no fewer columns than rows. Ties fall to the column met first,
/// so equal inputs give equal answers. Time is rows² · columns.
pub fn assign(cost: &[Vec<f64>]) -> Vec<usize> {
    let columns = cost.first().map_or(0, Vec::len);
    let mut state = State::new(cost.len(), columns);
    for row in 1..=cost.len() {
        state.give_a_column(cost, row);
    }
    state.columns_of_rows(cost.len())
}

/// Potentials and the matching so far; index 0 of each list is the method's fictitious row or column.
struct State {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    /// The row that holds each column, 0 for none.
    holder: Vec<usize>,
    /// The column before each one on the path being grown.
    back: Vec<usize>,
}

impl State {
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            row_price: vec![0.0; rows + 1],
            column_price: vec![0.0; columns + 1],
            holder: vec![0; columns + 1],
            back: vec![0; columns + 1],
        }
    }

    fn give_a_column(&mut self, cost: &[Vec<f64>], row: usize) {
        let columns = self.holder.len();
        self.holder[0] = row;
        let mut slack = vec![f64::INFINITY; columns];
        let mut used = vec![false; columns];
        let mut at = 0;
        loop {
            used[at] = true;
            let (next, delta) = self.nearest_column(&cost[self.holder[at] - 1], at, &mut slack, &used);
            self.raise_prices(delta, &mut slack, &used);
            at = next;
            if self.holder[at] == 0 {
                break;
            }
        }
        self.turn_path(at);
    }

    fn nearest_column(&mut self, costs: &[f64], at: usize, slack: &mut [f64], used: &[bool]) -> (usize, f64) {
        let (mut next, mut delta) = (0, f64::INFINITY);
        let row = self.holder[at];
        for column in (1..used.len()).filter(|&column| !used[column]) {
            let reduced = costs[column - 1] - self.row_price[row] - self.column_price[column];
            if reduced < slack[column] {
                (slack[column], self.back[column]) = (reduced, at);
            }
            if slack[column] < delta {
                (next, delta) = (column, slack[column]);
            }
        }
        (next, delta)
    }

    fn raise_prices(&mut self, delta: f64, slack: &mut [f64], used: &[bool]) {
        for column in 0..used.len() {
            if used[column] {
                self.row_price[self.holder[column]] += delta;
                self.column_price[column] -= delta;
            } else {
                slack[column] -= delta;
            }
        }
    }

    /// Walks the path back to its start, handing each column to the row before it.
    fn turn_path(&mut self, mut at: usize) {
        while at != 0 {
            let before = self.back[at];
            self.holder[at] = self.holder[before];
            at = before;
        }
    }

    fn columns_of_rows(&self, rows: usize) -> Vec<usize> {
        let mut columns = vec![0; rows];
        for (column, &row) in self.holder.iter().enumerate().skip(1) {
            if row > 0 {
                columns[row - 1] = column - 1;
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::assign;

    #[test]
    fn the_cheapest_whole_is_taken_not_the_cheapest_first_step() {
        let cost = vec![vec![1.0, 2.0, 9.0], vec![1.0, 8.0, 9.0]];
        assert_eq!(assign(&cost), [1, 0]);
    }

    #[test]
    fn nothing_to_assign_is_no_assignment() {
        assert!(assign(&[]).is_empty());
    }
}
