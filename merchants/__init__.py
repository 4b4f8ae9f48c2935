"""What a merchant does: agrément, tills, payment requests, payments, suppliers, refunds."""
