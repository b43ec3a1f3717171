"""The port to an optional language-model endpoint of the city's own choice. It is off until a city names one, gets text
without personal data, proposes other words for it, and never acts: what it says is shown as its own, in a form."""
