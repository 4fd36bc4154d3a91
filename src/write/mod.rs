//! Files the results: JSON, text, status and report, each by atomic rename.
