//! Sources: search results and domain lists become leads.
