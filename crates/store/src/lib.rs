//! Records, queues, blobs and the event log over one engine.
