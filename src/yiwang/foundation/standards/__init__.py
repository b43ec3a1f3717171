"""The city's vocabulary: elements, code lists, and the findings that checks of published data return."""
