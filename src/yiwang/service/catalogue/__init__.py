"""Matters and bundles as packages a department writes; search and guidance; national exchange.

`package` is what a department publishes, `service` what it means for some answers: questions, materials, parts, plan.
Files become packages in `reading`; `check` and its `*_check` say what is wrong with them; `loading` publishes, `bodies`
keeps a version as JSON. People meet a service through `guide`. `national`, `exchange` and `exporting` speak the
national platform's terms.
"""
