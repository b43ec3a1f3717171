"""What every wing stands on: time, text, rules, records, people, papers."""
