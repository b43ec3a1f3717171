"""Who the city's records are about: one id for one person or enterprise across departments, that stays.

Products are read live through their owners' gateways, under grants of the purpose `linkage`, linked in memory and
forgotten. What is kept are ids, which records belong to them (as keyed digests) and what was merged or split: never a
name, a number or any other value (ADR 0091).
"""
