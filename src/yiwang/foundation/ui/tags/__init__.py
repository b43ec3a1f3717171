"""The components as template tags, a module for each sort; `templatetags/ui.py` joins them."""
