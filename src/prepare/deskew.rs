//! Finds by how much the lines of a page are askew.
//!
//! Projection profile (Postl 1986): seen along the lines, the ink of a page falls into sharp rows; the angle at which
//! the squared differences of neighbouring rows add up to most is the skew. Searched coarse to fine on the sketch.

use super::sketch::Sketch;

/// Largest skew looked for, in degrees.
const MOST: f64 = 15.0;

/// The skew in degrees; positive if lines fall to the right. 0 where there is too little ink to tell.
pub fn skew(sketch: &Sketch) -> f64 {
    let profile = Profile::of(sketch, 1);
    if profile.is_scant() {
        return 0.0;
    }
    let (coarse, _) = skew_with_sharpness(&Profile::of(sketch, COARSE));
    let (fine, _) = profile.best(coarse, 0.6, 0.1);
    profile.best(fine, 0.12, 0.02).0
}

/// The skew to half a degree, and how sharp the rows are there.
pub fn skew_with_sharpness(profile: &Profile) -> (f64, f64) {
    profile.best(0.0, MOST, 0.5)
}

/// Columns in a strip for the coarse search: at the largest skew it blurs the rows by one.
pub const COARSE: usize = 4;

/// The ink of a page in upright strips, ready to be projected along any direction: a turn by a small angle shifts
/// each strip up or down as a whole, and the profile is the sum of the strips.
pub struct Profile {
    /// Counts of ink, from top to bottom, one strip after the other.
    strips: Vec<u8>,
    /// Columns in a strip.
    columns: usize,
    /// Of the page.
    width: usize,
    height: usize,
}

impl Profile {
    /// Runs of ink longer than this, in blocks, are rules, shadows or pictures: a word is one letter after the other
    /// at the sketch's resolution. A black border must not outvote the text.
    const LONGEST_RUN: usize = 40;

    /// Less ink than this tells nothing.
    const FEWEST: usize = 200;

    /// The ink of a sketch in strips of so many columns.
    pub fn of(sketch: &Sketch, columns: usize) -> Self {
        let (width, height) = (sketch.width, sketch.height);
        let mut strips = vec![0; width.div_ceil(columns) * height];
        for (y, row) in sketch.rows().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) && run.len() <= Self::LONGEST_RUN {
                    (x..x + run.len()).for_each(|x| strips[x / columns * height + y] += 1);
                }
                x += run.len();
            }
        }
        Self { strips, columns, width, height }
    }

    /// Whether there is too little ink to tell anything.
    pub fn is_scant(&self) -> bool {
        self.strips.iter().map(|&n| usize::from(n)).sum::<usize>() < Self::FEWEST
    }

    /// The best angle within `span` of `center` and its sharpness; the smaller turn wins a tie.
    fn best(&self, center: f64, span: f64, step: f64) -> (f64, f64) {
        let steps = (span / step).round() as i32;
        let mut best = (center, 0.0f64);
        for i in 0..=2 * steps {
            // 0, +1, -1, +2, -2 …: nearest first.
            let offset = f64::from((i + 1) / 2) * if i % 2 == 1 { step } else { -step };
            let score = self.sharpness(center + offset);
            if score > best.1 {
                best = (center + offset, score);
            }
        }
        best
    }

    fn sharpness(&self, degrees: f64) -> f64 {
        let slope = degrees.to_radians().tan();
        let middle = self.width as f64 / 2.0;
        let most = (slope.abs() * middle).ceil();
        let mut profile = vec![0u16; self.height + 2 * most as usize + 3];
        for (i, strip) in self.strips.chunks_exact(self.height.max(1)).enumerate() {
            let x = (i * self.columns) as f64 + (self.columns - 1) as f64 / 2.0;
            let shift = (most - slope * (x - middle)).max(0.0) as usize;
            let rows = profile.get_mut(shift..).unwrap_or_default();
            rows.iter_mut().zip(strip).for_each(|(sum, &ink)| *sum = sum.saturating_add(u16::from(ink)));
        }
        profile.windows(2).map(|w| (f64::from(w[0]) - f64::from(w[1])).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::orientation::is_sideways;
    use super::*;

    /// Lines of dashes that fall by `degrees`.
    fn lines(degrees: f64) -> Sketch {
        let (width, height) = (850usize, 1200usize);
        let slope = degrees.to_radians().tan();
        let is_ink = |x: usize, y: usize| {
            let row = y as f64 - slope * (x as f64 - 425.0);
            (100..750).contains(&x)
                && (100..1100).contains(&y)
                && row.rem_euclid(22.0) < 8.0
                // Letters of one line do not stand below those of another.
                && (x as i64 + (row / 22.0).floor() as i64 * 5).rem_euclid(9) < 6
        };
        let ink =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| is_ink(x, y)).collect();
        Sketch { width, height, block: 1, ink }
    }

    #[test]
    fn skew_is_found_to_a_twentieth_of_a_degree() {
        for degrees in [-14.0, -3.3, -0.4, 0.0, 0.07, 1.25, 8.6] {
            let found = skew(&lines(degrees));
            assert!((found - degrees).abs() <= 0.05, "{degrees}: {found}");
        }
    }

    #[test]
    fn lines_that_run_down_the_page_are_noticed() {
        assert!(!is_sideways(&lines(1.0)));
        assert!(is_sideways(&lines(1.0).transposed()));
    }
}
