"""What paying needs beside the ledger: places, keys, means of payment, and who follows a till."""
