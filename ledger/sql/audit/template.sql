-- The pairs of classes each kind may write.
select kind, debit, credit from ledger.template
