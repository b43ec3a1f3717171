"""Uploads: quarantined, re-opened by a real parser, versioned, served as attachments."""
