"""The shape of what people send, by topic: German labels and messages; validates, never decides."""
