// The page without network stands at the address that could not be opened: what was begun there?
const BEGUN = [
  ["pay", /^\/(p|verifier)\//],
  ["act", /\/(confirmer|paiement|remboursement|demande|accord|carte|verification)$/],
];
const found = BEGUN.find(([, address]) => address.test(location.pathname));
for (const told of document.querySelectorAll("[data-when]")) told.hidden = told.dataset.when !== found?.[0];
