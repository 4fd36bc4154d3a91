//! Understands a restored paper: letterhead, sections, agenda, attendees, tasks, recipients, signature.
