"""A department's side of the library: its connections and credentials, its contracts, what it grants and what it logs.

Nothing here knows Django's database: a gateway runs inside the city's process or alone, in the department's own
(`yiwang library gateway DEPARTMENT`), and keeps its own files. `contract` says what a department publishes, `fragment`
what is asked of one product, `grant` who may ask it, `access` who asks and what is written down of it, `gateway` the
one Protocol behind which a department stands. `contracts` reads what departments publish, `types` says what a field's
values are.

What makes one trustworthy: `signing` (whose word counts), `policy` with `rows` and `masks` (what a grant lets a
fragment read), `log` (written before a row leaves). `local` joins them over a department's `sources`; `service` and
`remote` are the two ends of the same over HTTPS; `opening` finds the files. docs/library-trust.md says against whom all
this holds.
"""
