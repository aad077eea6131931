"""Questions over the read interface; every answer carries its numbers, reasons and evidence."""
