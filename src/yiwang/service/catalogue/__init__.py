"""Matters and bundles as packages a department writes; search and guidance; national exchange."""
