//! Deadlines: `trước ngày 20/12/2025`, `hoàn thành trong quý II`, `chậm nhất là 17 giờ 00 ngày 5/3`.

use std::sync::LazyLock;

use regex::Regex;

use super::date;
use super::passage::Span;
use super::record::Deadline;

static DEADLINE: LazyLock<Regex> = LazyLock::new(|| {
    let full = r"ngày\s\d{1,2}(?:/\d{1,2}(?:/\d{4})?|\stháng\s\d{1,2}(?:\s(?:năm\s\d{4}|hằng năm|hàng năm)|/\d{4})?)";
    let bare = r"\d{1,2}/\d{1,2}(?:/\d{4})?";
    let month = r"tháng\s\d{1,2}(?:/\d{4}|\snăm\s\d{4})?";
    let quarter = r"[Qq]u[ýí]\s[IV1-4]{1,3}(?:/\d{4}|\snăm\s\d{4})?";
    let lead = r"(?:\p{Ll}+\s){0,3}\d{1,2}\sngày(?:\slàm việc)?";
    let days = r"\d{1,2}\sngày\s(?:làm việc\s)?(?:tổ chức|kể từ|trước|diễn ra|khai mạc)[^,.;]*";
    let week = r"trong\stuần\s[^,.;]{1,30}?tháng\s\d{1,2}(?:/\d{4}|\snăm\s\d{4})?";
    Regex::new(&format!(r"(?i)\b(?:{week}|(?:trước|chậm nhất(?:\slà|\svào|\sđến)?|muộn nhất(?:\slà)?|đến hết|hết|xong trong|hoàn thành trong)\s(?:\d{{1,2}}\s?(?:h|giờ)\s?(?:\d{{2}})?,?\s)?(?:{full}|{bare}|{month}|{quarter}|{days})|trước\s{lead})"))
        .expect("a valid pattern")
});

/// All deadlines of a task in order, with the words that say them.
pub(crate) fn read(task: Span<'_>) -> Vec<(Deadline, Span<'_>)> {
    let deadline = |found: regex::Match| {
        let iso = date::find(found.as_str()).and_then(|(date, _)| date.iso);
        let raw = found.as_str().trim();
        let done =
            ["hoàn thành ", "Hoàn thành ", "xong ", "Xong "].iter().find_map(|done| raw.strip_prefix(done));
        let raw = done.unwrap_or(raw);
        (Deadline { raw: raw.to_owned(), iso }, task.slice(found.range()))
    };
    DEADLINE.find_iter(task.text()).map(deadline).collect()
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    #[test]
    fn deadlines_of_many_forms_are_read() {
        let cases = [
            ("Hoàn thành trước ngày 20/12/2025.", Some("trước ngày 20/12/2025"), Some("2025-12-20")),
            ("Gửi tài liệu trước kỳ họp 07 ngày.", Some("trước kỳ họp 07 ngày"), None),
            (
                "Trình danh mục trong tuần thứ ba của tháng 10/2026.",
                Some("trong tuần thứ ba của tháng 10/2026"),
                None,
            ),
            ("Báo cáo trước ngày 15 tháng 12 hằng năm.", Some("trước ngày 15 tháng 12 hằng năm"), None),
            ("Hoàn thành trong tháng 5 năm 2026.", Some("trong tháng 5 năm 2026"), None),
            ("Trả kết quả theo quy định.", None, None),
        ];
        for (text, raw, iso) in cases {
            let passage = passage(text);
            let found = read(passage.span());
            let first = found.first().map(|(deadline, _)| deadline);
            assert_eq!(first.map(|deadline| deadline.raw.to_lowercase()).as_deref(), raw, "{text}");
            assert_eq!(first.and_then(|deadline| deadline.iso.as_deref()), iso, "{text}");
        }
    }
}
