"""Uploads: quarantined, re-opened by a real parser, versioned, served as attachments.

`actions.receive` takes a file in, `actions.attach` says that something needs it (others are deleted after a week),
`queries.open_content` reads it, `ports.register` lets a package say who else may read it.
"""
