//! Finds by how much the lines of a page are askew.
//!
//! Projection profile (Postl 1986): seen along the lines, the ink of a page falls into sharp rows; the angle at which
//! the squared differences of neighbouring rows add up to most is the skew. Searched coarse to fine on the sketch.

use super::sketch::Sketch;

/// Largest skew looked for, in degrees.
const MOST: f64 = 15.0;

/// The skew in degrees; positive if lines fall to the right. 0 where there is too little ink to tell.
pub fn skew(sketch: &Sketch) -> f64 {
    let ink = Ink::of(sketch);
    if ink.points.len() < 200 {
        return 0.0;
    }
    let coarse = ink.best(0.0, MOST, 0.5);
    let fine = ink.best(coarse, 0.6, 0.1);
    ink.best(fine, 0.12, 0.02)
}

/// Ink away from the edges, as points about the middle of the page.
struct Ink {
    points: Vec<(f32, f32)>,
    rows: usize,
}

impl Ink {
    /// Runs of ink longer than this, in blocks, are rules or shadows; these have an opinion of their own on skew
    /// that is welcome if they are thin, but a black border must not outvote the text.
    const LONGEST_RUN: usize = 60;

    fn of(sketch: &Sketch) -> Self {
        let (middle_x, middle_y) = (sketch.width as f32 / 2.0, sketch.height as f32 / 2.0);
        let mut points = Vec::new();
        for (y, row) in sketch.rows().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) && run.len() <= Self::LONGEST_RUN {
                    points.extend((x..x + run.len()).map(|x| (x as f32 - middle_x, y as f32 - middle_y)));
                }
                x += run.len();
            }
        }
        Self { points, rows: sketch.height + sketch.width }
    }

    /// The best angle within `span` of `center`; the smaller turn wins a tie.
    fn best(&self, center: f64, span: f64, step: f64) -> f64 {
        let steps = (span / step).round() as i32;
        let mut best = (0.0f64, center);
        for i in 0..=2 * steps {
            // 0, +1, -1, +2, -2 …: nearest first.
            let offset = f64::from((i + 1) / 2) * if i % 2 == 1 { step } else { -step };
            let score = self.sharpness(center + offset);
            if score > best.0 {
                best = (score, center + offset);
            }
        }
        best.1
    }

    fn sharpness(&self, degrees: f64) -> f64 {
        let slope = degrees.to_radians().tan() as f32;
        let middle = self.rows as f32 / 2.0;
        let mut profile = vec![0u32; self.rows + 1];
        for &(x, y) in &self.points {
            let row = (y - slope * x + middle) as usize;
            if let Some(count) = profile.get_mut(row) {
                *count += 1;
            }
        }
        profile.windows(2).map(|w| (f64::from(w[0]) - f64::from(w[1])).powi(2)).sum()
    }
}
