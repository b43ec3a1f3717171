"""Pure things every package needs: time, working-day calendars, canonical text, identifiers, money, proofs, findings.

Imports no Django and nothing else of Yiwang.

- `time`: the one source of "now" (`now`, `frozen`), and the city's zone (`city_date`, `end_of_day`).
- `calendar`: limits with a unit, working-day calendars, and `due`, the law's way of counting.
- `text`: `Words` in both languages, `canonical` text for every border, canonical JSON, bigrams.
- `identifiers`: resident and enterprise numbers, phones, tracking codes, masks.
- `merkle`: the log that can prove what it holds (RFC 6962).
- `money`: whole fen.
- `findings`: what is wrong with published data, by file and line, with its remedy.
"""
