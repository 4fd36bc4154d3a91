// What the page says, in Vietnamese and in English.

const VI = {
  title: "Duyệt kết quả", queue: "Hàng đợi", progress: (checked, all) => `đã xem ${checked} / ${all} mục`,
  all_done: "Không còn mục nào cần xem.", filter: "Tìm trong hàng đợi…", only_open: "Chỉ văn bản còn việc",
  values: "giá trị", pages: "trang", done: "xong", nothing_to_check: "không có mục nghi ngờ", risk: "Rủi ro",
  untitled: "(chưa rõ trích yếu)", back: "Về hàng đợi", fields: "Giá trị", text: "Chữ trên trang",
  only_doubtful: "Chỉ mục cần xem", empty: "không có trên văn bản", blank: "để trống trên mẫu — có thể viết tay",
  read_as: "máy đọc", confirmed: "đúng", corrected: "đã sửa", outdated: "đã đọc lại, cần xem lại", looked: "đã xem cả trang",
  confirm: "Đúng", edit: "Sửa", save: "Lưu", cancel: "Bỏ", look_through: "Đã xem cả trang", page: "Trang",
  saved: "Đã ghi", no_image: "Không mở được ảnh trang: tệp quét không còn ở chỗ cũ? Chạy lại với --scans.",
  no_scan: "Văn bản này không có ảnh quét.", no_words: "Kết quả này chưa có vị trí từng chữ; chạy lại vanthu run --force.",
  who: "Bạn là ai?", who_why: "Tên được ghi cùng mỗi lần sửa, để biết ai đã xem.", name: "Họ và tên", start: "Bắt đầu",
  word: "Chữ", other_readings: "Cách đọc khác", type_it: "hoặc gõ lại", belongs_to: "thuộc", next_document: "Văn bản tiếp",
  document_done: "Văn bản này đã xem xong.", error: "Không ghi được", outdated_error: "Giá trị vừa thay đổi; đã tải lại.",
  keys: "Phím tắt", close: "Đóng", zoom_in: "Phóng to", zoom_out: "Thu nhỏ", line_break: "Shift+Enter: xuống dòng; mỗi dòng một mục nếu là danh sách",
  states: { ok: "tốt", blank: "trang trắng", low_confidence: "cần xem", failed: "không đọc được" },
  warnings: "Lưu ý của máy",
  help: [["↓ ↑ / j k", "mục tiếp, mục trước"], ["n / N", "mục cần xem tiếp, trước"], ["Enter / e", "sửa; Enter lưu, Esc bỏ"], ["c / Space", "xác nhận đúng"],
    ["w / W", "chữ nghi ngờ tiếp, trước"], ["1 … 9", "chọn cách đọc khác"], ["← → / [ ]", "trang trước, trang sau"], ["x", "đã xem cả trang"],
    ["t", "giá trị ↔ chữ"], ["f", "chỉ mục cần xem"], ["+ − 0", "phóng to, thu nhỏ, vừa khung"], ["g", "văn bản tiếp"], ["Esc / u", "về hàng đợi"], ["?", "bảng này"]],
  groups: { head: "Thể thức", basis: "Mở đầu, căn cứ", meeting: "Cuộc họp", agenda_tables: "Chương trình", attendee_groups: "Thành phần", tasks: "Nhiệm vụ",
    sections: "Nội dung", tables: "Bảng", references: "Văn bản viện dẫn", closing: "Kết", recipients: "Nơi nhận", signature: "Ký", appendices: "Phụ lục" },
  parts: { doc_type: "Loại văn bản", national_heading: "Quốc hiệu", country: "quốc hiệu", motto: "tiêu ngữ", issuer: "Cơ quan ban hành", parent: "cơ quan chủ quản", number: "Số, ký hiệu", sequence: "số", notation: "ký hiệu",
    place: "Địa danh", date: "Ngày ban hành", iso: "dạng năm-tháng-ngày", subject: "Trích yếu", urgency: "Độ khẩn", confidentiality: "Độ mật", addressees: "Kính gửi", preamble: "Mở đầu", legal_bases: "Căn cứ",
    meeting: "", chair: "Chủ trì", time: "Thời gian", start_iso: "bắt đầu", participant_count: "Số người", value: "con số", banner: "Phông chữ", mode: "Hình thức", lead_units: "Đơn vị chủ trì", coordinating_units: "Đơn vị phối hợp",
    agenda_tables: "", rows: "Dòng", content: "nội dung", ordinal: "số thứ tự", responsible: "thực hiện", attendee_groups: "Nhóm", label: "tên", entries: "mục",
    tasks: "Nhiệm vụ", unit: "đơn vị", deadline: "thời hạn", sections: "Mục", children: "mục con", title: "tiêu đề", text: "đoạn", tables: "Bảng", references: "Văn bản", type: "loại", closing: "Đoạn kết",
    recipients: "", archive: "Lưu", signature: "", authority: "Thẩm quyền", signer_name: "Người ký", appendices: "Phụ lục", marker: "ký hiệu", name: "tên" },
  signature_title: "Chức vụ", types: { official_letter: "CÔNG VĂN", other: "(chưa rõ loại)" },
};

const EN = {
  title: "Review", queue: "Queue", progress: (checked, all) => `${checked} of ${all} looked at`,
  all_done: "Nothing is left to look at.", filter: "Find in the queue…", only_open: "Only papers with work left",
  values: "values", pages: "pages", done: "done", nothing_to_check: "nothing doubtful", risk: "Risk",
  untitled: "(subject not known)", back: "Back to the queue", fields: "Values", text: "Words of the page",
  only_doubtful: "Only what is doubtful", empty: "not on the paper", blank: "left blank on the form — perhaps written in ink",
  read_as: "read as", confirmed: "right", corrected: "corrected", outdated: "read anew, look again", looked: "page looked through",
  confirm: "Right", edit: "Correct", save: "Save", cancel: "Cancel", look_through: "Page looked through", page: "Page",
  saved: "Kept", no_image: "The page image cannot be shown: is the scan no longer where it was? Start with --scans.",
  no_scan: "This paper came without page images.", no_words: "These results do not hold the places of words; run vanthu run --force.",
  who: "Who are you?", who_why: "Your name is kept with every correction.", name: "Name", start: "Begin",
  word: "Word", other_readings: "Other readings", type_it: "or type it", belongs_to: "in", next_document: "Next paper",
  document_done: "Nothing is left to look at in this paper.", error: "Not kept", outdated_error: "The value has just changed; loaded anew.",
  keys: "Keys", close: "Close", zoom_in: "Larger", zoom_out: "Smaller", line_break: "Shift+Enter for a new line; of a list, a line each",
  states: { ok: "good", blank: "blank page", low_confidence: "look at it", failed: "not read" },
  warnings: "What the program noticed",
  help: [["↓ ↑ / j k", "next, previous value"], ["n / N", "next, previous doubtful value"], ["Enter / e", "correct; Enter saves, Esc cancels"], ["c / Space", "it is right"],
    ["w / W", "next, previous doubtful word"], ["1 … 9", "take another reading"], ["← → / [ ]", "page back, page on"], ["x", "page looked through"],
    ["t", "values ↔ words"], ["f", "only what is doubtful"], ["+ − 0", "larger, smaller, fit"], ["g", "next paper"], ["Esc / u", "back to the queue"], ["?", "this list"]],
  groups: { head: "Head of the paper", basis: "Preamble, legal bases", meeting: "Meeting", agenda_tables: "Agenda", attendee_groups: "Attendees", tasks: "Tasks",
    sections: "Body", tables: "Tables", references: "Papers cited", closing: "Closing", recipients: "Recipients", signature: "Signature", appendices: "Appendices" },
  parts: { doc_type: "Type", national_heading: "National heading", country: "country", motto: "motto", issuer: "Issuer", parent: "body above", number: "Number", sequence: "sequence", notation: "notation",
    place: "Place", date: "Date", iso: "year-month-day", subject: "Subject", urgency: "Urgency", confidentiality: "Confidentiality", addressees: "Addressee", preamble: "Preamble", legal_bases: "Legal basis",
    meeting: "", chair: "Chair", time: "Time", start_iso: "start", participant_count: "Head count", value: "figure", banner: "Banner", mode: "Mode", lead_units: "Lead units", coordinating_units: "Helping units",
    agenda_tables: "", rows: "Row", content: "content", ordinal: "ordinal", responsible: "responsible", attendee_groups: "Group", label: "label", entries: "entry",
    tasks: "Task", unit: "unit", deadline: "deadline", sections: "Section", children: "sub", title: "title", text: "paragraph", tables: "Table", references: "Paper", type: "type", closing: "Closing",
    recipients: "", archive: "Archive", signature: "", authority: "Authority", signer_name: "Signer", appendices: "Appendix", marker: "marker", name: "name" },
  signature_title: "Position", types: { official_letter: "OFFICIAL LETTER", other: "(type not known)" },
};

export let say = VI;

export function language() {
  return say === EN ? "en" : "vi";
}

export function speak(code) {
  say = code === "en" ? EN : VI;
  document.documentElement.lang = language();
  localStorage.setItem("vanthu-language", language());
}

export function group(pointer) {
  const root = pointer.split("/")[1];
  if (["preamble", "legal_bases"].includes(root)) return "basis";
  return root in say.groups ? root : "head";
}

// "/agenda_tables/0/rows/3/content" is "Dòng 4 · nội dung": names for members, numbers from 1 for places in lists.
export function label(pointer) {
  const parts = pointer.split("/").slice(1);
  if (pointer === "/signature/title") return say.signature_title;
  const words = [];
  for (const [index, part] of parts.entries()) {
    const wording = index > 0 && index === parts.length - 1 && (part === "raw" || part === "text" || part === "name");
    if (/^\d+$/.test(part)) {
      const name = words.pop();
      words.push(name ? `${name} ${+part + 1}` : "");
    } else if (!wording) words.push(say.parts[part] ?? part);
  }
  const sections = words.findLastIndex((word) => word.startsWith(`${say.parts.children} `));
  if (parts[0] === "sections" && sections > 0) {
    const path = parts.slice(0, parts.lastIndexOf("children") + 2).filter((part) => /^\d+$/.test(part)).map((n) => +n + 1);
    words.splice(0, sections + 1, `${say.parts.sections} ${path.join(".")}`);
  }
  const text = words.filter(Boolean).join(" · ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
