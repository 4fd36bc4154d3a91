//! A folder through the pipeline: queue, resume and report.
