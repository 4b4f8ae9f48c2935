"""Invoices between merchants: what paying one comes to, and paying it, alone or with a second."""
