//! Provinces, districts and communes, those in force since 1 July 2025 and those before.
//!
//! Places are found by name or full name, marks or no marks (`Lao Cai`, `Tỉnh Lào Cai`), and by likeness. Old and new
//! units stand side by side, because papers of every year come in; [`Place::current`] tells them apart.

use std::sync::LazyLock;

use super::fuzzy_index::{FuzzyIndex, bare_letters};
use super::list::{Row, rows};
use super::string_table::StringTable;

/// Kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceLevel {
    /// A province or a city under the central government.
    Province,
    /// A district, town or city of a province; abolished on 1 July 2025.
    District,
    /// A commune, ward, township or special zone.
    Commune,
}

/// One unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// `Lào Cai`
    pub name: &'static str,
    /// `Tỉnh Lào Cai`
    pub full_name: &'static str,
    /// Its level.
    pub level: PlaceLevel,
    /// Official code of the statistics office.
    pub code: &'static str,
    /// The district it lay in; empty where there is none.
    pub district: &'static str,
    /// The province it lies in; its own name for a province.
    pub province: &'static str,
    /// In force since 1 July 2025?
    pub current: bool,
}

/// All units with their index.
#[derive(Debug)]
pub struct Gazetteer {
    places: Vec<Place>,
    keys: StringTable,
    /// (number of the key, place), sorted.
    by_key: Vec<(u32, u32)>,
    /// Full names, for likeness.
    index: FuzzyIndex,
}

impl Gazetteer {
    /// The units of the embedded lists; taken apart at first use (some 14,000).
    #[must_use]
    pub fn builtin() -> &'static Gazetteer {
        static BUILTIN: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(builtin_places()));
        &BUILTIN
    }

    fn new(places: Vec<Place>) -> Gazetteer {
        let mut keys = StringTable::with_capacity(places.len() * 2);
        let mut by_key = Vec::with_capacity(places.len() * 2);
        for (number, place) in places.iter().enumerate() {
            for name in [place.name, place.full_name] {
                by_key.push((keys.insert(&bare_letters(name)) as u32, number as u32));
            }
        }
        by_key.sort_unstable();
        by_key.dedup();
        let index = FuzzyIndex::new(places.iter().map(|place| place.full_name));
        Gazetteer { places, keys, by_key, index }
    }

    /// All units with this name or full name; case, marks, blanks and dashes don't matter. Provinces first, then
    /// districts, then communes; current ones first.
    pub fn find(&self, name: &str) -> impl Iterator<Item = &Place> {
        let key = self.keys.get(&bare_letters(name)).map_or(u32::MAX, |key| key as u32);
        let from = self.by_key.partition_point(|entry| entry.0 < key);
        let entries = self.by_key.iter().skip(from).take_while(move |entry| entry.0 == key);
        entries.filter_map(|entry| self.places.get(entry.1 as usize))
    }

    /// The unit whose full name (`Phường Giảng Võ`) is most like `text`, if its similarity is at least `least` (0–1).
    #[must_use]
    pub fn nearest(&self, text: &str, least: f64) -> Option<(&Place, f64)> {
        let hit = self.index.nearest(text, least)?;
        Some((self.places.get(hit.number)?, hit.similarity))
    }

    /// All units: provinces, districts, communes, current ones first at each level.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }
}

fn builtin_places() -> Vec<Place> {
    let mut all = Vec::new();
    let province = |row: Row, current| Place {
        name: row.cell(1),
        full_name: row.cell(2),
        level: PlaceLevel::Province,
        code: row.cell(0),
        district: "",
        province: row.cell(1),
        current,
    };
    all.extend(rows(include_str!("../../dictionaries/provinces_2025.tsv")).map(|row| province(row, true)));
    all.extend(rows(include_str!("../../dictionaries/provinces_old63.tsv")).map(|row| province(row, false)));
    all.extend(rows(include_str!("../../dictionaries/districts_old.tsv")).map(|row| Place {
        level: PlaceLevel::District,
        province: row.cell(4),
        ..province(row, false)
    }));
    all.extend(rows(include_str!("../../dictionaries/communes_2025.tsv")).map(|row| Place {
        level: PlaceLevel::Commune,
        province: row.cell(5),
        ..province(row, true)
    }));
    all.extend(rows(include_str!("../../dictionaries/communes_old.tsv")).map(|row| Place {
        level: PlaceLevel::Commune,
        district: row.cell(5),
        province: row.cell(7),
        ..province(row, false)
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_old_and_new_are_found_without_marks() {
        let gazetteer = Gazetteer::builtin();
        let levels: Vec<_> = gazetteer.find("ha noi").map(|place| (place.level, place.current)).collect();
        assert_eq!(levels[..2], [(PlaceLevel::Province, true), (PlaceLevel::Province, false)]);
        assert!(gazetteer.find("Tỉnh Hà Giang").any(|place| !place.current));
        assert!(gazetteer.find("Phuong Giang Vo").any(|place| place.current && place.province == "Hà Nội"));
        assert_eq!(gazetteer.find("Nơi Không Có").count(), 0);
    }

    #[test]
    fn a_damaged_name_finds_its_unit() {
        let found = Gazetteer::builtin().nearest("Tinh Ha Giamg", 0.8).map(|(place, _)| place.full_name);
        assert_eq!(found, Some("Tỉnh Hà Giang"));
    }
}
