//! Title, author, subject and date of the document, in the two places PDF/A wants them to agree.

use pdf_writer::{Chunk, Date, Ref, TextStr, writers};
use sha2::{Digest, Sha256};

use crate::extract::record::Record;
use crate::write::xml::escape;

const PRODUCER: &str = concat!("vanthu ", env!("CARGO_PKG_VERSION"));

/// What is said about the document.
pub struct Metadata {
    title: String,
    author: Option<String>,
    subject: Option<String>,
    date: Option<(u16, u8, u8)>,
    file_id: [u8; 16],
    /// Of ISO 19005: 2, or 3 for a document that holds its record.
    part: u8,
}

impl Metadata {
    /// Takes it from the record: type and number are the title (the file's name where neither is known), the subject
    /// is the subject, the issuer the author, the day of issue the date of creation.
    pub fn of(record: &Record, part: u8) -> Self {
        let named = [&record.doc_type.name, &record.number.raw];
        let title = named.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        let title = if title.is_empty() { record.source.file.clone() } else { title };
        let date = record.date.as_ref().and_then(|date| {
            let year = u16::try_from(date.year?).ok().filter(|year| (1000..=9999).contains(year))?;
            let month = u8::try_from(date.month?).ok().filter(|month| (1..=12).contains(month))?;
            Some((year, month, u8::try_from(date.day?).ok().filter(|day| (1..=31).contains(day))?))
        });
        let source = serde_json::to_vec(&record.source).unwrap_or_default();
        let mut file_id = [0; 16];
        file_id.iter_mut().zip(Sha256::digest(source)).for_each(|(mine, byte)| *mine = byte);
        let (author, subject) =
            (record.issuer.name.as_deref().map(clean), record.subject.as_deref().map(clean));
        Self { title: clean(&title), author, subject, date, file_id, part }
    }

    /// The same input has the same identifier.
    pub fn file_id(&self) -> [u8; 16] {
        self.file_id
    }

    /// The document information dictionary.
    pub fn info(&self, chunk: &mut Chunk, id: Ref) {
        let mut info = chunk.indirect(id).start::<writers::DocumentInfo>();
        info.title(TextStr(&self.title)).producer(TextStr(PRODUCER));
        if let Some(author) = &self.author {
            info.author(TextStr(author));
        }
        if let Some(subject) = &self.subject {
            info.subject(TextStr(subject));
        }
        if let Some(date) = self.date() {
            info.creation_date(date);
        }
    }

    /// The day of issue.
    pub fn date(&self) -> Option<Date> {
        self.date.map(|(year, month, day)| Date::new(year).month(month).day(day))
    }

    /// The XMP packet.
    pub fn xmp(&self, chunk: &mut Chunk, id: Ref) {
        let packet = self.packet();
        chunk.metadata(id, packet.as_bytes());
    }

    fn packet(&self) -> String {
        let listed = |name: &str, kind: &str, value: &Option<String>| {
            let value = value.as_deref().map(escape);
            let item = if kind == "Alt" { "rdf:li xml:lang=\"x-default\"" } else { "rdf:li" };
            value
                .map(|value| {
                    format!("<dc:{name}><rdf:{kind}><{item}>{value}</rdf:li></rdf:{kind}></dc:{name}>\n")
                })
                .unwrap_or_default()
        };
        let date =
            self.date.map(|(y, m, d)| format!("<xmp:CreateDate>{y:04}-{m:02}-{d:02}</xmp:CreateDate>\n"));
        let parts = [
            listed("title", "Alt", &Some(self.title.clone())),
            listed("creator", "Seq", &self.author),
            listed("description", "Alt", &self.subject),
            date.unwrap_or_default(),
        ]
        .concat();
        let part = self.part;
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">
<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">
<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">
<pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<pdf:Producer>{PRODUCER}</pdf:Producer>
{parts}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end=\"r\"?>"
        )
    }
}

/// One line, nothing that either place could not hold, and short enough for a title bar.
fn clean(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words
        .join(" ")
        .chars()
        .take(1000)
        .map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c })
        .collect()
}
