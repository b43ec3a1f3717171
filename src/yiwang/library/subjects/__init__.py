"""Who the city's records are about: one id for one person or enterprise across departments, that stays.

Products are read live through their owners' gateways, under grants of the purpose `linkage`, linked in memory and
forgotten. What is kept are ids, which records belong to them (as keyed digests, with their keys sealed), what was
merged or split, and what officers said of pairs in doubt: never a name or any other value in clear (ADR 0091, 0092).
"""
