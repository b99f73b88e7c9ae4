"""Documents: QR codes, printable files (PDF) and the encrypted store for photos and attachments."""
