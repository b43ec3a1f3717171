"""Page layout, components, design tokens, icons and the island loader."""
