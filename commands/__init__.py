"""The commands, one module a group; each parses, opens, calls, prints."""
