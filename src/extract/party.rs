//! One entry of an attendee list as parties: organisation, role, person.
//!
//! `;` parts entries always, a comma only before another role or body; a leading role (`Lãnh đạo …`) holds for the later
//! bodies of the entry that have none, and `các Sở: A, B` names a body for each of its names. Splitting errs on the side
//! of leaving words together.

use super::record::Party;
use crate::dictionary::cue;

/// Words that make up a role, beside those of [`cue::ROLE_HEADS`].
const ROLES: &[&str] = &[
    "Đại diện lãnh đạo",
    "Đại diện Lãnh đạo",
    "Lãnh đạo",
    "Đại diện",
    "Chủ tịch",
    "Phó Chủ tịch",
    "các Phó Chủ tịch",
    "Bí thư",
    "Phó Bí thư",
    "Giám đốc, Thủ trưởng",
    "Giám đốc",
    "Phó Giám đốc",
    "Thủ trưởng",
    "Trưởng phòng",
    "Phó Trưởng phòng",
    "Chánh Văn phòng",
    "Phó Chánh Văn phòng",
    "Trưởng ban",
    "Hiệu trưởng",
    "Trạm trưởng",
    "Tổ trưởng",
    "Thành viên",
    "Chuyên viên",
    "Công chức",
    "Vụ trưởng",
    "Cục trưởng",
    "Trưởng",
    "Phó Trưởng ban",
    "Chánh Thanh tra",
    "Viện trưởng",
    "Phóng viên",
];

/// Those who come with another role of the same body: `Lãnh đạo, công chức Vụ …`.
const STAFF: &[&str] = &["cán bộ", "công chức", "viên chức", "chuyên viên"];

/// Those who are asked for what they are, not for an office: `Một số chuyên gia … của Trung ương`.
const PEOPLE: &[&str] = &["chuyên gia", "đại biểu", "nhà khoa học", "phóng viên", "cán bộ", "nhà báo"];

/// Bodies that a comma parts from the one before.
const BODIES: &[&str] = &[
    "Đài",
    "Báo",
    "Tạp chí",
    "Cổng",
    "Trung tâm",
    "Sở",
    "Văn phòng",
    "Thường trực",
    "Trạm",
    "Trường",
    "Công an",
];

/// The parties of an entry; `body` is the organisation its roles belong to when they name none (`Tại Điểm cầu Sở …`).
pub(crate) fn read(entry: &str, body: Option<&str>) -> Vec<Party> {
    let text = entry.trim().trim_end_matches([';', '.', ',', ' ']);
    let text = without_invitation(text);
    let mut parties: Vec<Party> = Vec::new();
    for clause in split(text, ';') {
        for part in split_parts(clause) {
            add(part, body, &mut parties);
        }
    }
    parties
}

fn without_invitation(text: &str) -> &str {
    let rest = text.strip_prefix("Mời ").or_else(|| text.strip_prefix("Kính mời ")).unwrap_or(text);
    rest.trim_end_matches(" dự").trim()
}

/// Parts outside parentheses.
fn split(text: &str, by: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if c == by && depth <= 0 => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// A clause cut at the commas that begin another party.
fn split_parts(clause: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in split(clause, ',') {
        let keys = cue::keys(piece);
        let (role, capital) = (role_of(piece).is_some(), piece.starts_with(char::is_uppercase));
        let body = capital
            && !matches!(keys.first().map(String::as_str), Some("bo" | "dang"))
            && cue::prefix_any(&keys, BODIES).is_some();
        let several = piece.strip_prefix("các ").is_some_and(|rest| rest.starts_with(char::is_uppercase));
        let bare =
            parts.last().is_some_and(|last| role_of(last).is_some_and(|role| role.len() == last.len()));
        // `Trưởng phòng Tổng hợp, Sở Nội vụ`: what a room belongs to.
        let of_room = parts.last().is_some_and(|last| role_of(last).is_some_and(heads_room)) && !role;
        let continues =
            if bare { is_staff(piece) || !role && !capital } else { of_room || !(role || body || several) };
        match parts.last_mut() {
            Some(last) if continues => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts
}

fn is_staff(text: &str) -> bool {
    STAFF.iter().any(|staff| text.starts_with(staff))
}

/// The role that a text begins with, and what it does not say by itself: `(hoặc …)`, `, công chức`.
fn role_of(text: &str) -> Option<&str> {
    let text_start =
        text.strip_prefix("các ").filter(|rest| rest.starts_with("Phó")).map_or(0, |_| "các ".len());
    let rest = text.get(text_start..)?;
    let fits = |role: &&&str| {
        rest.get(..role.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(role) || head.to_lowercase() == role.to_lowercase())
            && rest.get(role.len()..).is_some_and(|tail| tail.is_empty() || tail.starts_with([' ', ',', '(']))
    };
    let role = ROLES.iter().filter(fits).max_by_key(|role| role.len())?;
    let mut end = text_start + role.len();
    // `Chánh Văn phòng (hoặc Trưởng phòng …)`
    if text.get(end..).is_some_and(|tail| tail.starts_with(" (")) {
        end = text.get(end..).and_then(|tail| tail.find(')')).map_or(end, |close| end + close + 1);
    }
    let tail = text.get(end..)?;
    if let Some(more) = tail.strip_prefix(", ").or_else(|| tail.strip_prefix(" và "))
        && let Some(staff) = STAFF.iter().find(|staff| more.starts_with(**staff))
    {
        end += tail.len() - more.len() + staff.len();
    }
    text.get(..end)
}

fn add(part: String, body: Option<&str>, parties: &mut Vec<Party>) {
    if let Some((role, body)) = of_the_place(&part, body).or_else(|| people_of(&part)) {
        parties.push(Party { organisation: Some(body), role: Some(role), person: None });
        return;
    }
    let role = role_of(&part).map(str::to_owned);
    let rest = part.get(role.as_ref().map_or(0, String::len)..).unwrap_or_default();
    let rest = without_ground(rest.trim().trim_start_matches(',').trim());
    let person = person(rest);
    let carried = || parties.last().and_then(|last| last.role.clone()).filter(|role| carries(role));
    let role = role.or_else(|| {
        if part.starts_with(char::is_uppercase) || part.starts_with("các ") { carried() } else { None }
    });
    if let Some(bodies) = listed(rest) {
        let party = |body| Party { organisation: Some(body), role: role.clone(), person: None };
        parties.extend(bodies.into_iter().map(party));
        return;
    }
    let organisation = match (&person, rest.is_empty()) {
        (Some(_), _) => None,
        (None, true) => body.map(str::to_owned),
        (None, false) if role.as_deref().is_some_and(heads_room) && rest.starts_with(char::is_uppercase) => {
            Some(format!("Phòng {rest}"))
        }
        (None, false) => Some(rest.trim_end_matches(" dự").to_owned()),
    };
    let begins_small_role = rest.is_empty() && organisation.is_none();
    parties.push(Party { organisation, role, person });
    // `Chủ tịch, các Phó Chủ tịch UBND`: the first role belongs to the body named after the second.
    if !begins_small_role {
        let named = parties.last().and_then(|last| last.organisation.clone());
        for earlier in
            parties.iter_mut().rev().skip(1).take_while(|p| p.organisation.is_none() && p.person.is_none())
        {
            earlier.organisation = named.clone();
        }
    }
}

/// `Trưởng phòng …`, `Phó Trưởng phòng …`: the role holds the first word of the body's name.
fn heads_room(role: &str) -> bool {
    role.to_lowercase().ends_with("trưởng phòng")
}

/// At a place that names the body, a role that names none is that body's: `Trưởng các phòng chuyên môn`.
fn of_the_place(part: &str, body: Option<&str>) -> Option<(String, String)> {
    let rest = role_of(part).map_or(part, |role| part.get(role.len()..).unwrap_or_default());
    let begun = rest.trim_start();
    let names_none = begun.strip_prefix("các ").unwrap_or(begun).starts_with(char::is_lowercase);
    let is_role = role_of(part).is_some() || is_staff(part);
    let role = part.trim_end_matches(" của đơn vị").trim_end_matches(" của cơ quan");
    (is_role && names_none).then(|| Some((role.to_owned(), body?.to_owned())))?
}

/// `Một số chuyên gia thuộc lĩnh vực liên quan của Trung ương`.
fn people_of(part: &str) -> Option<(String, String)> {
    let (who, whose) = part.rsplit_once(" của ")?;
    let named = PEOPLE.iter().any(|people| who.to_lowercase().contains(people));
    let whole = named && whose.starts_with(char::is_uppercase) && role_of(part).is_none();
    whole.then(|| (who.to_owned(), whose.to_owned()))
}

/// `các Sở: Nội vụ, Tài chính` and `các Bộ, ngành: Y tế`: the bodies by their whole names.
fn listed(text: &str) -> Option<Vec<String>> {
    let (head, names) = text.strip_prefix("các ")?.split_once(": ")?;
    let head = head.split([',', ' ']).next().filter(|head| head.starts_with(char::is_uppercase))?;
    let names = split(names, ',');
    let whole = names.iter().all(|name| name.starts_with(char::is_uppercase));
    whole.then(|| names.into_iter().map(|name| format!("{head} {name}")).collect())
}

/// Without the paper that set the body up: `(thành lập theo Quyết định số …)`.
fn without_ground(body: &str) -> &str {
    let ground = |at: &usize| {
        let keys = cue::keys(body.get(*at..).unwrap_or_default());
        body.ends_with(')')
            && cue::prefix_any(&keys, &["thành lập theo", "ban hành kèm theo", "theo Quyết định"]).is_some()
    };
    body.rfind(" (").filter(ground).and_then(|at| body.get(..at)).unwrap_or(body)
}

/// Roles that hold for every body of a list.
fn carries(role: &str) -> bool {
    ["Lãnh đạo", "Đại diện", "Thành viên"].iter().any(|head| role.starts_with(head))
}

/// A person named with a form of address.
fn person(text: &str) -> Option<String> {
    let name = ["Ông ", "Bà ", "đồng chí ", "Đồng chí ", "ông ", "bà "]
        .iter()
        .find_map(|form| text.strip_prefix(form))?;
    let name = name.split([',', '-', '–', '(']).next()?.trim();
    (2..=6).contains(&name.split_whitespace().count()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entry: &str) -> Vec<(String, String)> {
        let text = |value: Option<String>| value.unwrap_or_default();
        read(entry, None).into_iter().map(|party| (text(party.role), text(party.organisation))).collect()
    }

    fn same(entry: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(pairs(entry), expected, "{entry}");
    }

    #[test]
    fn entries_are_split_into_parties() {
        same(
            "Mời Lãnh đạo Sở Y tế; Vụ Bảo hiểm, Bộ Y tế;",
            &[("Lãnh đạo", "Sở Y tế"), ("Lãnh đạo", "Vụ Bảo hiểm, Bộ Y tế")],
        );
        same(
            "Chủ tịch, các Phó Chủ tịch UBND xã;",
            &[("Chủ tịch", "UBND xã"), ("các Phó Chủ tịch", "UBND xã")],
        );
        same(
            "Thường trực Đảng ủy, Thường trực HĐND phường;",
            &[("", "Thường trực Đảng ủy"), ("", "Thường trực HĐND phường")],
        );
        same(
            "Lãnh đạo, chuyên viên Phòng Giáo dục; Phòng Y tế",
            &[("Lãnh đạo, chuyên viên", "Phòng Giáo dục"), ("Lãnh đạo, chuyên viên", "Phòng Y tế")],
        );
        same(
            "Lãnh đạo các Sở: Tài chính, Y tế; các Báo: Sông Hồng, Nông thôn và Miền núi",
            &[
                ("Lãnh đạo", "Sở Tài chính"),
                ("Lãnh đạo", "Sở Y tế"),
                ("Lãnh đạo", "Báo Sông Hồng"),
                ("Lãnh đạo", "Báo Nông thôn và Miền núi"),
            ],
        );
        same(
            "Trưởng phòng Văn thư - Lưu trữ, Sở Nội vụ",
            &[("Trưởng phòng", "Phòng Văn thư - Lưu trữ, Sở Nội vụ")],
        );
        same(
            "Một số chuyên gia về lưu trữ của Cục Văn thư",
            &[("Một số chuyên gia về lưu trữ", "Cục Văn thư")],
        );
        same(
            "Thành viên Tổ công tác số hóa (thành lập theo Quyết định số 12/QĐ-UBND)",
            &[("Thành viên", "Tổ công tác số hóa")],
        );
    }

    #[test]
    fn roles_at_a_place_belong_to_the_body_of_the_place() {
        let parties = read(
            "Chánh Văn phòng, Trưởng các phòng chuyên môn, công chức phụ trách của đơn vị",
            Some("các Sở"),
        );
        let roles: Vec<_> = parties.iter().filter_map(|party| party.role.as_deref()).collect();
        assert_eq!(roles, ["Chánh Văn phòng", "Trưởng các phòng chuyên môn", "công chức phụ trách"]);
        assert!(parties.iter().all(|party| party.organisation.as_deref() == Some("các Sở")));
    }
}
