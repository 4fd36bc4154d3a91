//! The signature: authority lines, title and name (Decree 30/2020/NĐ-CP, Appendix I, parts 7a–7c).

use super::evidence::Proof;
use super::letterhead::is_upper;
use super::passage::{Span, Token, join};
use super::record::Signature;
use super::zone;
use crate::dictionary::cue;

/// Reads the signature from its lines; `None` and absent evidence where there is none. What follows a name and
/// begins like a signature is another one.
pub(crate) fn read(lines: &[Span], proof: &mut Proof) -> Option<Signature> {
    let mut signers: Vec<Found> = Vec::new();
    for line in lines.iter().map(|line| clean(*line)).filter(|line| is_text(*line)) {
        match signers.last_mut() {
            Some(found) if !found.is_followed_by(line) => found.take(line),
            _ => {
                let mut found = Found::default();
                found.take(line);
                signers.push(found);
            }
        }
    }
    let mut signers = signers.iter();
    let mut signature = signers.next().map(|found| found.fill("/signature", proof)).unwrap_or_default();
    for (index, found) in signers.enumerate() {
        signature.co_signers.push(found.fill(&format!("/signature/co_signers/{index}"), proof));
    }
    if signature == Signature::default() {
        proof.absent("/signature");
        return None;
    }
    Some(signature)
}

fn text(pointer: &str, spans: &[Span], proof: &mut Proof) -> Option<String> {
    if spans.is_empty() {
        proof.absent(pointer);
        return None;
    }
    proof.found(pointer, spans);
    Some(join(spans))
}

#[derive(Default)]
struct Found<'p> {
    authority: Vec<Vec<Span<'p>>>,
    title: Vec<Span<'p>>,
    name: Vec<Span<'p>>,
}

impl<'p> Found<'p> {
    /// Whether the line opens the signature of another: this one has its name, and the line is an office.
    fn is_followed_by(&self, line: Span) -> bool {
        let office = is_upper(line.text()) && cue::prefix_any(&line.keys(), cue::SIGNER_TITLES).is_some();
        !self.name.is_empty() && (is_prefixed(line) || office)
    }

    /// As a part of the record, with evidence below the pointer `base`.
    fn fill(&self, base: &str, proof: &mut Proof) -> Signature {
        let mut signature = Signature::default();
        for (index, spans) in self.authority.iter().enumerate() {
            let printed = join(spans);
            let pointer = format!("{base}/authority/{index}");
            match completed(&printed) {
                Some(whole) => {
                    proof.inferred(pointer, spans, "the first letter of the prefix was not read");
                    signature.authority.push(whole);
                }
                None => {
                    proof.found(pointer, spans);
                    signature.authority.push(printed);
                }
            }
        }
        signature.title = text(&format!("{base}/title"), &self.title, proof);
        signature.signer_name = text(&format!("{base}/signer_name"), &self.name, proof);
        signature
    }

    /// Lines come from the top: prefixes first, then the title in capitals, then the name.
    fn take(&mut self, line: Span<'p>) {
        let upper = is_upper(line.text());
        let titled = is_titled(line);
        if !self.name.is_empty() {
            return;
        }
        if is_prefixed(line) && self.title.is_empty() {
            self.authority.push(vec![line]);
        } else if upper && titled && self.title.is_empty() {
            self.title.push(line);
        } else if upper && self.title.is_empty() && self.authority.last().is_some_and(|last| runs_on(last)) {
            if let Some(last) = self.authority.last_mut() {
                last.push(line);
            }
        } else if upper && self.title.is_empty() && !is_name(line) {
            self.title.push(line);
        } else if is_name(line) && (!self.title.is_empty() || !self.authority.is_empty() || !upper) {
            self.name.push(line);
        } else if upper && self.name.is_empty() && !self.title.is_empty() && self.title.len() < 3 {
            self.title.push(line);
        }
    }
}

/// Whether an authority line goes on in the next: a body's name may, `KT. CHỦ TỊCH` is whole.
fn runs_on(lines: &[Span]) -> bool {
    let Some(first) = lines.first() else { return false };
    let office = first.from(first.after_words(1)).trim();
    let keys = office.keys();
    let titled = cue::prefix_any(&keys, cue::SIGNER_TITLES).is_some_and(|(_, taken)| taken == keys.len());
    !titled
}

/// Without the specks before it: signs, single letters, words the engine did not believe itself.
fn clean(line: Span<'_>) -> Span<'_> {
    let speck = |token: &&Token| {
        let letters = token.text.chars().filter(|c| c.is_alphabetic()).count();
        letters == 0 || letters == 1 && token.confidence < 0.6 || token.confidence < 0.1 && letters < 4
    };
    let specks = line.tokens().iter().take_while(speck).count();
    let line = if specks < line.tokens().len() { line.from(line.after_words(specks)) } else { line };
    let start = line.text().find(|c: char| c.is_alphabetic()).unwrap_or(0);
    line.from(start).trim_end(&['|', '*', '_', '-', '"', '\'', ','])
}

fn is_text(line: Span) -> bool {
    let letters = line.text().chars().filter(|c| c.is_alphabetic()).count();
    let signed = ["Đã ký", "Ký tên", "Ký bởi", "Người ký", "Thời gian ký", "Ký ghi rõ"];
    letters >= 4
        && letters * 2 >= line.text().chars().count()
        && cue::prefix_any(&line.keys(), &signed).is_none()
}

fn is_prefixed(line: Span) -> bool {
    zone::is_authority(line.text()) || completed(line.text()).is_some()
}

/// `M. ỦY BAN NHÂN DÂN` with the `T` back: only where one prefix alone ends that way.
fn completed(text: &str) -> Option<String> {
    let (first, rest) = text.split_once(' ')?;
    let stem = first.strip_suffix('.')?;
    let prefix = match stem {
        "M" => "TM.",
        "L" => "TL.",
        "UQ" => "TUQ.",
        _ => return None,
    };
    is_upper(rest).then(|| format!("{prefix} {rest}"))
}

/// The office of the signer, a deputy's also where a seal covers the end of it.
fn is_titled(line: Span) -> bool {
    let keys = line.keys();
    cue::prefix_any(&keys, cue::SIGNER_TITLES).is_some() || keys.first().is_some_and(|key| key == "pho")
}

/// Two to six words of letters, each with a capital first; degrees before them are kept.
fn is_name(line: Span) -> bool {
    let words: Vec<&str> = line.text().split_whitespace().collect();
    let capital = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || c == '.' || c == '-')
    };
    let titled = is_upper(line.text()) && is_titled(line);
    (2..=6).contains(&words.len()) && words.iter().all(capital) && !titled
}

#[cfg(test)]
mod tests {
    use super::super::passage::{Passage, passage};
    use super::*;

    fn signature(lines: &[&str]) -> Signature {
        let passages: Vec<Passage> = lines.iter().map(|line| passage(line)).collect();
        let spans: Vec<Span> = passages.iter().map(Passage::span).collect();
        read(&spans, &mut Proof::default()).expect("a signature")
    }

    #[test]
    fn authority_title_and_name_are_told_apart() {
        let found = signature(&[
            "TM. BAN CHỈ ĐẠO",
            "CHUYỂN ĐỔI SỐ",
            "KT. TRƯỞNG BAN",
            ", >",
            "PHÓ TRƯỞNG BAN",
            "(Đã ký)",
            "Lò Văn Tình",
        ]);
        assert_eq!(found.authority, ["TM. BAN CHỈ ĐẠO CHUYỂN ĐỔI SỐ", "KT. TRƯỞNG BAN"]);
        assert_eq!(found.title.as_deref(), Some("PHÓ TRƯỞNG BAN"));
        assert_eq!(found.signer_name.as_deref(), Some("Lò Văn Tình"));
    }

    #[test]
    fn a_second_signature_is_one_of_its_own() {
        let found =
            signature(&["BÍ THƯ", "Phan Thị Lam", "TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", "Trịnh Hoài Sơn"]);
        assert_eq!(found.signer_name.as_deref(), Some("Phan Thị Lam"));
        assert_eq!(found.co_signers.len(), 1);
        assert_eq!(found.co_signers[0].authority, ["TL. GIÁM ĐỐC"]);
        assert_eq!(found.co_signers[0].signer_name.as_deref(), Some("Trịnh Hoài Sơn"));
    }

    #[test]
    fn a_title_alone_needs_no_authority() {
        let found = signature(&["KT. CHỦ TỊCH", "PHÓ CHỦ", "Thạch Minh Đường"]);
        assert_eq!((found.authority.len(), found.title.as_deref()), (1, Some("PHÓ CHỦ")));
        let found = signature(&["THƯ KÝ", "Thạch Minh Đường"]);
        assert_eq!(found.title.as_deref(), Some("THƯ KÝ"));
        let found = signature(&["GIÁM ĐỐC", "Thạch Minh Đường"]);
        assert_eq!((found.authority.len(), found.title.as_deref()), (0, Some("GIÁM ĐỐC")));
    }
}
