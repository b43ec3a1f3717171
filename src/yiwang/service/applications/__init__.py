"""Questions, drafts, materials, submission and receipt; what happens to an application afterwards."""
