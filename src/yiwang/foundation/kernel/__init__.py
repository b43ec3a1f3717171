"""Pure things every package needs: time, working-day calendars, canonical text, identifiers, money.

Imports no Django and nothing else of Yiwang."""
