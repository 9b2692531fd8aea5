//! Page to findings to assessment, every reason with its excerpt.
