"""The distributed engine that the library's packages share: one connection to an Apache Spark cluster in a process.

What runs there is theirs: `linkage` weighs pairs, `gateways` checks a department's rows, `reading` joins what
departments sent. Each asks `spark.session` for a session of its own, in which nobody else's tables are seen.
"""
